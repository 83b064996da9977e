"""Runs of tasks that give no sign: told to end, and left behind if they don't."""

from __future__ import annotations

import threading

import pytest
from made import plugin
from sqlalchemy import select
from waiting import eventually

from novantic_core.delivery import tasks as tasks_module
from novantic_core.delivery import worker as worker_module
from novantic_core.delivery.worker import Worker
from novantic_core.models import JobRun, WorkerTaskRow
from novantic_core.plugin import WorkerTask

SETTINGS = {"novantic.debug": "false", "novantic.environment": "development"}


class Silent:
    """A task whose runs say nothing; ``deaf`` ones don't hear either, until they are let go."""

    def __init__(self):
        self.runs = 0
        self.deaf = 0
        self.error = None
        self.go = threading.Event()
        self.refused = []

    def __call__(self, tools):
        self.runs += 1
        if self.runs > self.deaf:
            tools.stopping.wait(60)
            if self.error is not None:
                raise self.error
            return
        assert self.go.wait(60)
        try:
            with tools.open_desk() as desk:
                desk.session.add(JobRun(name=f"late {self.runs}", due_at=desk.now))
        except OSError as error:
            self.refused.append(str(error))
            raise


silent = Silent()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    silent.__init__()
    monkeypatch.setattr(worker_module, "POLL", 0.02)
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 1)
    monkeypatch.setattr(tasks_module, "CLAIM_EVERY", 0.05)
    monkeypatch.setattr(tasks_module, "PATIENCE", 0.2)
    monkeypatch.setattr(tasks_module, "TIME_TO_END", 0.2)


def with_task(**values):
    return pytest.mark.novantic(
        plugins=["webform", "post"], settings=SETTINGS,
        extra_plugins={"post": plugin(worker_tasks=lambda: [WorkerTask("box", silent, every=0.02, late=0, **values)])},
    )  # fmt: skip


@pytest.fixture
def worker(novantic_app, running):
    """Start a worker; at the end its runs that hear nothing are let go, before the database is."""
    started = []

    def start(site=None):
        started.append(Worker(site or novantic_app.site))
        running(started[-1])
        return started[-1]

    yield start
    silent.deaf = 0
    silent.go.set()
    for one in started:
        eventually(lambda one=one: not one.tasks.left_behind())


@with_task()
def test_one_that_hears_ends_and_is_begun_anew(worker, read, caplog):
    one = worker()
    eventually(lambda: silent.runs > 1)
    assert "post.box has given no sign for" in caplog.text
    assert one.tasks.left_behind() == []
    assert read(select(WorkerTaskRow.fault)) == [""]


@with_task()
def test_what_one_ends_with_that_was_silent_is_its_fault(worker, read):
    silent.error = TimeoutError("the server says a byte now and then")
    worker()
    eventually(lambda: any(read(select(WorkerTaskRow.fault))))
    assert read(select(WorkerTaskRow.fault)) == ["the server says a byte now and then"]


@with_task()
def test_one_that_does_not_is_left_behind_and_commits_nothing_any_more(worker, read, caplog):
    silent.deaf = 1
    one = worker()
    eventually(lambda: silent.runs == 2)
    assert "post.box did not end, and is left behind; it is here:" in caplog.text
    assert "self.go.wait(60)" in caplog.text
    assert one.tasks.left_behind() == ["post.box"]
    silent.go.set()
    eventually(lambda: silent.refused)
    assert silent.refused == ["post.box is another worker's by now"]
    eventually(lambda: not one.tasks.left_behind())
    assert not [name for name in read(select(JobRun.name)) if name.startswith("late")]


@with_task()
def test_it_is_said_why_it_does_not_answer(worker, read):
    silent.deaf = 100
    worker()
    eventually(lambda: any(read(select(WorkerTaskRow.fault))))
    assert read(select(WorkerTaskRow.fault)) == ["it gave no sign for 0 s, and did not end when it was told to"]


@with_task()
def test_so_many_are_left_behind_and_no_more_until_one_ends(worker, read):
    silent.deaf = 100
    one = worker()
    eventually(lambda: silent.runs == tasks_module.MOST_LEFT)
    eventually(lambda: not any(read(select(WorkerTaskRow.worker_id))) and not one.tasks._runners[0].tools)
    assert silent.runs == tasks_module.MOST_LEFT
    silent.deaf = 0
    silent.go.set()
    eventually(lambda: silent.runs > tasks_module.MOST_LEFT)


@with_task()
def test_another_worker_goes_on_with_it(another_site, worker, read, monkeypatch):
    silent.deaf = 1
    worker()
    eventually(lambda: silent.runs == 1)
    # the first one isn't so quick to take it again
    monkeypatch.setattr(tasks_module, "TIME_TO_END", 1)
    worker(another_site)
    eventually(lambda: silent.runs > 1)
    assert any(read(select(WorkerTaskRow.worker_id)))


@with_task(alone=False)
def test_what_each_worker_does_is_begun_anew_there(worker, read):
    silent.deaf = 1
    worker()
    eventually(lambda: silent.runs == 2)
    silent.go.set()
    eventually(lambda: silent.refused)
    assert not [name for name in read(select(JobRun.name)) if name.startswith("late")]


@with_task()
def test_a_worker_that_left_one_behind_ends_without_waiting_for_it(worker):
    silent.deaf = 1
    one = worker()
    eventually(lambda: silent.runs == 2)
    one.stop()
    assert one.ended.wait(60)
    assert one.left_behind
    assert one.tasks.at_work() == []
