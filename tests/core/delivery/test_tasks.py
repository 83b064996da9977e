"""Tasks of workers: one worker at a time does each, and what becomes of one whose server is away."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from datetime import UTC, datetime

import pytest
from made import plugin
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from waiting import eventually

from novantic_core.delivery import outbox
from novantic_core.delivery import tasks as tasks_module
from novantic_core.delivery import worker as worker_module
from novantic_core.delivery.worker import Worker
from novantic_core.models import JobRun, WorkerTaskRow
from novantic_core.plugin import Actor, WorkerTask
from novantic_core.services.note_faults import bring_back

SETTINGS = {"novantic.debug": "false", "novantic.environment": "development"}


class Watched:
    """A task that does what a test puts there; how often it began."""

    def __init__(self):
        self.runs = 0
        self.work = lambda tools: tools.answered()
        self.let_go = threading.Event()
        """For what hangs until the test ends."""

    def __call__(self, tools):
        self.runs += 1
        return self.work(tools)


watched = Watched()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    watched.__init__()
    monkeypatch.setattr(worker_module, "POLL", 0.02)
    monkeypatch.setattr(tasks_module, "CLAIM_EVERY", 0.05)
    monkeypatch.setattr(tasks_module, "FIRST_DELAY", 0.05)
    yield
    watched.let_go.set()


def with_task(settings=None, **values):
    given = {"every": 0.02, **values}
    return pytest.mark.novantic(
        plugins=["webform", "post"], settings={**SETTINGS, **(settings or {})},
        extra_plugins={"post": plugin(worker_tasks=lambda: [WorkerTask("box", watched, **given)])},
    )  # fmt: skip


@pytest.fixture
def row(novantic_app):
    def read():
        with novantic_app.site.database.session(write=False) as session:
            return session.scalar(select(WorkerTaskRow))

    return read


@with_task()
def test_a_task_is_done_again_and_again_and_given_back_at_the_end(novantic_app, row):
    worker = Worker(novantic_app.site)
    thread = threading.Thread(target=worker.run)
    thread.start()
    eventually(lambda: watched.runs > 2)
    eventually(lambda: row().answered_at)
    assert (row().name, row().worker_id, row().fault) == ("post.box", worker.id, "")
    worker.stop()
    thread.join(20)
    assert row().worker_id is None
    assert not worker.left_behind


@with_task()
def test_one_worker_at_a_time_does_it(novantic_app, another_site, running, row):
    there = threading.Semaphore(0)

    def hold(tools):
        there.release()
        tools.stopping.wait()

    watched.work = hold
    first, second = Worker(novantic_app.site), Worker(another_site)
    running(first)
    assert there.acquire(timeout=20)
    running(second)
    eventually(lambda: second.ended.is_set() or second._beaten_at)
    assert (watched.runs, row().worker_id) == (1, first.id)
    first.stop()
    assert there.acquire(timeout=20)
    assert row().worker_id == second.id


@pytest.fixture
def asleep(novantic_app, running):
    """A worker whose task writes, sleeps until others took it for dead, and goes on."""

    def begin(work):
        watched.work = work
        worker = Worker(novantic_app.site)
        worker.heartbeat = lambda: None
        running(worker)
        return worker

    def bury(worker):
        with novantic_app.transaction() as session:
            outbox.leave(session, worker.id)

    begin.bury = bury
    yield begin
    watched.work = lambda tools: None


def jobs_known(app):
    with app.site.database.session(write=False) as session:
        return {name for name in session.scalars(select(JobRun.name)) if not name.startswith("core.")}


@with_task()
def test_who_was_taken_for_dead_can_open_no_desk(novantic_app, asleep):
    there, go, refused = threading.Event(), threading.Event(), []

    def sleep(tools):
        with tools.open_desk() as desk:
            desk.session.add(JobRun(name="one", due_at=desk.now))
        there.set()
        assert go.wait(20)
        try:
            with tools.open_desk() as desk:
                desk.session.add(JobRun(name="two", due_at=desk.now))
        except OSError as error:
            watched.work = lambda tools: None
            refused.append((str(error), tools.stopping.is_set()))
            raise

    worker = asleep(sleep)
    assert there.wait(20)
    asleep.bury(worker)
    go.set()
    eventually(lambda: refused)
    assert refused == [("post.box is another worker's by now", True)]
    assert jobs_known(novantic_app) == {"one"}


@with_task()
def test_who_was_taken_for_dead_meanwhile_commits_nothing(novantic_app, asleep):
    there, go, refused = threading.Event(), threading.Event(), []

    def sleep(tools):
        try:
            with tools.open_desk() as desk:
                there.set()
                assert go.wait(20)
                desk.session.add(JobRun(name="one", due_at=desk.now))
        except OSError as error:
            watched.work = lambda tools: None
            refused.append(str(error))
            raise

    if novantic_app.site.database.is_sqlite:
        pytest.skip("nobody else writes while a desk is open")
    worker = asleep(sleep)
    assert there.wait(20)
    asleep.bury(worker)
    go.set()
    eventually(lambda: refused)
    assert refused == ["post.box was taken over by another worker meanwhile"]
    assert jobs_known(novantic_app) == set()


@with_task()
def test_a_heartbeat_finds_out_that_it_was_taken_over(novantic_app, running, row, monkeypatch):
    there, over = threading.Event(), threading.Event()

    def wait(tools):
        there.set()
        tools.stopping.wait()
        over.set()

    watched.work = wait
    worker = Worker(novantic_app.site)
    running(worker)
    assert there.wait(20)
    with novantic_app.transaction() as session:
        session.execute(update(WorkerTaskRow).values(worker_id=None))
    worker.heartbeat()
    assert over.wait(20)


@with_task()
def test_a_server_that_is_away_is_a_fault_until_it_answers(novantic_app, running, row):
    def refuse(tools):
        raise ConnectionRefusedError("nobody there")

    watched.work = refuse
    running(Worker(novantic_app.site))
    eventually(lambda: row() and row().fault)
    first = row()
    eventually(lambda: watched.runs > 2)
    assert (first.fault, first.answered_at) == ("nobody there", None)
    assert row().fault_since == first.fault_since
    assert novantic_app.site.plugins.get("post").faults == 0
    watched.work = lambda tools: tools.answered()
    eventually(lambda: row().answered_at)
    assert (row().fault, row().fault_since) == ("", None)


@with_task()
def test_anything_else_is_the_plugins_fault_and_stops_it_until_it_is_brought_back(novantic_app, running, row):
    def fail(tools):
        raise KeyError("subject")

    watched.work = fail
    running(Worker(novantic_app.site))
    post = novantic_app.site.plugins.get("post")
    eventually(lambda: post.set_aside)
    eventually(lambda: row().worker_id is None)
    assert row().fault == "KeyError: 'subject'"
    assert post.last_fault == "task box: KeyError: 'subject'"
    assert watched.runs == 5
    watched.work = lambda tools: tools.answered()
    eventually(lambda: post.times_back is not None)
    with novantic_app.transaction() as session:
        bring_back(novantic_app.site, session, "post", Actor("system"), datetime.now(UTC))
    eventually(lambda: row().answered_at)


@with_task()
def test_a_task_that_waits_ends_when_its_plugin_is_set_aside(novantic_app, running, row):
    over = threading.Event()

    def wait(tools):
        tools.stopping.wait()
        over.set()

    watched.work = wait
    running(Worker(novantic_app.site))
    eventually(lambda: watched.runs)
    novantic_app.site.plugins.get("post").set_aside = True
    assert over.wait(20)
    eventually(lambda: row().worker_id is None)


@with_task(settings={"novantic.plugin_seconds": "0.2"})
def test_waiting_is_nobodys_time_and_a_transaction_that_hangs_is(novantic_app, running, row, monkeypatch):
    monkeypatch.setattr(tasks_module, "TRANSACTION_SECONDS", 0.3)
    waited = []

    def wait_then_hang(tools):
        time.sleep(0.6)
        waited.append(True)
        with tools.open_desk():
            watched.let_go.wait()

    watched.work = wait_then_hang
    running(Worker(novantic_app.site))
    post = novantic_app.site.plugins.get("post")
    eventually(lambda: post.set_aside)
    assert waited
    assert post.last_fault == "task box: TookTooLong: it took longer than 0.3 s"
    eventually(lambda: row().fault)


@with_task()
def test_a_task_that_does_not_end_does_not_keep_the_worker_from_ending(novantic_app, row, monkeypatch, caplog):
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.1)
    go = threading.Event()
    watched.work = lambda tools: go.wait(20)
    worker = Worker(novantic_app.site)
    thread = threading.Thread(target=worker.run)
    thread.start()
    eventually(lambda: watched.runs)
    worker.stop()
    thread.join(20)
    go.set()
    # it writes how it went, and the database must be there then
    eventually(lambda: not worker.tasks.at_work())
    assert worker.left_behind
    assert "without waiting any longer for post.box" in caplog.text
    assert row().worker_id is None


@with_task(alone=False)
def test_one_that_each_worker_does_is_told_by_machine(novantic_app, another_site, running, row):
    port = threading.Lock()

    def listen(tools):
        if not port.acquire(blocking=False):
            raise OSError("address in use")
        try:
            tools.answered()
            tools.stopping.wait()
        finally:
            port.release()

    watched.work = listen
    first, second = Worker(novantic_app.site), Worker(another_site)
    running(first)
    eventually(lambda: watched.runs)
    first.heartbeat()
    running(second)
    eventually(lambda: watched.runs > 2)
    assert row().name == f"post.box@{socket.gethostname()}"
    assert row().fault == ""
    assert row().answered_at


@with_task()
def test_a_database_that_goes_away_is_no_fault_of_the_plugin(novantic_app, running, row, outage, caplog):
    there, go = threading.Event(), threading.Event()

    def write(tools):
        there.set()
        assert go.wait(20)
        with tools.open_desk() as desk:
            desk.session.scalar(text("SELECT 1"))
        tools.answered()

    watched.work = write
    running(Worker(novantic_app.site))
    assert there.wait(20)
    with outage():
        go.set()
        eventually(lambda: "post.box: the database can't be worked with" in caplog.text)
    # the test's own connection was cut as well, and it is nobody's task to try again
    with contextlib.suppress(OperationalError):
        row()
    eventually(lambda: row().answered_at)
    post = novantic_app.site.plugins.get("post")
    assert (post.faults, row().fault) == (0, "")


@with_task()
def test_a_line_that_breaks_within_its_transaction_is_none_either(novantic_app, running, row, outage):
    if novantic_app.site.database.is_sqlite:
        pytest.skip("there is no line to it")

    def write(tools):
        with tools.open_desk() as desk:
            desk.session.scalar(text("SELECT 1"))
            if watched.runs == 1:
                with outage():
                    pass  # at its end all lines are cut
            desk.session.scalar(text("SELECT 1"))
        tools.answered()

    watched.work = write
    running(Worker(novantic_app.site))
    eventually(lambda: watched.runs > 1)
    with contextlib.suppress(OperationalError):
        row()
    eventually(lambda: row().answered_at)
    assert (novantic_app.site.plugins.get("post").faults, row().fault) == (0, "")


@with_task()
def test_nonsense_that_the_database_is_asked_for_is(novantic_app, running):
    def write(tools):
        with tools.open_desk() as desk:
            desk.session.scalar(text("SELECT nothing FROM nowhere"))

    watched.work = write
    running(Worker(novantic_app.site))
    post = novantic_app.site.plugins.get("post")
    eventually(lambda: post.faults)
