"""What goes on in a worker for plugins: each task in a thread of its own, some in one worker of the site at a time.

A claim on a task is its row's reference to the worker's row, as with deliveries: whoever says farewell, or is found
silent, loses it. Who was stopped for a while finds out before anything else is committed: ``open_desk`` looks at the
claim when it begins, and holds it when it ends.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from pyramid_retry import IRetryableError
from sqlalchemy import or_, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.desk import Desk
from novantic_core.models import WorkerTaskRow
from novantic_core.plugins import Plugin
from novantic_core.savepoint import Savepoint
from novantic_core.services.watch_tasks import row_name
from novantic_core.site import Site
from novantic_core.values import WorkerTask
from novantic_core.watch import TookTooLong

log = logging.getLogger(__name__)

CLAIM_EVERY = 5.0
"""Seconds between two looks at what another worker does, or at whether a plugin was brought back."""
FIRST_DELAY = 5.0
LONGEST_DELAY = 300.0
LONGEST_DELAY_OF_EACH = 30.0
"""Of what each worker does: a port that another process of the machine held is free again when that one ends."""
TRANSACTION_SECONDS = 60.0
"""How long a task may hold a transaction. Its other time is spent in waiting, and nobody waits for it."""
WRITE_EVERY = timedelta(seconds=60)
"""What answers each second isn't written down each second."""


class NotOurs(OSError):
    """This worker does the task no more: another one took it over, or its plugin was set aside."""


class Tools:
    """What one run of a task works with; novantic_core.values.TaskTools."""

    def __init__(self, runner: _Runner, stopping: threading.Event | None = None) -> None:
        self._runner = runner
        self.stopping = stopping or threading.Event()
        self.heard = False
        """Whether it said in this run that it was answered."""

    @contextlib.contextmanager
    def open_desk(self) -> Iterator[Desk]:
        runner = self._runner
        with runner.site.database.transaction() as session:
            if not runner.holds(session):
                self.stopping.set()
                raise NotOurs(f"{runner.name} is another worker's by now")
            savepoint = Savepoint(session)
            try:
                with runner.site.plugins.timed(runner.plugin, runner.doing, TRANSACTION_SECONDS):
                    yield Desk(runner.site, session, runner.clock())
                savepoint.keep()
            except Exception:
                savepoint.undo()
                raise
            if not runner.holds(session, until_commit=True):
                self.stopping.set()
                raise NotOurs(f"{runner.name} was taken over by another worker meanwhile")

    def answered(self) -> None:
        self.heard = True
        self._runner.heard()


class _Runner:
    """A task in the thread in which a worker does it."""

    def __init__(
        self, site: Site, worker: str, sign: Callable[[Session], None], clock: Callable[[], datetime],
        plugin: Plugin, task: WorkerTask,
    ) -> None:  # fmt: skip
        self.site = site
        self.worker = worker
        self.clock = clock
        self.plugin = plugin
        self.task = task
        self.name = row_name(plugin, task)
        self.doing = f"task {task.name}"
        self.tools: Tools | None = None
        self._sign = sign
        self._stopping = threading.Event()
        self._failures = 0
        self._answered_at: datetime | None = None
        self._written_at: datetime | None = None
        self._faulty = True
        """Whether a fault may stand in the row: it may be one of the worker's before."""
        self._thread = threading.Thread(target=self._live, name=f"novantic-task-{self.name}", daemon=True)

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Begin with it."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end soon."""
        self._stopping.set()
        self.interrupt()

    def interrupt(self) -> None:
        """Ask the run that goes on to end; whether there is another one is found out then."""
        tools = self.tools
        if tools is not None:
            tools.stopping.set()

    def is_alive(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                seconds = self._turn()
            except SQLAlchemyError as error:
                log.warning("%s waits for the database: %s", self.name, error)
                seconds = CLAIM_EVERY
            except Exception:
                log.exception("%s could not be run, trying again", self.name)
                seconds = CLAIM_EVERY
            self._stopping.wait(seconds)

    def _turn(self) -> float:
        """Do the task once, if it is this worker's turn: after how many seconds to look again."""
        if self.plugin.set_aside:
            self._give_back()
            return CLAIM_EVERY
        if self.task.alone and not self._take():
            return CLAIM_EVERY * (1 + random.random() / 4)  # noqa: S311 - spreading load, not keeping a secret
        return self.run()

    # ------------------------------------------------------------------ the claim

    def _take(self) -> bool:
        """Whether the task is this worker's, now if it was nobody's."""
        row = select(WorkerTaskRow.worker_id).where(WorkerTaskRow.name == self.name)
        with self.site.database.session(write=False) as session:
            # a look without a lock: what another one does costs no writing
            holder = session.scalar(row)
        if holder == self.worker:
            return True
        if holder is not None:
            return False
        with self.site.database.transaction() as session:
            # with the claim, so that there is no claim without a worker, however long this one was stopped
            self._sign(session)
            self._ensure_row(session)
            taken = update(WorkerTaskRow).where(WorkerTaskRow.name == self.name, WorkerTaskRow.worker_id.is_(None))
            changed: int = session.execute(taken.values(worker_id=self.worker)).rowcount  # type: ignore[attr-defined]
        self._faulty = True
        return changed == 1

    def _ensure_row(self, session: Session) -> None:
        session.execute(insert_or(session, WorkerTaskRow).values(name=self.name, fault="").on_conflict_do_nothing())

    def _give_back(self) -> None:
        if not self.task.alone:
            return
        mine = (WorkerTaskRow.name == self.name, WorkerTaskRow.worker_id == self.worker)
        with self.site.database.session(write=False) as session:
            if session.scalar(select(WorkerTaskRow.name).where(*mine)) is None:
                return
        with self.site.database.transaction() as session:
            session.execute(update(WorkerTaskRow).where(*mine).values(worker_id=None))

    def holds(self, session: Session, *, until_commit: bool = False) -> bool:
        """Whether the task is this worker's.

        :param until_commit: keep it from being taken over before this transaction ends
        """
        if not self.task.alone:
            return True
        mine = (WorkerTaskRow.name == self.name, WorkerTaskRow.worker_id == self.worker)
        row = select(WorkerTaskRow.name).where(*mine)
        # a lock writes nothing: tasks look every few seconds for what there may be to do. SQLite has one writer anyway
        return session.scalar(row.with_for_update() if until_commit else row) is not None

    # ------------------------------------------------------------------ a run

    def run(self) -> float:
        """Do the task once: after how many seconds it is to be done again."""
        tools = self.tools = Tools(self)
        if self._stopping.is_set() or self.plugin.set_aside:
            tools.stopping.set()
        try:
            self.site.plugins.in_time(lambda: self.task.run(tools), again=False)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a task raises is noted, and it is run again
            if tools.heard:
                self._failures = 0
            return self._failed(error, tools)
        finally:
            self.tools = None
        self.plugin.streaks.pop(self.doing, None)
        self._failures = 0
        self._write()
        return self.task.every

    def try_out(self, tools: Tools) -> None:
        """Do the task once here and now, for a test: what it raises is raised."""
        if self.task.alone and not self._take():
            raise NotOurs(f"{self.name} is another worker's")
        try:
            self.task.run(tools)
        except Exception as error:
            self._write(self._words(error))
            raise
        self._write()

    def _failed(self, error: BaseException, tools: Tools) -> float:
        if isinstance(error, NotOurs):
            log.warning("%s", error)
            return CLAIM_EVERY
        if isinstance(error, TookTooLong):
            # noted already, as a fault of whoever took too long: that may be another plugin
            log.error("%s was given up: %s", self.name, error)
        elif self._is_of_the_database(error):
            log.error("%s: the database can't be worked with, trying again: %s", self.name, error)
            return self._delay()
        elif isinstance(error, OSError):
            if tools.stopping.is_set():
                return 0.0
            log.warning("%s: %s", self.name, self._words(error))
        else:
            self.site.plugins.note_fault(self.plugin, self.doing, error)
        self._write(self._words(error))
        return self._delay()

    def _is_of_the_database(self, error: BaseException) -> bool:
        """Whether it is the database that is away, and no plugin that asks it for nonsense."""
        if not isinstance(error, OperationalError | InterfaceError):
            return False
        if error.connection_invalidated or IRetryableError.providedBy(error):
            return True
        try:
            with self.site.database.session(write=False) as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return True
        return False

    def _words(self, error: BaseException) -> str:
        words = str(error) if isinstance(error, OSError) and str(error) else f"{type(error).__name__}: {error}"
        return self.site.without_secrets(self.plugin.name, words)[:2000].replace("\0", "")

    def _delay(self) -> float:
        """Longer each time, each up to a quarter longer by chance."""
        self._failures += 1
        longest = LONGEST_DELAY if self.task.alone else LONGEST_DELAY_OF_EACH
        base = min(max(self.task.every, FIRST_DELAY) * 2 ** min(self._failures - 1, 12), longest)
        return float(base * (1 + random.random() / 4))  # noqa: S311 - spreading load, not keeping a secret

    # ------------------------------------------------------------------ how it goes

    def heard(self) -> None:
        """What it watches answered. Written down later: its own transaction may be open."""
        self._answered_at = self.clock()
        self.plugin.streaks.pop(self.doing, None)

    def _write(self, fault: str = "") -> None:
        if self._has_news(fault):
            with contextlib.suppress(SQLAlchemyError), self.site.database.transaction() as session:
                self.write(session, fault)

    def _has_news(self, fault: str | None) -> bool:
        answered, written = self._answered_at, self._written_at
        if fault or (answered is not None and (written is None or abs(answered - written) >= WRITE_EVERY)):
            return True
        return self._faulty and (fault is not None or answered != written)

    def write(self, session: Session, fault: str | None = None) -> None:
        """Write down when it was last answered, and why it isn't.

        :param fault: empty after a run without one; None while one goes on
        """
        if not self._has_news(fault):
            return
        now, answered = self.clock(), self._answered_at
        mine = [WorkerTaskRow.name == self.name]
        values: dict[str, object] = {"fault": "", "fault_since": None}
        if self.task.alone:
            mine.append(WorkerTaskRow.worker_id == self.worker)
        else:
            self._ensure_row(session)
        if answered is not None:
            values["answered_at"] = answered
        if fault:
            values["fault"] = fault
            began = select(WorkerTaskRow.fault_since).where(WorkerTaskRow.name == self.name)
            values["fault_since"] = session.scalar(began) or now
            if not self.task.alone:
                # another process of the machine may hold the port, and be answered
                mine.append(or_(WorkerTaskRow.answered_at.is_(None), WorkerTaskRow.answered_at < now - 2 * WRITE_EVERY))
        session.execute(
            update(WorkerTaskRow).where(*mine).values(values).execution_options(synchronize_session=False)
        )  # fmt: skip
        self._written_at, self._faulty = answered, bool(fault)


class Tasks:
    """All tasks of one worker.

    :param sign: says, in a transaction, that the worker is alive
    """

    def __init__(self, site: Site, worker: str, sign: Callable[[Session], None], clock: Callable[[], datetime]) -> None:
        self._runners = [_Runner(site, worker, sign, clock, plugin, task) for plugin, task in site.tasks]
        self._worker = worker

    def of(self, name: str) -> _Runner:
        """The task of a name, as ``PLUGIN.TASK``.

        :raises KeyError: if no plugin has it
        """
        return {f"{one.plugin.name}.{one.task.name}": one for one in self._runners}[name]

    def start(self) -> None:
        """Begin with each, in a thread of its own."""
        for runner in self._runners:
            runner.start()

    def stop(self) -> None:
        """Ask them to end soon."""
        for runner in self._runners:
            runner.stop()

    def at_work(self) -> list[str]:
        """The names of those that haven't ended yet. What never does is left behind: it ends with the process."""
        return [runner.name for runner in self._runners if runner.is_alive()]

    def look(self) -> None:
        """Stop those whose plugin was set aside."""
        for runner in self._runners:
            if runner.plugin.set_aside:
                runner.interrupt()

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
