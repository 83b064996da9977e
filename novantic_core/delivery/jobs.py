"""Periodic jobs: the core's own and the plugins', each once however many workers there are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from novantic_core.db import insert_or
from novantic_core.delivery.alarms import look_for_alarms
from novantic_core.delivery.outbox import catch_up
from novantic_core.models import JobRun
from novantic_core.plugins import Plugin
from novantic_core.savepoint import Savepoint
from novantic_core.services.keep_archive import forget_old_archives
from novantic_core.services.keep_file import sweep
from novantic_core.services.keep_trace import forget_old_traces
from novantic_core.services.limit import forget_old_limits
from novantic_core.services.look_at_ticket import forget_old_presence
from novantic_core.services.watch_tasks import forget_old_tasks
from novantic_core.site import Site
from novantic_core.values import PeriodicJob
from novantic_core.watch import TookTooLong

log = logging.getLogger(__name__)

MINUTE, HOUR = 60, 3600


def all_jobs(site: Site, now: datetime) -> list[tuple[Plugin | None, str, PeriodicJob]]:
    """Every job with the name it has in the database."""
    own = [
        PeriodicJob("sweep", HOUR, lambda session: sweep(site, session, now)),
        PeriodicJob("limits", HOUR, lambda session: forget_old_limits(session, now)),
        PeriodicJob("presence", HOUR, lambda session: forget_old_presence(session, now)),
        PeriodicJob("traces", HOUR, lambda session: forget_old_traces(site, session, now)),
        PeriodicJob("tasks", HOUR, lambda session: forget_old_tasks(site, session, now)),
        PeriodicJob("archive", HOUR, lambda session: forget_old_archives(site, session, now)),
        PeriodicJob("alarms", MINUTE, lambda session: look_for_alarms(site, session, now)),
        PeriodicJob("clock", 10 * MINUTE, lambda session: catch_up(session, now)),
    ]
    return [
        *[(None, f"core.{job.name}", job) for job in own],
        *[(plugin, f"{plugin.name}.{job.name}", job) for plugin, job in site.jobs],
    ]


def run_due_jobs(site: Site, now: datetime, tell: Callable[[str], object] = lambda _words: None) -> int:
    """Run what is due, each in a transaction that holds its row: how many ran.

    :param tell: is told in words what went wrong
    """
    jobs = {name: (plugin, job) for plugin, name, job in all_jobs(site, now) if plugin is None or not plugin.set_aside}
    with site.database.session(write=False) as session:
        known = {row.name: row.due_at for row in session.execute(select(JobRun.name, JobRun.due_at))}
    due = [name for name, (_by, job) in jobs.items() if name not in known or _is_due(known[name], job, now)]
    return sum(_attempt(site, name, *jobs[name], now, tell) for name in due)


def _is_due(due_at: datetime, job: PeriodicJob, now: datetime) -> bool:
    """Whether its time has come. One that is farther off than any run puts it was said by a wrong clock."""
    return due_at <= now or due_at > _farthest(job, now)


def _farthest(job: PeriodicJob, now: datetime) -> datetime:
    # another worker, which ran it just now, has another idea of now: jobs before this one may have taken their time
    return now + 2 * timedelta(seconds=job.every) + timedelta(hours=1)


def _attempt(
    site: Site, name: str, plugin: Plugin | None, job: PeriodicJob, now: datetime, tell: Callable[[str], object]
) -> int:
    """Run a job. One that takes too long is undone, and not run again until its plugin is brought back."""
    try:
        return site.plugins.in_time(lambda: _run(site, name, plugin, job, now, tell), again=False)
    except TookTooLong as error:
        tell(f"the job {name}: {error}")
        return 1  # noted as the plugin's fault already


def _run(
    site: Site, name: str, plugin: Plugin | None, job: PeriodicJob, now: datetime, tell: Callable[[str], object]
) -> int:
    failure: Exception | None = None
    with site.database.transaction() as session:
        session.execute(insert_or(session, JobRun).values(name=name, due_at=now).on_conflict_do_nothing())
        row = session.scalar(
            select(JobRun)
            .where(JobRun.name == name, or_(JobRun.due_at <= now, JobRun.due_at > _farthest(job, now)))
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return 0  # another worker has it
        row.due_at = now + timedelta(seconds=job.every)
        session.flush()
        savepoint = Savepoint(session)
        try:
            with site.plugins.timed(plugin, f"job {job.name}", job.seconds):
                job.run(session)
                savepoint.keep()
        except Exception as error:  # noqa: BLE001 - noted below; its next time stands, so that it isn't tried at once
            savepoint.undo()
            failure = error
    if failure is not None:
        words = f"the job {name}: {type(failure).__name__}: {failure}"
        tell(site.without_secrets(plugin.name, words) if plugin is not None else words)
    if failure is None:
        if plugin is not None:
            plugin.streaks.pop(f"job {job.name}", None)
    elif plugin is None:
        log.error("the job %s failed", name, exc_info=failure)
    else:
        site.plugins.note_fault(plugin, f"job {job.name}", failure)
        if site.plugins.raise_faults:
            raise failure
    return 1
