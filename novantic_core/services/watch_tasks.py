"""How the tasks of workers go: who does each, when it last answered, and why it doesn't."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Alarm, Worker, WorkerTaskRow
from novantic_core.plugins import Plugin
from novantic_core.site import Site
from novantic_core.values import Text, WorkerTask

KEPT = timedelta(days=1)
"""For how long it is kept how a task went that this site has no more."""
WORKER = "worker"
"""The name of the alarm that says when a worker was last seen."""
NOW_AND_AGAIN = "now and again"
"""What that one says where cron starts workers, which end when all is done."""
OFTEN = timedelta(minutes=10)
"""Workers that come at least so often are as good as one that stays: nothing is late by then."""
_LONGEST: int = WorkerTaskRow.__table__.c.name.type.length  # type: ignore[attr-defined]  # it is a String


def row_name(plugin: Plugin, task: WorkerTask, host: str = "") -> str:
    """The name of a task's row: of one that each worker does, the one of its machine.

    :param host: the machine's name; this one's unless told
    """
    name = f"{plugin.name}.{task.name}"
    return (name if task.alone else f"{name}@{host or socket.gethostname()}")[:_LONGEST]


@dataclass(frozen=True)
class TaskState:
    """How a task goes; of one that each worker does, how it goes on one machine."""

    name: str
    """``PLUGIN.TASK``, with ``@HOST`` where each worker does it."""
    label: Text
    worker: Worker | None
    """Whose it is; None while nobody does it, and for what each worker does."""
    host: str
    """On which machine; empty where that isn't known."""
    answered_at: datetime | None
    fault: str
    """Why it isn't answered; empty while it is."""
    fault_since: datetime | None
    watched: bool
    """Whether it is to be answered now and again."""
    since: datetime | None
    """How long it has waited for an answer: since the last one, or since somebody does it."""
    late: bool
    """Whether that is longer than it may be."""


def forget_old_tasks(site: Site, session: Session, now: datetime) -> None:
    """Forget how tasks went that there are no more: of a mailbox that was removed, of a machine that is gone.

    Another worker may know more of them than this one, so a day has to pass; what is forgotten too early is written
    anew.
    """
    hosts = sorted(set(session.scalars(select(Worker.host))))
    known = [
        row_name(plugin, task, host) for plugin, task in site.tasks for host in ([""] if task.alone else hosts)
    ]  # fmt: skip
    old = [
        or_(time.is_(None), time < now - KEPT, time > now + KEPT)
        for time in (WorkerTaskRow.answered_at, WorkerTaskRow.fault_since, WorkerTaskRow.done_at)
    ]
    session.execute(
        delete(WorkerTaskRow)
        .where(WorkerTaskRow.worker_id.is_(None), WorkerTaskRow.name.not_in(known), *old)
        .execution_options(synchronize_session=False)
    )


def came_lately(session: Session, now: datetime) -> bool:
    """Whether a worker that comes now and again was there so lately that nothing needs to lag."""
    said = select(Alarm.since).where(Alarm.name == WORKER, Alarm.words == NOW_AND_AGAIN)
    since = session.scalar(said)
    return since is not None and now - OFTEN < since <= now + _CLOCKS_AGREE


def task_states(site: Site, session: Session, now: datetime) -> list[TaskState]:
    """How each task goes, in the order of the plugins. None is late while no worker is alive: that is told itself."""
    if not site.tasks:
        return []
    workers = {row.id: row for row in session.scalars(select(Worker))}
    rows = {row.name: row for row in session.scalars(select(WorkerTaskRow))}
    looked_at = bool(workers) or came_lately(session, now)
    states: list[TaskState] = []
    for plugin, task in site.tasks:
        if task.alone:
            states.append(_alone(plugin, task, rows, workers, now, looked_at=looked_at))
        else:
            states += _each(plugin, task, rows, workers, now)
    return states


def _alone(
    plugin: Plugin, task: WorkerTask, rows: Mapping[str, WorkerTaskRow], workers: Mapping[str, Worker], now: datetime,
    *, looked_at: bool,
) -> TaskState:  # fmt: skip
    name = row_name(plugin, task)
    row = rows.get(name)
    worker = workers.get(row.worker_id or "") if row is not None else None
    starts = [one.started_at for one in workers.values()]
    if looked_at and row is not None and row.fault_since is not None:
        # a fault lasts, whichever workers saw it: of those that come now and again none is there for long
        starts.append(row.fault_since)
    began = min(starts, default=None)
    return _state(name, task, row, began, now, worker, worker.host if worker is not None else "")


def _each(
    plugin: Plugin, task: WorkerTask, rows: Mapping[str, WorkerTaskRow], workers: Mapping[str, Worker], now: datetime
) -> Iterator[TaskState]:
    # rows of machines on which no worker is any more say nothing
    for host in sorted({one.host for one in workers.values()}):
        name = row_name(plugin, task, host)
        began = min(one.started_at for one in workers.values() if one.host == host)
        yield _state(name, task, rows.get(name), began, now, None, host)


def _state(
    name: str, task: WorkerTask, row: WorkerTaskRow | None, began: datetime | None, now: datetime,
    worker: Worker | None, host: str,
) -> TaskState:  # fmt: skip
    answered = row.answered_at if row is not None else None
    # a time to come was written before the clock was set back
    known = [one for one in (answered, began) if one is not None and one <= now + _CLOCKS_AGREE]
    since = max(known, default=None)
    late = began is not None and bool(task.late) and since is not None and now - since > timedelta(seconds=task.late)
    return TaskState(
        name, task.label or name, worker, host, answered, row.fault if row is not None else "",
        row.fault_since if row is not None else None, bool(task.late), answered or since, late,
    )  # fmt: skip


_CLOCKS_AGREE = timedelta(minutes=1)
