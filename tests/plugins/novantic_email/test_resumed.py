"""A ticket that waited for its client, and was never closed."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from novantic_core.models import Ticket
from novantic_core.plugin import Actor
from novantic_core.services.change_status import change_status


def test_an_answer_to_a_waiting_ticket_does_not_open_it_again(english, open_ticket, mailbox, novantic_app):
    number = open_ticket()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        hugo = Actor("technician", "Hugo", "hugo@novantic.example")
        change_status(novantic_app.site, session, ticket, "waiting", hugo, datetime.now(UTC))
    page = english.get(mailbox.link(mailbox.messages[-1])).follow()
    page.forms["reply"]["message"] = "La voici."
    page = page.forms["reply"].submit().follow()
    assert "We go on with your ticket" in page
    assert "opened again" not in page
    assert mailbox.messages[-1]["Subject"] == f"We are working on your ticket again [#{number}]"
