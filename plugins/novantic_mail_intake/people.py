"""What is kept of a person's mails: a copy for them, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, column, delete, func, or_, select, table, update
from sqlalchemy.orm import Session

from novantic_core.plugin import ContactInfo, UTCDateTime
from novantic_mail_intake.keep import holder
from novantic_mail_intake.models import TICKET, IncomingMail

HELD = table("held_file", column("holder"))
STORED = table("stored_file", column("key"), column("touched_at", UTCDateTime()))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When the bytes were last used, for the sweep: it takes them the next time it runs, if nothing else holds them."""


def mails_of(contact: ContactInfo, session: Session) -> Mapping[str, Any] | None:
    """What is known of the mails that somebody sent; what they said is in their tickets."""
    rows = session.scalars(select(IncomingMail).where(_from(contact)).order_by(IncomingMail.id))
    mails = [
        {"received_at": row.received_at, "mailbox": row.mailbox, "from": row.sender, "name": row.sender_name,
         "subject": row.subject, "message_id": row.message_id, "size": row.size, "state": row.state}
        for row in rows
    ]  # fmt: skip
    return {"mails": mails} if mails else None


def forget_person(contact: ContactInfo, session: Session) -> None:
    """Remove the originals of somebody's mails, and of whatever others wrote by mail on their tickets: it quotes them.

    The rows stay for the count, without a word of theirs; what was theirs and never became a message goes altogether.
    """
    own = select(TICKET.c.id).where(or_(TICKET.c.contact_id == contact.id, TICKET.c.merged_contact_id == contact.id))
    roots = select(TICKET.c.merged_into_id).where(TICKET.c.id.in_(own), TICKET.c.merged_into_id.is_not(None))
    on_theirs = or_(IncomingMail.ticket_id.in_(own), IncomingMail.ticket_id.in_(roots))
    for row in session.scalars(select(IncomingMail).where(or_(_from(contact), on_theirs))).all():
        session.execute(delete(HELD).where(HELD.c.holder == holder(row.mailbox, row.key)))
        session.execute(update(STORED).where(STORED.c.key == row.key).values(touched_at=LONG_AGO))
        if row.sender.casefold() == contact.email.casefold() and row.state != "kept":
            session.delete(row)
            continue
        row.key, row.sender_name, row.subject, row.fault = "", "", "", ""
        row.message_id = row.sender = row.envelope_to = ""
        row.envelope_from = None
    session.flush()


def _from(contact: ContactInfo) -> ColumnElement[bool]:
    return func.lower(IncomingMail.sender) == contact.email.lower()
