"""Time is noted, billed as the contract says or as somebody decides with a reason, and leaves a trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from novantic_core.models import Event, Organisation, Ticket, TimeEntry
from novantic_core.plugin import Actor, FieldError
from novantic_core.services.note_time import correct_time, note_time, read_minutes, remove_time

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HUGO = Actor("technician", "Hugo", "hugo@novantic.example")


@pytest.mark.parametrize(
    "typed, minutes",
    [("45", 45), ("45 min", 45), ("1:30", 90), ("1h30", 90), ("1 h 30", 90), ("1\u00a0h\u00a030", 90), ("2h", 120),
     ("0:05", 5), ("1H05", 65), ("1 h 30 min", 90), (" 7 ", 7), ("24:00", 1440), ("1440", 1440)],
)  # fmt: skip
def test_a_time_is_typed_in_many_ways(typed, minutes):
    assert read_minutes(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", "0", "-5", "1441", "24h01", "1:5", "1:60", "1.5", "une heure", "1h30h", "99999", "٤٥", "1e2", "+5"]
)
def test_anything_else_is_no_time(typed):
    with pytest.raises(FieldError) as refused:
        read_minutes(typed)
    assert refused.value.field == "minutes"


@pytest.fixture
def hugo(novantic_app):
    return novantic_app.add_technician()


@pytest.fixture
def work(novantic_app, open_ticket, hugo):
    """``with work() as (session, ticket, note)``; ``note(45)`` notes 45 minutes."""
    number = open_ticket()

    def start(contract=None):
        session = novantic_app.site.database.session(write=True)
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.organisation_id = None
        if contract is not None:
            company = Organisation(name="Lefèvre", name_key="lefèvre", contract=contract, created_at=NOW)
            session.add(company)
            session.flush()
            ticket.organisation_id = company.id

        def note(minutes=45, **options):
            return note_time(novantic_app.site, session, ticket, hugo, minutes, HUGO, NOW, **options)

        return session, ticket, note

    sessions = []

    def begin(contract=None):
        found = start(contract)
        sessions.append(found[0])
        return found

    yield begin
    for session in sessions:
        session.close()


def last_event(session):
    return session.scalars(select(Event).where(Event.kind == "time_noted").order_by(Event.id.desc())).first()


@pytest.mark.parametrize(
    "contract, billed, reason",
    [(True, False, "covered by the contract"), (False, True, "billed by the time spent"), (None, True, "no contract")],
)
def test_the_contract_decides_what_is_billed(work, contract, billed, reason):
    _session, _ticket, note = work(contract)
    entry = note()
    assert (entry.billable, entry.reason) == (billed, reason)


def test_who_decides_otherwise_says_why(work):
    session, _ticket, note = work(contract=True)
    with pytest.raises(FieldError) as refused:
        note(billable=True, reason="  ")
    assert refused.value.field == "billable_reason"
    assert session.scalar(select(TimeEntry)) is None
    entry = note(billable=True, reason="hors contrat : déménagement")
    assert (entry.billable, entry.reason) == (True, "hors contrat : déménagement")


def test_who_decides_the_same_needs_no_reason(work):
    _session, _ticket, note = work(contract=True)
    assert note(billable=False, reason="any").reason == "covered by the contract"


def test_the_entry_keeps_the_organisation_of_its_day(work):
    session, ticket, note = work(contract=False)
    entry = note()
    ticket.organisation_id = None
    session.flush()
    assert entry.organisation_id is not None


def test_no_time_is_spent_in_the_future(work):
    _session, _ticket, note = work()
    with pytest.raises(FieldError) as refused:
        note(spent_on=NOW + timedelta(days=1))
    assert refused.value.field == "spent_on"


def test_the_same_form_twice_notes_once(work):
    _session, _ticket, note = work()
    assert note(submission="12345678").id == note(submission="12345678").id


def test_noting_leaves_a_trail(work):
    session, _ticket, note = work()
    note(note="pilote réinstallé")
    changes = last_event(session).changes
    assert changes["minutes"] == [None, 45]
    assert changes["note"] == [None, "pilote réinstallé"]
    assert changes["technician"] == [None, "Hugo"]


def test_a_correction_keeps_both_sides(work, novantic_app):
    session, ticket, note = work()
    entry = note()
    assert correct_time(novantic_app.site, session, ticket, entry, 60, HUGO, NOW)
    assert last_event(session).changes == {"minutes": [45, 60], "technician": ["Hugo", "Hugo"]}
    assert entry.version == 2


def test_correcting_nothing_is_no_event(work, novantic_app):
    session, ticket, note = work()
    entry = note()
    before = last_event(session).id
    assert not correct_time(novantic_app.site, session, ticket, entry, 45, HUGO, NOW)
    assert last_event(session).id == before


def test_a_correction_leaves_the_billing_as_it_was_decided(work, novantic_app):
    session, ticket, note = work(contract=False)
    entry = note()
    session.scalars(select(Organisation)).one().contract = True
    correct_time(novantic_app.site, session, ticket, entry, 60, HUGO, NOW, billable=True)
    assert (entry.billable, entry.reason) == (True, "billed by the time spent")


def test_a_correction_may_change_the_reason(work, novantic_app):
    session, ticket, note = work(contract=True)
    entry = note(billable=True, reason="déménagement")
    correct_time(novantic_app.site, session, ticket, entry, 45, HUGO, NOW, billable=True, reason="hors horaires")
    assert entry.reason == "hors horaires"
    with pytest.raises(FieldError):
        correct_time(novantic_app.site, session, ticket, entry, 45, HUGO, NOW, billable=True)
    correct_time(novantic_app.site, session, ticket, entry, 45, HUGO, NOW, billable=False)
    assert (entry.billable, entry.reason) == (False, "covered by the contract")


def test_what_is_removed_stays_in_the_trail(work, novantic_app):
    session, ticket, note = work()
    remove_time(novantic_app.site, session, ticket, note(), HUGO, NOW)
    assert session.scalar(select(TimeEntry)) is None
    assert last_event(session).changes["minutes"] == [45, None]
