"""Giving a ticket to another requester, or to another organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import AccessGrant, Contact, Delivery, Follower, Organisation, Ticket
from novantic_core.models.delivery import SENT
from novantic_core.services.family import family_ids
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

FACTS = ("name", "email", "phone", "company")


def change_contact(
    site: Site, session: Session, ticket: Ticket, contact: Contact, actor: Actor, now: datetime
) -> bool:  # fmt: skip
    """Make somebody else the requester of a ticket: mails and links are theirs from now on.

    The access links of the one before are dead at once, and what was still to be sent to them isn't. What they said
    stays. The ticket goes to the new one's organisation, if they have one.

    :return: whether anything changed
    :raises FieldError: for somebody who was erased
    """
    if contact.merged_into_id is not None:
        contact = session.get_one(Contact, contact.merged_into_id)
    if contact.erased_at is not None:
        raise FieldError(_("This person was erased."))
    if contact.id == ticket.contact_id and contact.email == ticket.email:
        return False
    former = ticket.email
    changes: dict[str, tuple[Any, Any]] = {}
    for name in FACTS:
        before, after = getattr(ticket, name), getattr(contact, name)
        if before != after:
            changes[name] = (before, after)
            setattr(ticket, name, after)
    ticket.contact_id, ticket.merged_contact_id = contact.id, None
    ticket.updated_at = now
    if contact.organisation_id is not None:
        changes |= _move(session, ticket, contact.organisation_id)
    if former.casefold() != contact.email.casefold():
        _lock_out(session, ticket, former, now)
        # they are told as the requester now
        mine = (Follower.ticket_id == ticket.id, Follower.email_key == contact.email.casefold())
        session.execute(delete(Follower).where(*mine))
    record_event(site, session, ticket, "contact_changed", actor, now, changes=changes)
    return True


def change_organisation(
    site: Site, session: Session, ticket: Ticket, organisation_id: int | None, actor: Actor, now: datetime
) -> bool:
    """Give a ticket to another organisation, or to none; its contact stays where they are.

    :return: whether anything changed
    """
    changes = _move(session, ticket, organisation_id)
    if not changes:
        return False
    ticket.updated_at = now
    record_event(site, session, ticket, "contact_changed", actor, now, changes=changes)
    return True


def _move(session: Session, ticket: Ticket, organisation_id: int | None) -> dict[str, tuple[Any, Any]]:
    if organisation_id == ticket.organisation_id:
        return {}
    wanted = [key for key in (ticket.organisation_id, organisation_id) if key is not None]
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))).all()
    names: dict[int | None, str] = {row.id: row.name for row in rows}
    before, ticket.organisation_id = ticket.organisation_id, organisation_id
    return {"organisation": (names.get(before), names.get(organisation_id))}


def _lock_out(session: Session, ticket: Ticket, email: str, now: datetime) -> None:
    """Somebody reads nothing more of a ticket, nor of those that go on in it."""
    ids = family_ids(session, ticket)
    # a mail that is still to go would bring a fresh link with it, and so would one that was given up, once somebody has
    # it tried again. Before the links: for one that a worker just prepares this waits, and then its link is there
    to_them = (Delivery.ticket_id.in_(ids), func.lower(Delivery.address) == email.lower(), Delivery.state != SENT)
    session.execute(delete(Delivery).where(*to_them))
    theirs = func.lower(AccessGrant.email) == email.lower()
    session.execute(
        update(AccessGrant)
        .where(AccessGrant.ticket_id.in_(ids), theirs, AccessGrant.revoked_at.is_(None))
        .values(revoked_at=now)
    )
