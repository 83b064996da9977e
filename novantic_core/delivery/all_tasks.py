"""All that goes on in a worker for plugins: its tasks, each in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.delivery.tasks import Runner
from novantic_core.models import WorkerTaskRow
from novantic_core.site import Site


class Tasks:
    """All tasks of one worker.

    :param sign: says, in a transaction, that the worker is alive
    :param tell: is told in words what went wrong
    """

    def __init__(
        self, site: Site, worker: str, sign: Callable[[Session], None], clock: Callable[[], datetime],
        tell: Callable[[str], object],
    ) -> None:  # fmt: skip
        self._runners = [Runner(site, worker, sign, clock, plugin, task, tell) for plugin, task in site.tasks]
        self._worker = worker

    def of(self, name: str) -> Runner:
        """The task of a name, as ``PLUGIN.TASK``.

        :raises KeyError: if no plugin has it
        """
        return {f"{one.plugin.name}.{one.task.name}": one for one in self._runners}[name]

    def start(self, *, once: bool = False) -> None:
        """Begin with each, in a thread of its own.

        :param once: do once what is due, and nobody else's
        """
        for runner in self._runners:
            runner.start(once=once)

    def stop(self) -> None:
        """Ask them to end soon."""
        for runner in self._runners:
            runner.stop()

    def at_work(self) -> list[str]:
        """The names of those that haven't ended yet. What never does is left behind: it ends with the process."""
        return [runner.name for runner in self._runners if runner.is_alive()]

    def left_behind(self) -> list[str]:
        """The names of those of which a run didn't end when it was told to, and wasn't waited for any longer."""
        return [runner.name for runner in self._runners if runner.left_behind()]

    def look(self) -> None:
        """Stop those whose plugin was set aside; do without runs that give no sign and don't end."""
        for place, runner in enumerate(self._runners):
            heir = runner.look()
            if heir is not None:
                self._runners[place] = heir
                heir.start()

    def note(self, session: Session) -> None:
        """Write down which were answered, and stop those that another worker took over."""
        running = [runner for runner in self._runners if runner.tools is not None]
        if any(runner.task.alone for runner in running):
            ours = set(session.scalars(select(WorkerTaskRow.name).where(WorkerTaskRow.worker_id == self._worker)))
            for runner in running:
                if runner.task.alone and runner.name not in ours:
                    runner.interrupt()
        for runner in running:
            runner.write(session)
