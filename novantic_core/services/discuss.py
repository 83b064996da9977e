"""Adding to a ticket's discussion: the requester's message, the desk's reply, a technicians' note."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novantic_core.html import html_to_text
from novantic_core.models import Message, Technician, Ticket
from novantic_core.models.message import MESSAGE, NOTE, REPLY
from novantic_core.models.ticket import CLOSED, OPEN, WAITING
from novantic_core.services.change_status import set_status
from novantic_core.services.family import lock_root
from novantic_core.services.keep_file import attach
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, StoredFile


def add_message(
    site: Site, session: Session, ticket: Ticket, actor: Actor, html: str, now: datetime, *,
    files: tuple[StoredFile, ...] = (), submission: str | None = None, close: bool = False, wait: bool = False,
    mail_id: str = "",
) -> Message:  # fmt: skip
    """Say something on a ticket: a requester's words open it again, a technician's may close it.

    What is said on a ticket that was merged is said on the one in which it goes on.

    :param html: cleaned
    :param submission: the form's key; the same one twice adds one message
    :param mail_id: the Message-ID of the mail by which it came
    :param wait: whether a technician's words ask for an answer, and the ticket waits for the client then
    """
    ticket = lock_root(session, ticket)
    kind = MESSAGE if actor.kind == "requester" else REPLY
    status = OPEN if actor.kind == "requester" else CLOSED if close else WAITING if wait else ticket.status
    return _add(site, session, ticket, actor, kind, html, now, files, submission, status, mail_id)


def add_note(
    site: Site, session: Session, ticket: Ticket, actor: Actor, html: str, now: datetime, *,
    files: tuple[StoredFile, ...] = (), submission: str | None = None,
) -> Message:  # fmt: skip
    """Write a note for technicians only."""
    ticket = lock_root(session, ticket)
    return _add(site, session, ticket, actor, NOTE, html, now, files, submission, ticket.status)


def _add(
    site: Site, session: Session, ticket: Ticket, actor: Actor, kind: str, html: str, now: datetime,
    files: tuple[StoredFile, ...], submission: str | None, status: str, mail_id: str = "",
) -> Message:  # fmt: skip
    if submission:
        before = session.scalar(select(Message).where(Message.submission == submission))
        if before is not None:
            return before
    message = Message(
        ticket_id=ticket.id, kind=kind, author=actor.name, technician_id=_technician(session, actor), html=html,
        text=html_to_text(html), submission=submission, created_at=now, mail_id=mail_id,
    )  # fmt: skip
    session.add(message)
    try:
        session.flush()
    except IntegrityError as error:
        raise RetryableException("the same form was sent twice at once") from error
    attach(session, message, files)
    changes: dict[str, tuple[Any, Any]] = set_status(ticket, status, now)
    ticket.updated_at = now
    if kind != NOTE:
        ticket.last_author, ticket.last_kind, ticket.last_word_at = actor.name, kind, now
    if kind == REPLY and ticket.first_answer_at is None:
        ticket.first_answer_at = now
    event = "noted" if kind == NOTE else "replied"
    record_event(site, session, ticket, event, actor, now, message=message, files=files, changes=changes)  # type: ignore[arg-type]
    return message


def _technician(session: Session, actor: Actor) -> int | None:
    if actor.kind != "technician":
        return None
    return session.scalar(select(Technician.id).where(Technician.email_key == actor.email.casefold()))
