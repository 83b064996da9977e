"""What opening a ticket writes, and whose word counts about a person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Category, Contact, Event, Ticket
from novantic_core.plugin import Desk, FieldError, TicketDraft


def draft(**values):
    given = {"email": "claire@lefevre.example.com", "name": "Claire", "phone": "01", "company": "Lefèvre", **values}
    return TicketDraft(**{"channel": "web", "subject": "Panne", "message": "<p>x</p>", **given})


@pytest.fixture
def open_one(novantic_app):
    def make(**values):
        with novantic_app.transaction() as session:
            return Desk(novantic_app.site, session).open_ticket(draft(**values))

    return make


def contacts(novantic_app):
    with novantic_app.transaction() as session:
        return [(row.email, row.name, row.phone) for row in session.scalars(select(Contact).order_by(Contact.id))]


def test_one_address_is_one_person_in_any_case(open_one, novantic_app):
    open_one()
    open_one(email="CLAIRE@Lefevre.example.com")
    assert len(contacts(novantic_app)) == 1


def test_until_the_address_is_proved_the_latest_word_counts(open_one, novantic_app):
    open_one(name="Claire", phone="01")
    open_one(name="Claire Lefèvre", phone="02")
    assert contacts(novantic_app) == [("claire@lefevre.example.com", "Claire Lefèvre", "02")]


def test_once_it_is_proved_nobody_who_types_it_changes_the_person(visit, open_one, novantic_app):
    visit()
    before = contacts(novantic_app)
    open_one(name="Imposteur", phone="666")
    assert contacts(novantic_app) == before


def test_the_trail_begins_with_the_opening(open_one, novantic_app):
    ticket = open_one()
    with novantic_app.transaction() as session:
        (event,) = session.scalars(select(Event).where(Event.ticket_id == ticket.id))
        assert (event.kind, event.actor_kind, event.actor_name) == ("opened", "requester", "Claire")


def test_a_topic_that_is_not_offered_is_refused(open_one, count):
    with pytest.raises(FieldError) as caught:
        open_one(category="forged")
    assert caught.value.field == "topic"
    assert count(Ticket) == 0
    assert count(Contact) == 0


def test_the_words_of_a_topic_stay_when_its_plugin_is_gone(open_one, novantic_app):
    open_one(category="printer")
    with novantic_app.transaction() as session:
        row = session.get_one(Category, "printer")
        assert (row.label, row.plugin) == ("Printer", "categories")


def test_a_priority_that_is_not_offered_is_the_default_one(open_one):
    assert open_one(priority="forged").priority == "normal"


def test_the_same_submission_is_the_same_ticket(open_one, count):
    assert open_one(submission="a" * 20).number == open_one(submission="a" * 20).number
    assert count(Ticket) == 1
