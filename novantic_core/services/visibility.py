"""Which tickets a technician may see: all but those of private teams that aren't their own."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Contact, Technician, Ticket
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.site import Site


def hidden_teams(site: Site, technician: Technician) -> list[str]:
    """Keys of the teams whose tickets a technician doesn't see, unless they are assigned to them."""
    if technician.role == ADMINISTRATOR:
        return []
    return [team.key for team in site.preferences.teams.values() if team.private and team.key != technician.team]


def may_see(site: Site, technician: Technician, ticket: Ticket) -> bool:
    """Whether a technician may see a ticket."""
    return ticket.assignee_id == technician.id or ticket.team not in hidden_teams(site, technician)


def visible_tickets(site: Site, technician: Technician) -> ColumnElement[bool] | None:
    """The same as a condition on ``Ticket`` for a query; None where everything is seen, which costs nothing."""
    hidden = hidden_teams(site, technician)
    if not hidden:
        return None
    return (Ticket.assignee_id == technician.id) | Ticket.team.notin_(hidden)


def visible_contacts(site: Site, technician: Technician) -> ColumnElement[bool] | None:
    """A condition on ``Contact``: who has tickets, all of them hidden from this technician, isn't seen either.

    None where everybody is seen.
    """
    seen = visible_tickets(site, technician)
    if seen is None:
        return None
    theirs = Ticket.contact_id == Contact.id
    return or_(exists().where(theirs, seen), ~exists().where(theirs))


def may_know(site: Site, session: Session, technician: Technician, contact: Contact) -> bool:
    """Whether a technician may see a contact."""
    seen = visible_contacts(site, technician)
    return seen is None or session.scalar(select(Contact.id).where(Contact.id == contact.id, seen)) is not None


def find_ticket(site: Site, session: Session, technician: Technician, number: str) -> Ticket | None:
    """A ticket by its number; None if there is none that this technician may see."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number))
    return ticket if ticket is not None and may_see(site, technician, ticket) else None
