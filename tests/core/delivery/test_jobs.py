"""Periodic jobs: once however many workers there are, and whatever one of them raises."""

from __future__ import annotations

import threading
import types

import pytest
from sqlalchemy import select, text

from novantic_core.delivery import jobs
from novantic_core.delivery.worker import Worker
from novantic_core.models import JobRun
from novantic_core.plugin import PeriodicJob, hookimpl


@pytest.fixture(params=["false"])
def chores(request):
    """A plugin with a job that counts its runs. Ask for it before the application."""
    plugin = types.ModuleType("chores")
    plugin.runs = []
    plugin.job = plugin.runs.append

    @hookimpl
    def novantic_periodic_jobs():
        # looked up when it runs: a test puts another job there
        return [PeriodicJob("count", 600, lambda session: plugin.job(session))]  # noqa: PLW0108

    plugin.novantic_periodic_jobs = novantic_periodic_jobs
    marker = pytest.mark.novantic(
        plugins=["webform", "chores"], extra_plugins={"chores": plugin}, settings={"novantic.debug": request.param}
    )
    request.node.add_marker(marker, append=False)
    return plugin


def due_at(app, name="chores.count"):
    with app.site.database.session(write=False) as session:
        return session.scalar(select(JobRun.due_at).where(JobRun.name == name))


def test_a_job_runs_at_its_time_and_not_before(chores, novantic_app, clock):
    worker = Worker(novantic_app.site, clock)
    worker.run_once()
    clock.forward(seconds=599)
    worker.run_once()
    assert len(chores.runs) == 1
    clock.forward(seconds=1)
    worker.run_once()
    assert len(chores.runs) == 2


def test_a_job_runs_once_with_two_workers(chores, novantic_app, another_site, clock):
    start = threading.Barrier(2)

    def work(site):
        start.wait()
        jobs.run_due_jobs(site, clock())

    threads = [threading.Thread(target=work, args=[site]) for site in (novantic_app.site, another_site)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(chores.runs) == 1


def test_a_job_that_raises_is_undone_noted_and_left_for_its_next_time(chores, novantic_app, clock):
    def job(session):
        session.execute(text("UPDATE job_run SET due_at = due_at WHERE 1 = 0"))
        session.add(JobRun(name="half", due_at=clock()))
        session.flush()
        raise ValueError("half done")

    chores.job = job
    before = due_at(novantic_app)
    Worker(novantic_app.site, clock).run_once()
    assert before is None
    assert (due_at(novantic_app) - clock.now).total_seconds() == 600
    assert due_at(novantic_app, "half") is None
    assert "half done" in novantic_app.site.plugins.get("chores").last_fault


def test_a_job_that_asks_the_database_for_nonsense_does_not_keep_the_others_back(chores, novantic_app, clock):
    chores.job = lambda session: session.execute(text("SELECT nothing FROM nowhere"))
    Worker(novantic_app.site, clock).run_once()
    assert due_at(novantic_app, "core.limits") > clock.now
    assert due_at(novantic_app) > clock.now


@pytest.mark.parametrize("chores", ["true"], indirect=True)
def test_in_development_a_job_that_raises_is_raised(chores, novantic_app, clock):
    chores.job = lambda _session: 1 / 0
    with pytest.raises(ZeroDivisionError):
        Worker(novantic_app.site, clock).run_once()
    assert due_at(novantic_app) > clock.now


def test_a_job_of_the_cores_own_that_raises_is_logged(chores, novantic_app, clock, monkeypatch, caplog):
    monkeypatch.setattr(jobs, "sweep", lambda *_given: 1 / 0)
    Worker(novantic_app.site, clock).run_once()
    assert "core.sweep failed" in caplog.text
    assert due_at(novantic_app, "core.sweep") > clock.now
