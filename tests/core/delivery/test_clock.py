"""A clock that is set: nothing is lost, nothing is sent twice, and nothing waits for a time that is far off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.delivery import outbox
from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery, JobRun
from novantic_core.models import Worker as WorkerRow
from novantic_core.plugin import PeriodicJob

YEAR = timedelta(days=365)


class Ticking:
    """A monotonic clock beside the other one, which may be set."""

    def __init__(self, clock):
        self.clock, self.seconds = clock, 0.0

    def __call__(self):
        return self.seconds

    def forward(self, seconds):
        self.clock.forward(seconds=seconds)
        self.seconds += seconds


@pytest.fixture
def ticking(clock):
    return Ticking(clock)


@pytest.fixture
def worker(novantic_app, clock, ticking):
    made = Worker(novantic_app.site, clock, ticking)
    yield made
    made.leave()


@pytest.fixture
def workers_known(novantic_app):
    def read():
        with novantic_app.site.database.session(write=False) as session:
            return {row.id for row in session.scalars(select(WorkerRow))}

    return read


def test_a_worker_goes_on_giving_signs_when_the_clock_is_set_back(recorder, worker, clock, novantic_app):
    worker.run_once()
    clock.forward(hours=-1)
    worker.run_once()
    with novantic_app.transaction() as session:
        assert session.scalar(select(WorkerRow.heartbeat_at)) == clock.now


@pytest.mark.parametrize("hours", [1, -1])
def test_when_the_clock_is_set_no_living_worker_is_taken_for_dead(
    recorder, worker, another_site, clock, ticking, workers_known, hours
):  # fmt: skip
    other = Worker(another_site, clock, ticking)
    worker.heartbeat()
    other.heartbeat()
    clock.forward(hours=hours)
    worker.heartbeat()
    assert workers_known() == {worker.id, other.id}
    ticking.forward(8)
    other.heartbeat()
    worker.heartbeat()
    assert workers_known() == {worker.id, other.id}


def test_what_one_held_that_died_before_the_clock_was_set_back_is_taken_over(
    recorder, fill, worker, another_site, clock, ticking, workers_known, novantic_app
):  # fmt: skip
    fill()
    dead = Worker(another_site, clock, ticking)
    dead.heartbeat()
    with novantic_app.transaction() as session:
        assert outbox.claim(session, dead.id, clock()) != []
    clock.forward(hours=-1)
    for _beat in range(3):
        ticking.forward(10)
        worker.heartbeat()
    assert workers_known() == {worker.id}
    clock.forward(hours=2)
    worker.run_once()
    assert len(recorder.sent) == 1


def test_what_waits_for_a_time_that_is_far_off_is_sent(recorder, fill, worker, clock, novantic_app):
    fill(2)
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(next_attempt_at=clock.now + YEAR))
        one = session.scalars(select(Delivery).limit(1)).one()
        # a delay is no wrong clock
        one.next_attempt_at = clock.now + timedelta(minutes=50)
    worker.run_once()
    worker.run_once()
    assert len(recorder.sent) == 1


def test_a_job_does_not_sleep_for_a_year(recorder, worker, clock, novantic_app):
    site = novantic_app.site
    runs = []
    site.jobs.append((site.plugins.get("recorder"), PeriodicJob("count", 600, runs.append)))
    clock.forward(days=365)
    worker.run_once()
    clock.forward(days=-365)
    worker.run_once()
    worker.run_once()
    assert len(runs) == 2
    with novantic_app.transaction() as session:
        latest = session.scalar(select(JobRun.due_at).order_by(JobRun.due_at.desc()).limit(1))
    assert latest <= clock.now + timedelta(hours=1)
