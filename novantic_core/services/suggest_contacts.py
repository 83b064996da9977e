"""Finding a client by a few letters, and what is known of them for another ticket."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from novantic_core.models import Contact, Organisation, Technician, Ticket
from novantic_core.models.ticket import CLOSED
from novantic_core.services.find_contacts import contacts_like
from novantic_core.services.visibility import visible_contacts, visible_tickets
from novantic_core.site import Site

SUGGESTED = 8
OPEN_SHOWN = 5


def suggest_contacts(site: Site, session: Session, technician: Technician, typed: str) -> list[Contact]:
    """Contacts whose name, address, company or phone have all the words that were typed.

    Those whose name it is come before those of a company called so; then the latest.

    Who has tickets, all of them hidden from this technician, isn't found.
    """
    if not any(character.isalnum() for character in typed):
        return []
    query = select(Contact).where(*contacts_like(typed))
    seen = visible_contacts(site, technician)
    if seen is not None:
        query = query.where(seen)
    named = case((Contact.name.icontains(typed.split(maxsplit=1)[0], autoescape=True), 0), else_=1)
    return list(session.scalars(query.order_by(named, Contact.id.desc()).limit(SUGGESTED)))


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A client who rings, with what a technician may know of them."""

    contact: Contact
    organisation: Organisation | None
    last: Ticket | None
    """Their latest ticket that this technician may see."""
    open: tuple[Ticket, ...]
    """Those of their tickets that are still open, the latest first."""


def find_contact(site: Site, session: Session, technician: Technician, contact_id: int) -> KnownContact | None:
    """What is known of a contact; None if there is none that this technician would find."""
    query = select(Contact).where(Contact.id == contact_id, Contact.erased_at.is_(None))
    seen = visible_contacts(site, technician)
    contact = session.scalar(query if seen is None else query.where(seen))
    if contact is None:
        return None
    tickets = select(Ticket).where(Ticket.contact_id == contact.id).order_by(Ticket.id.desc())
    visible = visible_tickets(site, technician)
    if visible is not None:
        tickets = tickets.where(visible)
    return KnownContact(
        contact=contact,
        organisation=session.get(Organisation, contact.organisation_id) if contact.organisation_id else None,
        last=session.scalars(tickets.limit(1)).first(),
        open=tuple(session.scalars(tickets.where(Ticket.status != CLOSED).limit(OPEN_SHOWN))),
    )
