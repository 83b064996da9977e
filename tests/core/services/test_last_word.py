"""When the last word of a ticket was said that its requester can read: kept by whatever adds or moves messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Message, Ticket
from novantic_core.plugin import Actor, TicketDraft
from novantic_core.services.discuss import add_note
from novantic_core.services.split_message import split_message
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find

CLIENT = Actor("requester", "Claire Lefèvre", CLAIRE)


@pytest.fixture
def said_at(novantic_app):
    """When words were said: ``said_at("Et Internet ?")``, those of the copy if there is one."""

    def when(words):
        with novantic_app.transaction() as session:
            told = select(Message.created_at).where(Message.text.contains(words)).order_by(Message.id.desc())
            return session.scalars(told.limit(1)).one()

    return when


@pytest.fixture
def split(novantic_app):
    """Make a ticket of the message with these words: its number."""

    def make(number, words):
        with novantic_app.transaction() as session:
            message = session.scalars(select(Message).where(Message.text.contains(words))).one()
            draft = TicketDraft(channel="web", subject="Autre chose", message="", name="Claire", email=CLAIRE)
            now = datetime.now(UTC)
            return split_message(novantic_app.site, session, find(session, number), message, draft, HUGO, now).number

    return make


def test_a_ticket_begins_with_one(small_desk):
    ticket = small_desk.look(small_desk.open())
    assert ticket.last_word_at == ticket.created_at


@pytest.mark.parametrize("actor", [HUGO, CLIENT], ids=["technician", "requester"])
def test_whoever_says_something_has_it(small_desk, said_at, actor):
    number = small_desk.open()
    small_desk.say(number, "Voilà", actor)
    assert small_desk.look(number).last_word_at == said_at("Voilà")


def test_a_note_is_none(small_desk, novantic_app, said_at):
    number = small_desk.open()
    with novantic_app.transaction() as session:
        add_note(novantic_app.site, session, find(session, number), HUGO, "<p>Entre nous</p>", datetime.now(UTC))
    assert small_desk.look(number).last_word_at == said_at("Au secours") < small_desk.look(number).updated_at


def test_a_merge_takes_it_along(small_desk, said_at):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.say(one, "Voilà")
    small_desk.merge(one, other)
    assert small_desk.look(other).last_word_at == said_at("Voilà")
    assert small_desk.look(one).last_word_at is None


def test_each_has_its_own_again_when_it_is_undone(small_desk, said_at):
    one, other = small_desk.open(MARC, message="<p>un</p>"), small_desk.open(message="<p>deux</p>")
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    assert small_desk.look(one).last_word_at == said_at("un")
    assert small_desk.look(other).last_word_at == said_at("deux")


def test_a_message_that_becomes_a_ticket_takes_it_along(small_desk, split, said_at):
    number = small_desk.open()
    small_desk.say(number, "Et Internet", CLIENT)
    new = split(number, "Internet")
    assert small_desk.look(new).last_word_at == said_at("Internet")
    assert small_desk.look(number).last_word_at == said_at("Au secours")


def test_a_message_of_which_a_ticket_is_made_a_copy_was_said_when_it_was(small_desk, split, said_at, count):
    number = small_desk.open()
    new = split(number, "Au secours")
    assert count(Ticket) == count(Message) == 2
    assert small_desk.look(new).last_word_at == said_at("Au secours") < small_desk.look(new).created_at
