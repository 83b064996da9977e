"""What is kept of a person's mails: a copy for them, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, column, delete, func, or_, select, table, update
from sqlalchemy.orm import Session

from novantic_core.plugin import ContactInfo, UTCDateTime
from novantic_mail_intake.keep import holder
from novantic_mail_intake.models import TICKET, Copy, IncomingMail

HELD = table("held_file", column("holder"))
STORED = table("stored_file", column("key"), column("touched_at", UTCDateTime()))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When the bytes were last used, for the sweep: it takes them the next time it runs, if nothing else holds them."""


def mails_of(contact: ContactInfo, session: Session) -> Mapping[str, Any] | None:
    """What is known of the mails that somebody sent, or was in copy of; what they said is in their tickets."""
    rows = session.scalars(select(IncomingMail).where(_from(contact)).order_by(IncomingMail.id))
    mails = [
        {"received_at": row.received_at, "mailbox": row.mailbox, "from": row.sender, "name": row.sender_name,
         "subject": row.subject, "message_id": row.message_id, "size": row.size, "state": row.state}
        for row in rows
    ]  # fmt: skip
    copied = select(IncomingMail.received_at, IncomingMail.mailbox, Copy.field, Copy.name, Copy.address)
    copied = copied.join(Copy, Copy.mail_id == IncomingMail.id).where(_copied(contact)).order_by(Copy.id)
    in_copy = [
        {"received_at": row.received_at, "mailbox": row.mailbox, "field": row.field, "name": row.name,
         "address": row.address}
        for row in session.execute(copied)
    ]  # fmt: skip
    found = {"mails": mails, "in_copy": in_copy}
    return {name: rows for name, rows in found.items() if rows} or None


def forget_person(contact: ContactInfo, session: Session) -> None:
    """Remove the originals of somebody's mails, of all that came on their tickets, and of those that name them in copy.

    The rows stay for the count, without a word of theirs; what was theirs and never became a message goes altogether.
    """
    own = select(TICKET.c.id).where(or_(TICKET.c.contact_id == contact.id, TICKET.c.merged_contact_id == contact.id))
    roots = select(TICKET.c.merged_into_id).where(TICKET.c.id.in_(own), TICKET.c.merged_into_id.is_not(None))
    on_theirs = or_(IncomingMail.ticket_id.in_(own), IncomingMail.ticket_id.in_(roots))
    for row in session.scalars(select(IncomingMail).where(or_(_from(contact), on_theirs))).all():
        _forget_original(row, session)
        session.execute(delete(Copy).where(Copy.mail_id == row.id))
        if row.sender.casefold() == contact.email.casefold() and row.state != "kept":
            session.delete(row)
            continue
        row.key, row.sender_name, row.subject, row.fault = "", "", "", ""
        row.message_id = row.sender = row.envelope_to = ""
        row.envelope_from, row.copied = None, 0
    # others' mails name them as well, each in its original
    named = select(Copy.mail_id).where(_copied(contact))
    for row in session.scalars(select(IncomingMail).where(IncomingMail.id.in_(named))).all():
        _forget_original(row, session)
        row.key, row.copied = "", row.copied - 1
    session.execute(delete(Copy).where(_copied(contact)))
    session.flush()


def _forget_original(row: IncomingMail, session: Session) -> None:
    session.execute(delete(HELD).where(HELD.c.holder == holder(row.mailbox, row.key)))
    session.execute(update(STORED).where(STORED.c.key == row.key).values(touched_at=LONG_AGO))


def _copied(contact: ContactInfo) -> ColumnElement[bool]:
    return Copy.address_key == contact.email.casefold()


def _from(contact: ContactInfo) -> ColumnElement[bool]:
    return func.lower(IncomingMail.sender) == contact.email.lower()
