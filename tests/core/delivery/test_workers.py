"""Several workers, workers that stop, stall or die, and a database that goes away."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select
from waiting import eventually

from novantic_core.delivery import outbox
from novantic_core.delivery import worker as worker_module
from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery
from novantic_core.models import Worker as WorkerRow


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(worker_module, "POLL", 0.02)


@pytest.fixture
def workers_known(novantic_app):
    def read():
        with novantic_app.site.database.session(write=False) as session:
            return {row.id: row.heartbeat_at for row in session.scalars(select(WorkerRow))}

    return read


def test_two_workers_send_each_delivery_once(recorder, fill, novantic_app, another_site):
    recorder.notices = 10
    fill(10)
    start = threading.Barrier(2)

    def work(site):
        worker = Worker(site)
        start.wait()
        while worker.run_once():
            pass

    threads = [threading.Thread(target=work, args=[site]) for site in (novantic_app.site, another_site)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(recorder.sent) == len(set(recorder.sent)) == 100


@pytest.fixture
def claimed(recorder, fill, novantic_app, clock):
    """A worker that claimed a delivery and was killed before it could send it."""
    fill()
    dead = Worker(novantic_app.site, clock)
    dead.heartbeat()
    with novantic_app.transaction() as session:
        assert len(outbox.claim(session, dead.id, clock())) == 1
    return dead


def test_what_a_live_worker_claimed_is_its_own(claimed, recorder, another_site, clock):
    clock.forward(seconds=29)
    assert Worker(another_site, clock).run_once() == 8  # the core's own jobs
    assert recorder.sent == []


def test_what_a_killed_worker_claimed_is_taken_over(claimed, recorder, another_site, clock, workers_known):
    clock.forward(seconds=31)
    heir = Worker(another_site, clock)
    heir.run_once()
    assert len(recorder.sent) == 1
    assert set(workers_known()) == {heir.id}


def stall(clock, heir):
    """What a long sleep of a worker looks like while it hands over its first parcel: the others take over."""

    def on_first(parcel):
        if parcel.notice.to.address == "0@example.com" and not on_first.done:
            on_first.done = True
            clock.forward(seconds=31)
            heir.run_once()

    on_first.done = False
    return on_first


def test_a_worker_that_wakes_up_late_leaves_alone_what_was_taken_over(
    recorder, fill, novantic_app, another_site, clock
):  # fmt: skip
    recorder.notices, recorder.before_sending = 3, stall(clock, Worker(another_site, clock))
    fill()
    Worker(novantic_app.site, clock).run_once()
    ids = [message_id.split(".")[2].split("@")[0] for message_id in recorder.sent]
    # the one that it had in its hands was under way already; the others went once
    assert ids == ["0", "1", "2", "0"]


def test_a_late_refusal_does_not_undo_what_the_heir_sent(
    recorder, fill, novantic_app, another_site, clock, deliveries
):  # fmt: skip
    asleep = stall(clock, Worker(another_site, clock))

    def sleep_then_fail(parcel):
        if not asleep.done:
            asleep(parcel)
            raise OSError("the connection is gone")

    recorder.before_sending = sleep_then_fail
    fill()
    Worker(novantic_app.site, clock).run_once()
    (delivery,) = deliveries()
    assert (delivery.state, delivery.last_error) == ("sent", "")


def test_a_worker_that_was_forgotten_claims_again_under_its_name(recorder, fill, novantic_app, clock, workers_known):
    sleeper = Worker(novantic_app.site, clock)
    sleeper.run_once()
    with novantic_app.transaction() as session:
        outbox.leave(session, sleeper.id)
    fill()
    sleeper.run_once()
    assert len(recorder.sent) == 1
    assert sleeper.id in workers_known()


@pytest.fixture
def held(recorder, running):  # let go before the workers are waited for
    """Holds every parcel in its channel until let go."""

    class Held:
        there, go = threading.Event(), threading.Event()

        def __call__(self, _parcel):
            self.there.set()
            assert self.go.wait(20)

    recorder.before_sending = Held()
    yield recorder.before_sending
    recorder.before_sending.go.set()


def test_a_worker_told_to_stop_ends_what_it_holds_and_gives_the_rest_back(
    held, recorder, fill, novantic_app, running, deliveries, workers_known
):  # fmt: skip
    recorder.notices = 3
    fill()
    worker = Worker(novantic_app.site)
    thread = running(worker)
    assert held.there.wait(20)
    worker.stop()
    held.go.set()
    thread.join(20)
    assert [one.state for one in deliveries()] == ["sent", "pending", "pending"]
    assert {one.claimed_by for one in deliveries()} == {None}
    assert workers_known() == {}


def test_a_slow_mail_server_does_not_make_a_worker_look_dead(
    held, recorder, fill, novantic_app, running, clock, workers_known
):  # fmt: skip
    fill()
    worker = Worker(novantic_app.site, clock)
    running(worker)
    assert held.there.wait(20)
    for _ in range(5):
        clock.forward(seconds=10)
        eventually(lambda: workers_known()[worker.id] == clock.now)


def test_a_database_that_goes_away_is_waited_for(recorder, fill, novantic_app, running, outage, caplog):
    fill()
    with outage():
        worker = Worker(novantic_app.site)
        running(worker)
        eventually(lambda: "can't be worked with" in caplog.text)
        assert recorder.sent == []
    eventually(lambda: len(recorder.sent) == 1)


def test_a_mail_that_was_accepted_while_the_database_was_away_is_not_sent_again(
    recorder, fill, novantic_app, another_site, running, outage, caplog
):  # fmt: skip
    away = outage()
    recorder.before_sending = lambda _parcel: away.__enter__()
    fill()
    running(Worker(novantic_app.site))
    eventually(lambda: "can't be worked with" in caplog.text)
    away.__exit__(None, None, None)

    def is_marked():
        with another_site.database.session(write=False) as session:
            return session.scalar(select(Delivery.state)) == "sent"

    eventually(is_marked)
    assert len(recorder.sent) == 1


def test_one_duty_that_fails_does_not_keep_the_others_from_being_done(
    recorder, fill, novantic_app, running, monkeypatch, caplog
):  # fmt: skip
    monkeypatch.setattr(worker_module, "run_due_jobs", lambda *_given: 1 / 0)
    running(Worker(novantic_app.site))
    eventually(lambda: "ZeroDivisionError" in caplog.text)
    fill()
    eventually(lambda: len(recorder.sent) == 1)


def test_the_embedded_worker_sends_without_being_asked(embedded, recorder, portal, open_ticket):
    open_ticket()
    eventually(lambda: len(recorder.sent) == 1)


@pytest.fixture
def embedded(recorder, novantic_settings):
    novantic_settings["novantic.worker"] = "embedded"


def test_looking_for_work_reads_the_few_that_wait_and_not_the_many_that_were_sent(recorder, fill, novantic_app, clock):
    fill()
    engine = novantic_app.site.database.engine
    numbers = (
        "SELECT generate_series(1, 100000) AS n" if engine.dialect.name == "postgresql" else
        "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 100000) SELECT n FROM count"
    )  # fmt: skip
    same = (
        "plugin, channel, kind, address, name, role, locale, theme, data, attempts, next_attempt_at, last_error, "
        "created_at"
    )
    with novantic_app.transaction() as session:
        session.connection().exec_driver_sql(
            f"INSERT INTO delivery ({same}, state, message_id) "
            f"SELECT {same}, 'sent', numbers.n FROM delivery, ({numbers}) AS numbers"
        )
        session.connection().exec_driver_sql("ANALYZE")
    plans = []

    @sqlalchemy_event.listens_for(engine, "before_cursor_execute")
    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT delivery.id"):
            word = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
            plans.append(str(connection.connection.cursor().execute(word + statement, parameters).fetchall()))

    with novantic_app.transaction() as session:
        assert outbox.any_due(session, "me", clock())
    with novantic_app.transaction() as session:
        outbox.give_sign(session, "me", "host", 1, clock())
        assert len(outbox.claim(session, "me", clock())) == 1
    assert len(plans) == 2
    assert all("ix_delivery_due" in plan for plan in plans), plans
