"""A worker that cron starts: it does once all that is due, says what failed, and ends."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from made import plugin
from sqlalchemy import select
from waiting import eventually

from novantic_core.delivery import worker as worker_module
from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery, WorkerTaskRow
from novantic_core.models import Worker as WorkerRow
from novantic_core.plugin import Channel, Notice, PeriodicJob, Recipient, TicketDraft, WorkerTask
from novantic_core.testing import TICKET

SETTINGS = {"novantic.debug": "false", "novantic.environment": "development"}


class Post:
    """What a test puts there: a task, a seldom one, a job, a channel."""

    def __init__(self):
        self.done = []
        self.box = lambda tools: None
        self.job = lambda session: None
        self.send = lambda parcel: None

    def do(self, name, *given):
        self.done.append(name)
        return getattr(self, name, lambda *_given: None)(*given)


post = Post()


def tasks():
    return [
        WorkerTask("box", lambda tools: post.do("box", tools), every=60),
        WorkerTask("seldom", lambda tools: post.do("seldom", tools), every=3600),
        WorkerTask("port", lambda tools: post.do("port", tools), alone=False),
    ]


pytestmark = pytest.mark.novantic(
    plugins=["webform", "post"], settings=SETTINGS,
    extra_plugins={
        "post": plugin(
            worker_tasks=tasks,
            periodic_jobs=lambda: [PeriodicJob("job", 60, lambda session: post.do("job", session))],
            notification_channels=lambda: [Channel("post", "Post", lambda parcel: post.do("send", parcel))],
            notifications=lambda event: [Notice("told", Recipient("claire@example.com"), "post")],
        )
    },
)  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    post.__init__()
    monkeypatch.setattr(worker_module, "POLL", 0.02)


@pytest.fixture
def come(novantic_app, clock):
    """Let a worker come and go: that worker, with what it told as ``told``."""

    def work(seconds=60, site=None):
        told = []
        worker = Worker(site or novantic_app.site, clock, tell=told.append)
        worker.told = told
        worker.run_due(seconds)
        return worker

    return work


def test_everything_is_done_once_and_given_back(come, fill, read):
    fill()
    worker = come()
    assert sorted(post.done) == ["box", "job", "seldom", "send"]
    assert (worker.told, worker.unfinished, worker.left_behind) == ([], False, False)
    assert read(select(Delivery.state)) == ["sent"]
    assert read(select(WorkerRow.id)) == []
    assert set(read(select(WorkerTaskRow.worker_id))) == {None}


def test_what_comes_of_a_task_is_done_too(come, read):
    def open_ticket(tools):
        assert tools.once
        with tools.open_desk() as desk:
            desk.open_ticket(TicketDraft(**{**TICKET, "channel": "web", "locale": "fr"}))

    post.box = open_ticket
    come()
    assert read(select(Delivery.state)) == ["sent"]


def test_what_is_done_seldom_is_not_done_each_time(come, clock):
    for _ in range(3):
        come()
        clock.forward(minutes=5)
    assert (post.done.count("box"), post.done.count("seldom")) == (3, 1)
    clock.forward(minutes=50)
    come()
    assert post.done.count("seldom") == 2
    clock.forward(minutes=-50)
    come()
    assert post.done.count("seldom") == 3


def test_what_failed_is_tried_the_next_time(come, clock):
    post.seldom = lambda tools: 1 / 0
    assert come().told == ["post.seldom: ZeroDivisionError: division by zero"]
    clock.forward(minutes=1)
    del post.seldom
    come()
    assert post.done.count("seldom") == 2


def test_what_another_worker_does_is_left_to_it(come, novantic_app, another_site, clock, read):
    there, go = threading.Event(), threading.Event()

    def hold(tools):
        there.set()
        assert go.wait(60)

    post.box = hold
    first = threading.Thread(target=come)
    first.start()
    assert there.wait(60)
    assert come(site=another_site).told == []
    go.set()
    first.join(60)
    assert post.done.count("box") == post.done.count("job") == 1


def test_what_a_worker_held_that_died_is_taken_over(come, novantic_app, clock):
    long_ago = clock() - timedelta(minutes=1)
    with novantic_app.transaction() as session:
        session.add(WorkerRow(id="dead", host="ship", pid=1, started_at=long_ago, heartbeat_at=long_ago))
        session.flush()
        session.add(WorkerTaskRow(name="post.box", worker_id="dead"))
    come()
    assert "box" in post.done


def test_each_thing_that_failed_is_told(come, fill, novantic_app):
    def refuse(tools):
        raise ConnectionRefusedError("nobody there")

    def fail(*_given):
        raise KeyError("subject")

    def full(parcel):
        raise OSError("mailbox full")

    post.box, post.job, post.send = refuse, fail, full
    fill()
    told = come().told
    assert sorted(told)[1:] == ["post.box: nobody there", "the job post.job: KeyError: 'subject'"]
    assert min(told).endswith("was not accepted: OSError: mailbox full")


def test_a_duty_that_fails_is_told_and_the_others_are_done(come, fill, monkeypatch):
    monkeypatch.setattr(worker_module, "work_off", lambda _site, _now: 1 / 0)
    fill()
    assert set(come().told) == {"ZeroDivisionError: division by zero"}
    assert "send" in post.done


def test_a_database_that_is_away_is_told(come, outage):
    with outage():
        worker = come()
    assert any("the database is away" in words for words in worker.told)
    assert post.done == []


@pytest.fixture
def coming(novantic_app, clock):
    """A worker that is at it, in a thread; at the end it has gone."""
    go, told = threading.Event(), []
    worker = Worker(novantic_app.site, clock, tell=told.append)
    worker.go, worker.told = go, told
    thread = threading.Thread(target=worker.run_due, args=[600])
    worker.come = thread.start
    yield worker
    worker.stop()
    go.set()
    thread.join(60)
    assert not thread.is_alive()
    # one that was left behind writes how it went before the database is taken away
    eventually(lambda: not worker.tasks.at_work())


def test_when_the_time_is_over_it_ends(come):
    assert come(seconds=0.001).unfinished


def test_a_task_that_goes_on_is_stopped_then(coming):
    there = threading.Event()

    def wait(tools):
        there.set()
        assert tools.stopping.wait(60)

    post.box = wait
    coming.come()
    assert there.wait(60)
    coming.stop()
    assert coming.ended.wait(60)
    assert (coming.told, coming.left_behind) == ([], False)
    eventually(lambda: coming.unfinished)


def test_one_that_does_not_stop_is_left_behind(coming, read, monkeypatch):
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.1)
    there = threading.Event()

    def hang(tools):
        there.set()
        assert coming.go.wait(60)

    post.box = hang
    coming.come()
    assert there.wait(60)
    coming.stop()
    assert coming.ended.wait(60)
    assert coming.left_behind
    assert coming.told[0].startswith("did not end: post.box")
    assert read(select(WorkerRow.id)) == []


def test_no_delivery_is_begun_when_the_time_is_over(coming, fill, read):
    there = threading.Event()

    def slow(parcel):
        there.set()
        assert coming.go.wait(60)

    post.send = slow
    fill(3)
    coming.come()
    assert there.wait(60)
    coming.stop()
    coming.go.set()
    assert coming.ended.wait(60)
    assert sorted(read(select(Delivery.state))) == ["pending", "pending", "sent"]
    assert read(select(Delivery.claimed_by)) == [None] * 3


def test_a_plugin_that_was_set_aside_is_left_alone(come, novantic_app):
    novantic_app.site.plugins.get("post").set_aside = True
    come()
    assert "box" not in post.done


let_go = threading.Event()


@pytest.mark.novantic(
    plugins=["webform", "slow"], settings={**SETTINGS, "novantic.plugin_seconds": "0.3"},
    extra_plugins={
        "slow": plugin(periodic_jobs=lambda: [PeriodicJob("job", 60, lambda _session: let_go.wait(60), seconds=0.3)])
    },
)  # fmt: skip
def test_a_job_that_hangs_is_told(come):
    let_go.clear()
    try:
        assert come().told == ["the job slow.job: it took longer than 0.3 s"]
    finally:
        let_go.set()
