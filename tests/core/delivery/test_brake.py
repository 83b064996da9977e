"""A channel that may carry so many an hour, whoever carries them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from novantic_core.delivery import brake
from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery, Event, Rate
from novantic_core.plugin import PermanentFailure


@pytest.fixture
def worker(novantic_app, clock):
    return Worker(novantic_app.site, clock)


def work(*workers):
    # each of them in each round
    while sum(one._carrier.deliver() for one in workers):
        pass


@pytest.fixture
def said(novantic_app, clock):
    def read():
        with novantic_app.site.database.session(write=False) as session:
            return brake.braked(novantic_app.site, session, clock())

    return read


def test_two_workers_together_carry_no_more(recorder, fill, worker, another_site, clock, said):
    recorder.notices, recorder.per_hour = 3, 8
    fill(10)
    clock.forward(seconds=5)
    other = Worker(another_site, clock)
    work(worker, other)
    assert len(recorder.sent) == 8
    (braked,) = said()
    assert (braked.channel, braked.per_hour, braked.waiting) == ("recorder", 8, 22)
    assert timedelta(minutes=59) < braked.until - clock() < timedelta(minutes=62)


def test_the_rest_goes_in_the_hours_that_follow(recorder, fill, worker, clock, said):
    recorder.notices, recorder.per_hour = 1, 8
    fill(20)
    clock.forward(seconds=5)
    for expected in (8, 16, 20):
        work(worker)
        assert len(recorder.sent) == expected
        clock.forward(minutes=30)
        work(worker)
        assert len(recorder.sent) == expected
        clock.forward(minutes=32)
    assert said() == []


def test_an_hour_is_any_sixty_minutes(recorder, fill, worker, clock):
    recorder.per_hour = 8
    fill(4)
    clock.forward(seconds=5)
    work(worker)
    clock.forward(minutes=50)
    fill(8)
    work(worker)
    assert len(recorder.sent) == 8
    clock.forward(minutes=12)
    work(worker)
    assert len(recorder.sent) == 12


def test_who_waits_for_a_link_goes_first_and_a_tenth_is_kept_for_them(
    recorder, fill, worker, clock, novantic_app, deliveries
):  # fmt: skip
    recorder.per_hour = 20
    fill(30)
    clock.forward(seconds=5)
    work(worker)
    assert len(recorder.sent) == 18
    last = deliveries()[-1]
    with novantic_app.transaction() as session:
        session.execute(update(Event).where(Event.id == last.event_id).values(kind="access_requested"))
    clock.forward(seconds=30)
    work(worker)
    assert len(recorder.sent) == 19
    assert deliveries()[-1].state == "sent"


def test_acknowledgements_do_not_keep_answers_from_going_out(recorder, fill, worker, clock, novantic_app, deliveries):
    recorder.per_hour = 4
    fill(12)
    # whoever writes gets one, and anybody can have many written
    flood = [one.id for one in deliveries()[:8]]
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(kind="ticket_replied", role="requester"))
        session.execute(update(Delivery).where(Delivery.id.in_(flood)).values(kind="ticket_opened"))
    clock.forward(seconds=5)
    work(worker)
    assert [one.kind for one in deliveries() if one.state == "sent"] == ["ticket_replied"] * 4


def test_what_was_refused_is_not_counted(recorder, fill, worker, clock, novantic_app):
    def refuse(_parcel):
        raise OSError("down")

    recorder.per_hour, recorder.before_sending = 8, refuse
    fill(20)
    clock.forward(seconds=5)
    work(worker)
    with novantic_app.site.database.session(write=False) as session:
        assert brake.room(session, "recorder", 8, clock()).used == 0
    recorder.before_sending = lambda _parcel: None
    clock.forward(hours=2)
    work(worker)
    assert len(recorder.sent) == 8


def test_while_it_rests_nothing_is_written(recorder, fill, worker, clock, statements):
    recorder.per_hour = 2
    fill(10)
    clock.forward(seconds=5)
    work(worker)
    clock.forward(seconds=1)
    with statements() as heard:
        assert worker._carrier.deliver() == 0
    assert not [words for words in heard if not words.startswith(("SELECT", "BEGIN", "ROLLBACK"))]


def test_a_brake_that_is_taken_off_holds_nothing_back(recorder, fill, worker, clock, said):
    recorder.per_hour = 2
    fill(10)
    clock.forward(seconds=5)
    work(worker)
    assert len(recorder.sent) == 2
    recorder.per_hour = 0
    work(worker)
    assert len(recorder.sent) == 10
    assert said() == []


def test_other_channels_are_not_held_back(recorder, fill, worker, clock, novantic_app, deliveries):
    recorder.per_hour = 2
    fill(10)
    clock.forward(seconds=5)
    work(worker)
    with novantic_app.transaction() as session:
        some = select(Delivery.id).where(Delivery.state == "pending").limit(3)
        session.execute(update(Delivery).where(Delivery.id.in_(some)).values(channel="gone"))
    work(worker)
    assert sum("no enabled plugin" in one.last_error for one in deliveries()) == 3


def test_counters_go_with_their_hour(recorder, fill, worker, clock, novantic_app):
    recorder.per_hour = 2
    fill()
    clock.forward(seconds=5)
    worker.run_once()
    clock.forward(hours=3)
    worker.run_once()
    with novantic_app.site.database.session(write=False) as session:
        assert session.scalars(select(Rate.key).where(Rate.key.startswith("carried:"))).all() == []


def test_a_brake_that_fails_brakes_nothing(recorder, fill, worker, clock, novantic_app, monkeypatch):
    monkeypatch.setattr(novantic_app.site.plugins, "raise_faults", False)
    recorder.per_hour = "many"
    fill(3)
    clock.forward(seconds=5)
    work(worker)
    assert len(recorder.sent) == 3
    assert "per_hour: ValueError" in novantic_app.site.plugins.get("recorder").last_fault


# ------------------------------------------------------------------ two days


def refuse_all(recorder):
    def refuse(_parcel):
        raise OSError("nobody there")

    recorder.before_sending = refuse


def test_what_is_old_before_it_is_tried_has_two_days_all_the_same(recorder, fill, worker, clock, deliveries):
    refuse_all(recorder)
    fill()
    clock.forward(days=5)  # no worker was there, or the plugin that carries it
    work(worker)
    (waiting,) = deliveries()
    assert (waiting.state, waiting.trying_since) == ("pending", clock())


def test_days_on_which_nobody_tried_do_not_count(recorder, fill, worker, clock, deliveries):
    refuse_all(recorder)
    fill()
    clock.forward(seconds=5)
    work(worker)
    clock.forward(days=4)
    work(worker)
    assert deliveries()[0].state == "pending"
    while deliveries()[0].state == "pending":
        clock.forward(hours=1, minutes=16)
        work(worker)
    assert timedelta(days=6) < clock() - deliveries()[0].created_at < timedelta(days=6, hours=3)
    assert deliveries()[0].given_up_at == clock()


def test_a_refusal_for_good_says_when(recorder, fill, worker, clock, deliveries):
    def refuse(_parcel):
        raise PermanentFailure("never")

    recorder.before_sending = refuse
    fill()
    clock.forward(seconds=5)
    work(worker)
    assert (deliveries()[0].state, deliveries()[0].given_up_at) == ("failed", clock())
