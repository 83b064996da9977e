"""Who reads a discussion on the portal: by which link, as whom, and of which ticket."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session, aliased

from novantic_core.models import AccessGrant, Contact, Follower, Ticket
from novantic_core.services.family import root_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody outside who reads a ticket and answers on it."""

    ticket: Ticket
    """The one whose discussion they see."""
    came_by: Ticket
    """The one that their link is for: another, where it was merged."""
    name: str
    email: str
    is_requester: bool
    """Whether it is their ticket; who only follows it doesn't close it, and doesn't see how to reach its requester."""


def find_reader(session: Session, grant: AccessGrant) -> Reader | None:
    """Who comes by a link that is good; None if they may no longer see what their ticket was merged into."""
    came_by = session.get_one(Ticket, grant.ticket_id)
    ticket = root_of(session, came_by)
    if grant.email.casefold() == ticket.email.casefold():
        return Reader(ticket, came_by, ticket.name, grant.email, True)
    follower = session.scalar(
        select(Follower).where(Follower.ticket_id == ticket.id, Follower.email_key == grant.email.casefold())
    )
    if follower is not None:
        return Reader(ticket, came_by, follower.name or follower.email, grant.email, False)
    # a link for an address that a plugin named: it is for one ticket, and says nothing about another
    return Reader(ticket, came_by, grant.email, grant.email, False) if ticket is came_by else None


def organisation_of(session: Session, email: str) -> int | None:
    """The id of the organisation that the owner of an address belongs to; of the person whose other address it is."""
    own, person = aliased(Contact), aliased(Contact)
    theirs = case((own.merged_into_id.is_(None), own.organisation_id), else_=person.organisation_id)
    statement = select(theirs).outerjoin(person, person.id == own.merged_into_id)
    return session.scalar(statement.where(own.email_key == email.casefold()))
