"""Work that somebody waits for, and gives up when a plugin in it takes too long.

A thread can't be stopped from outside: one that sleeps or waits for a lock stays. So what must go on is done by a
thread of its own, an *attempt*, while the thread that asked for it waits. What plugins do is noted in the attempt as
they begin and end it. When one takes longer than it may, the attempt is *given up*: its database connections are made
useless, so that it can never commit, and whoever waited goes on without it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

GRACE = 0.2
"""Seconds that an attempt has to end by itself once it was given up."""
LONGEST_WAIT = 60.0
"""Seconds between two looks at one that sleeps."""
LOOK = 0.05
"""Seconds for which one is looked at."""


class GivenUp(BaseException):
    """Raised in the thread of an attempt that nobody waits for any more, to end it.

    No ``Exception``: what catches those goes on, and this must not.
    """


class TookTooLong(TimeoutError):
    """A plugin was still at work when its time was over."""

    def __init__(self, work: Work) -> None:
        super().__init__(f"it took longer than {work.seconds:g} s")
        self.work = work


@dataclass
class Work:
    """What an attempt is doing just now: a plugin's call, or something of the core's within one."""

    owner: Any
    """The plugin; None for what isn't its time, as waiting for another writer of the database."""
    doing: str
    seconds: float
    """How long it may take; 0 for as long as it likes."""
    since: float
    spent: float = 0.0
    """Seconds before ``since``: what it calls that is another's work doesn't count."""

    def left(self, now: float) -> float:
        """How many of its seconds are left."""
        if self.owner is None or not self.seconds:
            return float("inf")
        return self.seconds - self.spent - (now - self.since)


@dataclass
class Attempt:
    """One go at some work, in a thread of its own."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at_work: list[Work] = field(default_factory=list)
    connections: dict[int, Any] = field(default_factory=dict)
    """The database connections that it has, by the identity of the driver's."""
    given_up: bool = False
    over: bool = False
    """Whether its thread is through with it: what is sent to that thread could reach another by then."""
    where: str = ""
    """Where it was when it was given up: the lines of its stack."""

    def begin(self, owner: Any, doing: str, seconds: float) -> None:
        """Note that somebody begins to work."""
        now = time.monotonic()
        with self.lock:
            if self.at_work:
                outer = self.at_work[-1]
                outer.spent += now - outer.since
            self.at_work.append(Work(owner, doing, seconds, now))

    def end(self) -> None:
        """Note that whoever began last is done.

        :raises GivenUp: if that was too late
        """
        with self.lock:
            self.at_work.pop()
            if self.at_work:
                self.at_work[-1].since = time.monotonic()
        self.look()

    def look(self) -> None:
        """:raises GivenUp: if nobody waits for this any more"""
        if self.given_up:
            raise GivenUp

    def overdue(self) -> tuple[Work | None, float]:
        """Who took too long, if anybody; then nobody waits any more. And the seconds after which to look again."""
        with self.lock:
            if not self.at_work:
                return None, float("inf")
            left = self.at_work[-1].left(time.monotonic())
            if left > 0:
                return None, left
            self.given_up = True
            return self.at_work[-1], 0.0

    # ------------------------------------------------------------------ its database connections

    def take(self, connection: Any) -> None:
        """Note a connection that it was given.

        :raises GivenUp: if it may have none any more
        """
        with self.lock:
            self.look()
            self.connections[id(connection.dbapi_connection)] = connection

    def hand_back(self, dbapi_connection: Any) -> None:
        """Note that it gave one back."""
        self.connections.pop(id(dbapi_connection), None)

    def cut_off(self) -> None:
        """Make all of its connections useless; whatever they held is free again."""
        for connection in list(self.connections.values()):
            dbapi_connection = connection.dbapi_connection
            if dbapi_connection is not None:
                # another may have its place in the pool. First, while its thread still works or sleeps: once woken it
                # tells the pool that the connection is broken, which must not hit who has the place by then
                connection.detach()
                dbapi_connection.give_up()

    def leave(self) -> None:
        """In its own thread, at its end.

        :raises GivenUp: if nobody waited for it
        """
        with self.lock:
            self.over = True
        if self.given_up:
            for connection in self.connections.values():
                if connection.dbapi_connection is not None:
                    connection.dbapi_connection.close()
        self.look()


class _Thread(threading.Thread):
    """A thread that makes one attempt after the other."""

    def __init__(self) -> None:
        super().__init__(name="novantic-attempt", daemon=True)
        self.jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def run(self) -> None:
        try:
            while True:
                self.jobs.get()()
        except GivenUp:
            # it must not be used again: the order to end may still be on its way to it
            return


class Watch:
    """Who is at work in the attempts of one site."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._idle: deque[_Thread] = deque()
        self.nobodys_time = NobodysTime(self)
        _watches.add(self)

    @property
    def attempt(self) -> Attempt | None:
        """The attempt that the thread at hand makes; None where nobody could go on without it."""
        return getattr(self._local, "attempt", None)

    def run(self, work: Callable[[], T], look_after: float) -> T:
        """Do some work in a thread of its own.

        :param look_after: seconds after which to look for the first time; nobody may take less
        :raises TookTooLong: if a plugin did
        :raises BaseException: whatever the work raised
        """
        attempt, done = Attempt(), threading.Lock()
        result: list[Any] = []
        failure: list[BaseException] = []

        def make_attempt() -> None:
            self._local.attempt = attempt
            try:
                result.append(work())
            except BaseException as error:  # noqa: BLE001 - raised where the work was asked for
                failure.append(error)
            finally:
                self._local.attempt = None
                done.release()
            attempt.leave()

        done.acquire()
        try:
            thread = self._idle.pop()
        except IndexError:
            thread = _Thread()
            thread.start()
        thread.jobs.put(make_attempt)
        seconds = look_after
        while not done.acquire(timeout=seconds):
            late, seconds = attempt.overdue()
            if late is not None:
                self._give_up(attempt, thread)
                raise _told(TookTooLong(late), attempt.where)
            seconds = max(min(seconds, look_after), 0.01)
        self._idle.append(thread)
        if failure:
            try:
                raise failure[0]
            finally:
                # its traceback would keep all of the attempt in memory
                failure.clear()
        return result[0]  # type: ignore[no-any-return]

    @staticmethod
    def _give_up(attempt: Attempt, thread: threading.Thread) -> None:
        frame = sys._current_frames().get(thread.ident or 0)
        attempt.where = "".join(traceback.format_stack(frame)) if frame is not None else ""
        del frame
        attempt.cut_off()
        _order_later(attempt, thread, GRACE)

    def forget_threads(self) -> None:
        """After a fork none of them is there any more."""
        self._idle.clear()


class NobodysTime:
    """A context whose time is no plugin's: it would pass without it too."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __enter__(self) -> None:
        attempt = self._watch.attempt
        if attempt is not None:
            attempt.begin(None, "waiting", 0)

    def __exit__(self, *_raised: object) -> None:
        attempt = self._watch.attempt
        if attempt is not None:
            attempt.end()


def _order_later(attempt: Attempt, thread: threading.Thread, seconds: float) -> None:
    order = threading.Timer(seconds, _order_to_end, (attempt, thread, seconds))
    order.daemon = True
    order.start()


def _order_to_end(attempt: Attempt, thread: threading.Thread, waited: float) -> None:
    """End a loop at its next line. What sleeps ends by itself when it wakes, or is looked at again later.

    Not at once, and only within the plugin's call: what was waiting for the database hears of it there, and an order
    that came on its way out could leave a lock held that belongs to all, as that of the log.

    Nor to a thread that sleeps: while an order waits for its thread, every thread of the process looks for it at each
    call and at each turn of a loop, and under a tracer CPython 3.11 never comes back from doing so.
    """
    works = _works(thread)
    with attempt.lock:
        if attempt.over or not attempt.at_work:
            return
        if works:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(GivenUp)
            )  # fmt: skip
            return
    _order_later(attempt, thread, min(waited * 2, LONGEST_WAIT))


def _works(thread: threading.Thread) -> bool:
    """Whether a thread uses the processor just now. Where the system doesn't tell, it is taken to."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return True
    try:
        clock = time.pthread_getcpuclockid(thread.ident or 0)
        before = time.clock_gettime(clock)
        time.sleep(LOOK)
        return time.clock_gettime(clock) - before > LOOK / 20
    except OSError:  # it has ended
        return False


def _told(error: TookTooLong, where: str) -> TookTooLong:
    if where:
        error.add_note(f"It was here:\n{where}")
    return error


_watches: weakref.WeakSet[Watch] = weakref.WeakSet()


def _after_fork() -> None:
    for watch in list(_watches):
        watch.forget_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
