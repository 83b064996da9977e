"""The dashboard's counts: by days where the desk is, in as many statements however many tickets there are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from novantic_core.models import Contact, Technician, Ticket
from novantic_core.services.measure_times import first_answers, solutions
from novantic_core.services.tally_tickets import Period, TicketCounts

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), PARIS)


@pytest.fixture
def desk(novantic_app):
    """``with desk() as (session, add, counts)``: a session, tickets to add, and their counts."""
    sessions = []

    def open_desk():
        session = novantic_app.site.database.session(write=True)
        sessions.append(session)
        contact = Contact(email_key="a@example.com", email="a@example.com", name="A", phone="", company="",
                          created_at=NOW)  # fmt: skip
        session.add(contact)
        session.flush()

        def add(created, *, closed=None, answered=None, status=None, **values):
            number = str(100000 + len(session.scalars(select(Ticket.id)).all()))
            ticket = Ticket(
                number=number, subject="S", priority="normal", priority_rank=20, channel="web", contact_id=contact.id,
                name="A", email="a@example.com", locale="fr", theme="novantic", created_at=created, updated_at=created,
                closed_at=closed, first_answer_at=answered, status=status or ("closed" if closed else "open"),
                **{"team": "Support", **values},
            )  # fmt: skip
            session.add(ticket)
            session.flush()
            return ticket

        def counts(period=MARCH, role="administrator"):
            someone = Technician(id=99, role=role, team="Support")
            return TicketCounts(novantic_app.site, session, someone, period, NOW)

        return session, add, counts

    yield open_desk
    for session in sessions:
        session.close()


def test_a_day_begins_at_midnight_where_the_desk_is(desk):
    _session, add, counts = desk()
    add(datetime(2026, 2, 28, 23, 30, tzinfo=UTC))
    add(datetime(2026, 2, 28, 22, 30, tzinfo=UTC))
    # summer time has begun
    add(datetime(2026, 3, 30, 22, 0, tzinfo=UTC), closed=datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    days = {day: (opened, closed) for day, opened, closed in counts().by_day() if opened or closed}
    assert days == {date(2026, 3, 1): (1, 0), date(2026, 3, 31): (1, 1)}


def test_days_of_a_zone_of_half_hours(desk):
    _session, add, counts = desk()
    add(datetime(2026, 3, 9, 18, 30, tzinfo=UTC))
    add(datetime(2026, 3, 9, 18, 29, tzinfo=UTC))
    india = Period(date(2026, 3, 9), date(2026, 3, 10), ZoneInfo("Asia/Kolkata"))
    assert [(opened, closed) for _day, opened, closed in counts(india).by_day()] == [(1, 0), (1, 0)]


def test_how_things_stand(desk):
    session, add, counts = desk()
    technician = Technician(email_key="h", email="h", name="Hugo", role="technician", team="Support", locale="fr",
                            password_hash="", created_at=NOW)  # fmt: skip
    session.add(technician)
    session.flush()
    oldest = add(NOW - timedelta(days=10))
    add(NOW - timedelta(days=20), answered=NOW, status="open", assignee_id=technician.id)
    add(NOW - timedelta(hours=1), critical=True)
    add(NOW - timedelta(hours=2), critical=True, acknowledged_at=NOW)
    add(NOW - timedelta(days=40), status="waiting", assignee_id=technician.id)
    add(NOW - timedelta(days=50), closed=NOW)
    standing = counts().standing()
    assert (standing.open, standing.waiting, standing.unassigned) == (4, 1, 3)
    assert (standing.critical, standing.alarms) == (2, 1)
    assert standing.open_by_age == (2, 0, 0, 2, 0)
    assert standing.waiting_by_age == (0, 0, 0, 0, 1)
    assert (standing.opened_today, standing.closed_today) == (2, 1)
    assert standing.oldest == (oldest.number, oldest.created_at)


def test_an_empty_desk(desk):
    _session, _add, counts = desk()
    standing = counts().standing()
    assert (standing.open, standing.opened_today, standing.oldest) == (0, 0, None)
    assert first_answers(counts()).whole.median is None
    assert counts().by_category() == counts().by_technician() == counts().by_organisation() == []


def test_what_was_merged_into_another_counts_once(desk):
    _session, add, counts = desk()
    ticket = add(NOW)
    add(NOW, merged_into_id=ticket.id)
    assert sum(opened for _day, opened, _closed in counts().by_day()) == 1


def test_percentiles_are_those_of_the_nearest_rank(desk):
    _session, add, counts = desk()
    for minutes in (10, 20, 30, 40, 50, 60, 70, 80, 90, 100):
        opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
        add(opened, answered=opened + timedelta(minutes=minutes))
    measured = first_answers(counts())
    assert measured.whole.number == 10
    assert measured.whole.median == timedelta(minutes=50)
    assert measured.whole.ninetieth == timedelta(minutes=90)


def test_each_slice_has_its_own(desk):
    _session, add, counts = desk()
    for day, hours in ((2, 1), (9, 5), (9, 7)):
        opened = datetime(2026, 3, day, 9, tzinfo=UTC)
        add(opened, closed=opened + timedelta(hours=hours))
    measured = solutions(counts())
    medians = [(first.day, took.number, took.median) for first, _last, took in measured.slices if took.number]
    assert medians == [(1, 1, timedelta(hours=1)), (8, 2, timedelta(hours=5))]
    assert measured.whole.median == timedelta(hours=5)


def test_a_clock_that_was_put_back_makes_nobody_answer_before_the_question(desk):
    _session, add, counts = desk()
    opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
    add(opened, answered=opened - timedelta(minutes=1))
    assert first_answers(counts()).whole.median == timedelta(0)


@pytest.mark.parametrize("days, slices", [(1, 1), (13, 13), (14, 2), (30, 5), (90, 13), (365, 11), (1096, 13)])
def test_a_period_is_cut_into_parts_as_long_as_one_another(days, slices):
    period = Period(date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=days - 1), PARIS)
    parts = period.slices
    assert len(parts) == slices
    assert (parts[0][0], parts[-1][1]) == (period.first, period.last)
    assert len({(last - first).days for first, last in parts[:-1]}) <= 1


def test_the_statements_are_as_many_for_one_ticket_as_for_twenty(desk, statements):
    _session, add, counts = desk()

    def all_of_them():
        with statements() as sent:
            counted = counts()
            counted.standing()
            counted.by_day()
            counted.by_category()
            counted.by_organisation()
            counted.by_technician()
            first_answers(counted)
            solutions(counted)
        return len(sent)

    add(NOW, answered=NOW, closed=NOW)
    one = all_of_them()
    for _each in range(20):
        add(NOW - timedelta(hours=_each), answered=NOW, closed=NOW)
    assert all_of_them() == one
