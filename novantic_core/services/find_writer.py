"""Who somebody is that writes from an address, to a ticket."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import Contact, Follower, Technician, Ticket
from novantic_core.services.family import family_ids
from novantic_core.services.visibility import may_see
from novantic_core.site import Site
from novantic_core.values import Actor, ContactInfo


def client_who_writes(session: Session, ticket_id: int, address: str) -> Actor | None:
    """A ticket's requester, or that of one which goes on in it, or who follows it from outside; None for others."""
    ticket = session.get_one(Ticket, ticket_id)
    key = address.strip().casefold()
    person = contact_of(session, address)
    for id_ in family_ids(session, ticket):
        one = session.get_one(Ticket, id_)
        # who was erased has no address any more; another of a person's addresses is theirs as well
        if one.email and (one.email.casefold() == key or (person is not None and one.contact_id == person.id)):
            return Actor("requester", one.name, one.email)
    follower = session.scalar(
        select(Follower).where(
            Follower.ticket_id == ticket_id, Follower.email_key == key, Follower.technician_id.is_(None)
        )
    )
    return Actor("requester", follower.name, follower.email) if follower is not None else None


def technician_who_writes(site: Site, session: Session, ticket_id: int, address: str) -> Actor | None:
    """The technician at work of that address, if they may see the ticket."""
    found = session.scalar(
        select(Technician).where(Technician.email_key == address.strip().casefold(), Technician.active)
    )
    if found is None or not may_see(site, found, session.get_one(Ticket, ticket_id)):
        return None
    return Actor("technician", found.name, found.email)


def contact_of(session: Session, address: str) -> ContactInfo | None:
    """The person of an address, known by it or by one that it was merged into."""
    found = session.scalar(select(Contact).where(Contact.email_key == address.strip().casefold()))
    if found is not None and found.merged_into_id is not None:
        found = session.get_one(Contact, found.merged_into_id)
    return ContactInfo(found.id, found.email, found.name, found.phone) if found is not None else None


def latest_ticket_of(session: Session, contact_id: int) -> Ticket | None:
    """The ticket that a person opened last."""
    return session.scalar(select(Ticket).where(Ticket.contact_id == contact_id).order_by(Ticket.id.desc()).limit(1))
