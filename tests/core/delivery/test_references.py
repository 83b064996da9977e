"""What a mail refers to: the ticket, what its reader wrote by mail, and what they were sent before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.delivery.parcel import MOST_REFERENCES, make_parcel
from novantic_core.models import Delivery, Message, Ticket
from novantic_core.plugin import Actor
from novantic_core.services.discuss import add_message, add_note

CLAIRE, HUGO = "claire@lefevre.example.com", "hugo@novantic.example"
HUGO_ACTS, CLAIRE_ACTS = Actor("technician", "Hugo", HUGO), Actor("requester", "Claire", CLAIRE)


@pytest.fixture
def speak(novantic_app):
    def add(number, actor, mail_id="", note=False):
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            if note:
                message = add_note(novantic_app.site, session, ticket, actor, "<p>x</p>", datetime.now(UTC))
            else:
                message = add_message(novantic_app.site, session, ticket, actor, "<p>x</p>", datetime.now(UTC))
            session.flush()
            session.get_one(Message, message.id).mail_id = mail_id
        novantic_app.deliver()

    return add


@pytest.fixture
def chain(novantic_app):
    def read(mail):
        return str(mail["References"]).split()

    return read


def test_a_conversation_by_mail(smtp, novantic_app, open_ticket, speak, chain):
    novantic_app.add_technician(HUGO)
    number = open_ticket()
    novantic_app.deliver()
    speak(number, HUGO_ACTS)
    speak(number, CLAIRE_ACTS, "one@client.example")
    speak(number, HUGO_ACTS, "note@novantic.example", note=True)
    speak(number, HUGO_ACTS, "reply@novantic.example")
    root = f"<{number}@support.example.com>"
    opened, first, second = smtp.to(CLAIRE)
    assert chain(opened) == [root]
    assert chain(first) == [root, opened["Message-ID"]]
    assert chain(second) == [root, opened["Message-ID"], first["Message-ID"], "<one@client.example>"]
    assert second["In-Reply-To"] == "<one@client.example>"
    # a technician's own thread; what clients never see is in it
    assert chain(smtp.to(HUGO)[-1])[-1] == "<one@client.example>"
    assert all(f"[#{number}]" in mail["Subject"] for mail in smtp.to(CLAIRE))


def test_the_mail_by_which_a_technician_answered_is_in_no_clients_mailbox(
    smtp, novantic_app, open_ticket, speak, chain
):
    novantic_app.add_technician(HUGO)
    number = open_ticket()
    novantic_app.deliver()
    speak(number, HUGO_ACTS, "reply@novantic.example")
    speak(number, CLAIRE_ACTS, "one@client.example")
    assert "<reply@novantic.example>" not in chain(smtp.to(CLAIRE)[-1])
    assert "<reply@novantic.example>" in chain(smtp.to(HUGO)[-1])


def test_the_ticket_and_the_newest_of_many(smtp, novantic_app, open_ticket, speak, chain):
    number = open_ticket()
    novantic_app.deliver()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        for count in range(30):
            message = add_message(novantic_app.site, session, ticket, CLAIRE_ACTS, "<p>x</p>", datetime.now(UTC))
            session.flush()
            session.get_one(Message, message.id).mail_id = f"{count:02}@client.example"
    speak(number, HUGO_ACTS)
    found = chain(smtp.to(CLAIRE)[-1])
    assert len(found) == MOST_REFERENCES
    assert found[0] == f"<{number}@support.example.com>"
    assert found[-1] == "<29@client.example>"


def test_it_takes_one_statement(novantic_app, open_ticket, statements, monkeypatch):
    open_ticket()
    plain = {}
    for answer in (None, ()):
        if answer is not None:
            monkeypatch.setattr("novantic_core.delivery.parcel._references", lambda *_given: ((), False))
        with novantic_app.transaction() as session:
            delivery = session.scalars(select(Delivery)).first()
            with statements() as heard:
                make_parcel(novantic_app.site, session, delivery, datetime.now(UTC))
            plain[answer] = len([words for words in heard if words.startswith("SELECT")])
    assert plain[None] == plain[()] + 1
