"""A worker: answers access requests, delivers what is due, runs periodic jobs. In the web process or by itself."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.delivery import outbox
from novantic_core.delivery.all_tasks import Tasks
from novantic_core.delivery.carrier import Carrier
from novantic_core.delivery.jobs import run_due_jobs
from novantic_core.models import AccessRequest, PasswordRequest
from novantic_core.services.grant_access import answer_access_requests
from novantic_core.services.keep_index import work_off
from novantic_core.services.note_faults import write_faults
from novantic_core.services.note_theme_faults import write_theme_faults
from novantic_core.services.personal_link import answer_password_requests
from novantic_core.site import Site

log = logging.getLogger(__name__)

POLL = 1.0
HEARTBEAT = timedelta(seconds=8)
STOP_SECONDS = 25.0
"""How long a worker that is told to stop waits for the delivery at hand, and for its tasks. Whoever runs services
mostly waits thirty seconds before killing them."""


class Worker:
    """One worker of a site. ``run`` works until ``stop``; ``run_due`` does what is due now, tasks included.

    :param tell: is told in words what went wrong; it is logged, too
    """

    def __init__(
        self, site: Site, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic, tell: Callable[[str], object] = lambda _words: None,
    ) -> None:  # fmt: skip
        self.site = site
        self.clock = clock
        self.monotonic = monotonic
        self.id = uuid.uuid4().hex
        self.wake = threading.Event()
        self.ended = threading.Event()
        self.left_behind = False
        """Whether it stopped without waiting any longer for what it had begun: only the process's end ends that."""
        self.unfinished = False
        """Whether there was more to do when the time was over."""
        self.tasks = Tasks(site, self.id, lambda session: self._give_sign(session, clock()), clock, tell)
        self._tell = tell
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._beaten_at: datetime | None = None
        self._monotonic_at = 0.0
        self._carrier = Carrier(site, self.id, clock, self._give_sign, self._stopping.is_set, tell)
        self._duties = (
            self._answer_requests,
            self._carrier.deliver,
            self._keep_indexes,
            self._run_jobs,
            self._write_faults,
        )

    # ------------------------------------------------------------------ life

    def run(self) -> None:
        """Work until stopped. A database that is away for a while is waited for."""
        with self._alive():
            self.tasks.start()
            while not self._stopping.is_set():
                if not self._round():
                    self.wake.wait(POLL)
                    self.wake.clear()

    def run_due(self, seconds: float) -> None:
        """Do what is due now, and what comes of it; what others are at is left to them.

        :param seconds: after which nothing more is begun
        """
        over = threading.Timer(seconds, self.stop)
        over.daemon = True
        over.start()
        with self._alive():
            # what a worker held that died is free before the tasks are looked at
            self._beat_once()
            self.tasks.start(once=True)
            while True:
                busy = self.tasks.at_work()
                done = self._round()
                if self._stopping.is_set():
                    self.unfinished = True
                    break
                if not done and not busy:
                    break
                if not done:
                    self.wake.wait(min(POLL, 0.2))
        over.cancel()

    @contextlib.contextmanager
    def _alive(self) -> Iterator[None]:
        """Look alive; at the end wait for what goes on, and sign off."""
        threading.Thread(target=self._beat, name="novantic-heartbeat", daemon=True).start()
        try:
            yield
        finally:
            self.stop()
            self._idle.set()
            self.ended.wait()

    def stop(self) -> None:
        """Ask ``run`` to end after the delivery at hand; its claims are given back."""
        self._stopping.set()
        self.tasks.stop()
        self.wake.set()

    def _round(self) -> int:
        """Each duty by itself: one that can't be done must not keep the others from being done."""
        done = 0
        for duty in self._duties:
            if self._stopping.is_set():
                break
            try:
                done += duty()
            except (OperationalError, InterfaceError) as error:
                log.error("the database can't be worked with, trying again: %s", error.orig)
                self._tell(f"the database can't be worked with: {error.orig}")
                return 0
            except Exception as error:
                log.exception("a worker's duty failed, trying again")
                self._tell(f"{type(error).__name__}: {error}")
        return done

    # ------------------------------------------------------------------ heartbeat and end

    def _beat(self) -> None:
        # a thread of its own: a slow mail server must not make this worker look dead
        while not self._stopping.is_set():
            self._beat_once()
            self._stopping.wait(POLL)
        try:
            self._end()
        finally:
            self.ended.set()

    def _beat_once(self) -> None:
        try:
            self.tasks.look()
            self._beat_if_due()
        except SQLAlchemyError as error:
            log.warning("no heartbeat: %s", error)

    def _end(self) -> None:
        """Sign off once all has ended; or when it has lasted too long, so that others can take over.

        It looks alive as long as it waits. What it holds longer may have been accepted when the process ends, as with
        one that is killed, and not before: whoever left something behind has to end at once.
        """
        until = time.monotonic() + STOP_SECONDS
        while (hanging := self._at_work()) and time.monotonic() < until:
            self._beat_once()
            time.sleep(POLL / 20)
        if hanging:
            self.left_behind = True
            log.warning("stopped without waiting any longer for %s", ", ".join(hanging))
            self._tell(f"did not end: {', '.join(hanging)}")
        self.left_behind = self.left_behind or bool(self.tasks.left_behind())
        try:
            if self._idle.is_set():
                self._carrier.mark_accepted()
            self._sign_off()
        except SQLAlchemyError as error:
            log.warning("could not sign off, claims are free in %s s: %s", outbox.SILENCE.seconds, error)

    def _at_work(self) -> list[str]:
        """What hasn't ended yet."""
        return [*self.tasks.at_work(), *(() if self._idle.is_set() else ("a delivery",))]

    def _beat_if_due(self) -> None:
        now = self.clock()
        # a clock that was set back must not keep it silent until it has caught up
        if self._beaten_at is None or not timedelta() <= now - self._beaten_at < HEARTBEAT:
            self.heartbeat()

    def heartbeat(self) -> None:
        """Say that this worker is alive, and take the claims of those that are not."""
        now, monotonic = self.clock(), self.monotonic()
        with self.site.database.transaction() as session:
            self._give_sign(session, now)
            if not self._leapt(now, monotonic):
                outbox.bury_the_dead(session, now, to_come=self._beaten_at is not None)
            self.tasks.note(session)
        self._beaten_at, self._monotonic_at = now, monotonic

    def _leapt(self, now: datetime, monotonic: float) -> bool:
        """Whether the clock was set, or the machine asleep, since the last beat.

        Then the machine's other workers look dead for a moment, and may have no time to say that they aren't.
        """
        if self._beaten_at is None:
            return False
        passed = (now - self._beaten_at).total_seconds()
        return abs(passed - (monotonic - self._monotonic_at)) > outbox.SILENCE.total_seconds() / 2

    def _give_sign(self, session: Session, now: datetime) -> None:
        outbox.give_sign(session, self.id, socket.gethostname(), os.getpid(), now)

    def leave(self) -> None:
        """Give claims back and sign off."""
        self._carrier.mark_accepted()
        self._sign_off()

    def _sign_off(self) -> None:
        with self.site.database.transaction() as session:
            outbox.leave(session, self.id)

    # ------------------------------------------------------------------ work

    def run_once(self) -> int:
        """Do some of what is due, but no tasks: how many things were done."""
        self._beat_if_due()
        return sum(duty() for duty in self._duties)

    def _answer_requests(self) -> int:
        waiting = select(select(AccessRequest.id).exists() | select(PasswordRequest.id).exists())
        with self.site.database.session(write=False) as session:
            if not session.scalar(waiting):
                return 0
        return self.site.plugins.in_time(self._answer)

    def _answer(self) -> int:
        with self.site.database.transaction() as session:
            done = answer_access_requests(self.site, session, self.clock())
            return done + answer_password_requests(self.site, session, self.clock())

    def _keep_indexes(self) -> int:
        return self.site.plugins.in_time(lambda: work_off(self.site, self.clock()))

    def _run_jobs(self) -> int:
        return run_due_jobs(self.site, self.clock(), self._tell)

    def _write_faults(self) -> int:
        write_faults(self.site)
        write_theme_faults(self.site)
        return 0


def start_embedded(site: Site) -> Worker:
    """Start a worker in a thread of this process; at the process's orderly end it gives its claims back."""
    worker = Worker(site)
    threading.Thread(target=worker.run, name="novantic-worker", daemon=True).start()

    def end() -> None:
        worker.stop()
        worker.ended.wait(STOP_SECONDS + HEARTBEAT.total_seconds())

    atexit.register(end)
    _end_in_order()
    return worker


def _end_in_order() -> None:
    """Let SIGTERM end the process as its own end does, where its server has no other idea of it: waitress has none."""
    in_main = threading.current_thread() is threading.main_thread()
    if in_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
