"""What goes on in a worker for plugins: a task in a thread of its own, in one worker of the site at a time or in each.

Who was stopped for a while finds out that another one has the task before anything else is committed: ``open_desk``
looks at the claim when it begins, and holds it when it ends.
"""

from __future__ import annotations

import contextlib
import logging
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from pyramid_retry import IRetryableError
from sqlalchemy import or_, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.delivery.task_claim import Claim, Taken
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
PATIENCE = 900.0
"""Seconds for which a run may give no sign, neither an answer nor a transaction; more for one that may be later."""
TIME_TO_END = 30.0
"""Seconds that a run which is told to end for its silence has for that."""
MOST_LEFT = 3
"""How many runs of a task that never end one process has. Then it leaves the task to others, until one of them ends."""
SELDOM = 600.0
"""What is done more seldom than each so many seconds isn't done each time that cron starts a worker."""


class NotOurs(OSError):
    """This worker does the task no more: another one took it over, or its plugin was set aside."""


class Tools:
    """What one run of a task works with; novantic_core.values.TaskTools."""

    def __init__(self, runner: Runner, stopping: threading.Event | None = None, *, once: bool = False) -> None:
        self._runner = runner
        self.stopping = stopping or threading.Event()
        self.once = once
        self.heard = False
        """Whether it said in this run that it was answered."""
        self.sign_at = time.monotonic()
        """When it last gave a sign that it goes on."""
        self.told_at: float | None = None
        """When it was told to end because it gave none."""
        self.thread = 0
        """The thread in which it goes on."""

    @contextlib.contextmanager
    def open_desk(self) -> Iterator[Desk]:
        runner, self.sign_at = self._runner, time.monotonic()
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

        self.sign_at = time.monotonic()

    def answered(self) -> None:
        self.heard, self.sign_at = True, time.monotonic()
        self._runner.heard()


class Runner:
    """A task in the thread in which a worker does it.

    :param sign: says, in a transaction, that the worker is alive
    :param tell: is told in words what went wrong
    :param left: threads of runs before it that didn't end, and were left behind
    """

    def __init__(
        self, site: Site, worker: str, sign: Callable[[Session], None], clock: Callable[[], datetime],
        plugin: Plugin, task: WorkerTask, tell: Callable[[str], object], left: Sequence[threading.Thread] = (),
    ) -> None:  # fmt: skip
        self.site = site
        self.worker = worker
        self.clock = clock
        self.plugin = plugin
        self.task = task
        self.name = row_name(plugin, task)
        self.doing = f"task {task.name}"
        self.tools: Tools | None = None
        self._claim = Claim(site, worker, self.name, sign)
        self._sign = sign
        self._tell = tell
        self._left = tuple(left)
        self._is_left = False
        self._after_silence = bool(left)
        self._stopping = threading.Event()
        self._failures = 0
        self._answered_at: datetime | None = None
        self._written_at: datetime | None = None
        self._faulty = True
        """Whether a fault may stand in the row: it may be one of the worker's before."""
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------ life

    def start(self, *, once: bool = False) -> None:
        """Begin with it.

        :param once: do it once, if it is due and nobody else does it
        """
        live = self._live_once if once else self._live
        self._thread = threading.Thread(target=live, name=f"novantic-task-{self.name}", daemon=True)
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
        return self._thread is not None and self._thread.is_alive()

    def _live(self) -> None:
        while not self._stopping.is_set() and not self._is_left:
            try:
                seconds = self._turn()
            except SQLAlchemyError as error:
                log.warning("%s waits for the database: %s", self.name, error)
                seconds = CLAIM_EVERY
            except Exception:
                log.exception("%s could not be run, trying again", self.name)
                seconds = CLAIM_EVERY
            self._stopping.wait(seconds)

    def _live_once(self) -> None:
        if self.plugin.set_aside or not self.task.alone:
            return
        try:
            if self._is_due() and self._take():
                self.run(once=True)
                if self.task.every >= SELDOM and not self._failures:
                    self._claim.note_done(self.clock())
        except SQLAlchemyError as error:
            self._tell(f"{self.name} could not be done: {error}")

    def _is_due(self) -> bool:
        if self.task.every < SELDOM:
            return True
        # a little less than told: who comes once an hour doesn't come at the same second
        return not self._claim.was_done_within(timedelta(seconds=0.9 * self.task.every), self.clock())

    def _turn(self) -> float:
        """Do the task once, if it is this worker's turn: after how many seconds to look again."""
        if self.plugin.set_aside or len(self.left_behind()) >= MOST_LEFT:
            self._give_back()
            return CLAIM_EVERY
        if self._after_silence:
            self._write(f"it gave no sign for {self._patience():.0f} s, and did not end when it was told to")
            self._give_back()
            # another worker comes first, if there is one
            self._after_silence = False
            return 3 * CLAIM_EVERY
        if self.task.alone and not self._take():
            return CLAIM_EVERY * (1 + random.random() / 4)  # noqa: S311 - spreading load, not keeping a secret
        return self.run()

    # ------------------------------------------------------------------ whose it is

    def _take(self) -> bool:
        """Whether the task is this worker's, now if it was nobody's."""
        taken = self._claim.take()
        self._faulty = self._faulty or taken is Taken.NOW
        return taken is not Taken.BY_ANOTHER

    def _give_back(self) -> None:
        if self.task.alone:
            self._claim.give_back()

    def holds(self, session: Session, *, until_commit: bool = False) -> bool:
        """Whether the task is this worker's, and this run the one that does it.

        :param until_commit: keep it from being taken over before this transaction ends
        """
        held = not self.task.alone or self._claim.holds(session, until_commit=until_commit)
        # looked at once it is held: who goes on in its place gives the claim back first, and waits for that
        return held and not self._is_left

    # ------------------------------------------------------------------ a run that gives no sign

    def left_behind(self) -> list[threading.Thread]:
        """The threads of runs before it that still haven't ended."""
        return [thread for thread in self._left if thread.is_alive()]

    def look(self) -> Runner | None:
        """End the run that goes on if its plugin was set aside, or if it is silent for too long.

        A thread can't be ended from outside. So one that doesn't listen is left behind: whatever it does later isn't
        committed any more.

        :return: who goes on in its place, if it was left behind
        """
        tools, now = self.tools, time.monotonic()
        if tools is None or self._stopping.is_set():
            return None
        if self.plugin.set_aside:
            tools.stopping.set()
        if tools.once or now - tools.sign_at < self._patience():
            return None
        if tools.told_at is None:
            log.warning("%s has given no sign for %.0f s, and is told to end", self.name, now - tools.sign_at)
            tools.told_at = now
            tools.stopping.set()
        if now - tools.told_at < TIME_TO_END:
            return None
        self._is_left = True
        frame = sys._current_frames().get(tools.thread)
        where = "".join(traceback.format_stack(frame)) if frame is not None else ""
        log.error("%s did not end, and is left behind; it is here:\n%s", self.name, where)
        left = [*self.left_behind(), *([self._thread] if self._thread is not None else [])]
        return Runner(self.site, self.worker, self._sign, self.clock, self.plugin, self.task, self._tell, left)

    def _patience(self) -> float:
        return max(PATIENCE, self.task.late)

    # ------------------------------------------------------------------ a run

    def run(self, *, once: bool = False) -> float:
        """Do the task once: after how many seconds it is to be done again.

        :param once: whether nobody does it again: then it isn't to wait for what there may be
        """
        tools = self.tools = Tools(self, once=once)
        if self._stopping.is_set() or self.plugin.set_aside:
            tools.stopping.set()
        try:
            self.site.plugins.in_time(lambda: self._do(tools), again=False)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a task raises is noted, and it is run again
            if self._is_left:
                return 0.0
            if tools.heard:
                self._failures = 0
            return self._failed(error, tools)
        finally:
            self.tools = None
        if self._is_left:
            return 0.0
        self.plugin.streaks.pop(self.doing, None)
        self._failures = 0
        self._write()
        return self.task.every

    def _do(self, tools: Tools) -> None:
        tools.thread, tools.sign_at = threading.get_ident(), time.monotonic()
        self.task.run(tools)

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
        everyday = isinstance(error, OSError) and tools.stopping.is_set() and not isinstance(error, TookTooLong)
        if not everyday:
            self._tell(f"{self.name}: {self._words(error)}")
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
            self._claim.ensure_row(session)
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
