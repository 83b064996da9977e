"""Whose a task is that one worker of the site does at a time.

A claim is the reference of the task's row to the worker's row, as with deliveries: whoever says farewell, or is found
silent, loses it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import WorkerTaskRow
from novantic_core.site import Site


class Taken(enum.Enum):
    """What came of asking for a task."""

    BEFORE = enum.auto()
    NOW = enum.auto()
    BY_ANOTHER = enum.auto()


class Claim:
    """One worker's claim on one task.

    :param name: the row's
    :param sign: says, in a transaction, that the worker is alive
    """

    def __init__(self, site: Site, worker: str, name: str, sign: Callable[[Session], None]) -> None:
        self.site = site
        self._sign = sign
        self._worker = worker
        self._name = name
        self._row = WorkerTaskRow.name == name
        self._mine = (self._row, WorkerTaskRow.worker_id == worker)

    def take(self) -> Taken:
        """Take the task, if it is nobody's."""
        with self.site.database.session(write=False) as session:
            # a look without a lock: what another one does costs no writing
            holder = session.scalar(select(WorkerTaskRow.worker_id).where(self._row))
        if holder is not None:
            return Taken.BEFORE if holder == self._worker else Taken.BY_ANOTHER
        with self.site.database.transaction() as session:
            # with the claim, so that there is no claim without a worker, however long this one was stopped
            self._sign(session)
            self.ensure_row(session)
            taken = update(WorkerTaskRow).where(self._row, WorkerTaskRow.worker_id.is_(None))
            changed: int = session.execute(taken.values(worker_id=self._worker)).rowcount  # type: ignore[attr-defined]
        return Taken.NOW if changed == 1 else Taken.BY_ANOTHER

    def ensure_row(self, session: Session) -> None:
        """Make the task's row where there is none yet."""
        session.execute(insert_or(session, WorkerTaskRow).values(name=self._name, fault="").on_conflict_do_nothing())

    def give_back(self) -> None:
        """Let another one have it."""
        with self.site.database.session(write=False) as session:
            if not self.holds(session):
                return
        with self.site.database.transaction() as session:
            session.execute(update(WorkerTaskRow).where(*self._mine).values(worker_id=None))

    def holds(self, session: Session, *, until_commit: bool = False) -> bool:
        """Whether it is this worker's.

        :param until_commit: keep it from being taken over before this transaction ends
        """
        row = select(WorkerTaskRow.name).where(*self._mine)
        # a lock writes nothing: tasks look every few seconds for what there may be to do. SQLite has one writer anyway
        return session.scalar(row.with_for_update() if until_commit else row) is not None

    # ------------------------------------------------------------------ what is done seldom

    def was_done_within(self, time: timedelta, now: datetime) -> bool:
        """Whether a worker that comes now and again did it so lately."""
        with self.site.database.session(write=False) as session:
            done = session.scalar(select(WorkerTaskRow.done_at).where(self._row))
        # a time to come was written before the clock was set back
        return done is not None and timedelta() <= now - done < time

    def note_done(self, now: datetime) -> None:
        """Note that it was done."""
        with self.site.database.transaction() as session:
            session.execute(update(WorkerTaskRow).where(*self._mine).values(done_at=now))
