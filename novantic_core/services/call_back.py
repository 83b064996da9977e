"""Calling a requester back: what a critical situation promises them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.html import html_to_text, plain_to_html
from novantic_core.models import Message, Technician, Ticket
from novantic_core.models.message import NOTE
from novantic_core.services.acknowledge import acknowledge
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def call_back(site: Site, session: Session, ticket: Ticket, actor: Actor, now: datetime, word: str = "") -> bool:
    """Note that the requester was called back. Whoever calls has taken note of the ticket, too.

    :param word: what was said, as plain text; it becomes a note of the discussion, which no client sees
    :return: whether a call was still to be made
    """
    if not ticket.call_back:
        return False
    acknowledge(site, session, ticket, actor, now)
    ticket.call_back = False
    ticket.updated_at = now
    message = None
    if word.strip():
        html = plain_to_html(word)
        message = Message(
            ticket_id=ticket.id, kind=NOTE, author=actor.name, html=html, text=html_to_text(html), created_at=now,
            technician_id=session.scalar(
                select(Technician.id).where(Technician.email_key == actor.email.casefold())
            ),
        )  # fmt: skip
        session.add(message)
    record_event(
        site, session, ticket, "called_back", actor, now, message=message, changes={"call_back": (True, False)}
    )
    return True
