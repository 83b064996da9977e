"""Who somebody is that writes from an address, to a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Contact, Follower, OrganisationDomain, Technician, Ticket
from novantic_core.services.family import family, family_ids
from novantic_core.services.mail_domain import PUBLIC, domain_of
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


def roles_of(session: Session, ticket_id: int, addresses: Iterable[str]) -> dict[str, str]:
    """What the owners of some addresses are to a ticket, by the address in small letters; others aren't named.

    ``requester`` of it or of one that goes on in it, ``technician`` of this desk (at work or not), or ``follower``.
    """
    keys = {address.strip().casefold() for address in addresses}
    ticket = session.get_one(Ticket, ticket_id)
    following = select(Follower.email_key).where(Follower.ticket_id == ticket_id, Follower.email_key.in_(keys))
    found = dict.fromkeys(session.scalars(following), "follower")
    inside = select(Technician.email_key).where(Technician.email_key.in_(keys))
    found.update(dict.fromkeys(session.scalars(inside), "technician"))
    whose = select(Ticket.email, Ticket.contact_id).where(Ticket.id.in_(family(ticket)))
    owners = session.execute(whose).all()
    contacts = {one.contact_id for one in owners} - {None}
    theirs = select(Contact.email_key).where(
        Contact.email_key.in_(keys), or_(Contact.id.in_(contacts), Contact.merged_into_id.in_(contacts))
    )
    for key in (*(one.email.casefold() for one in owners), *session.scalars(theirs)):
        # who follows a ticket in which theirs goes on is told as a follower
        if key in keys:
            found.setdefault(key, "requester")
    return found


def are_colleagues(session: Session, one: str, other: str) -> bool:
    """Whether two addresses are of one house: of one organisation, or of one mail domain that isn't everybody's."""
    domain = domain_of(one)
    if domain == domain_of(other) and domain not in PUBLIC:
        return bool(domain)
    houses = [_organisation_of(session, address) for address in (one, other)]
    return houses[0] is not None and houses[0] == houses[1]


def _organisation_of(session: Session, address: str) -> int | None:
    known = session.execute(
        select(Contact.organisation_id, Contact.merged_into_id).where(Contact.email_key == address.strip().casefold())
    ).first()
    if known is not None and known.merged_into_id is not None:
        return session.get_one(Contact, known.merged_into_id).organisation_id
    if known is not None and known.organisation_id is not None:
        own: int = known.organisation_id
        return own
    by_domain = select(OrganisationDomain.organisation_id).where(OrganisationDomain.domain == domain_of(address))
    return session.scalar(by_domain)


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
