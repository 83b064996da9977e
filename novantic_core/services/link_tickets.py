"""Two tickets that have to do with one another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.i18n import _
from novantic_core.models import Ticket, TicketLink
from novantic_core.services.family import family, root_of
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError


def linked_tickets(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets that have to do with one, by their age; links of merged ones count for those they go on in."""
    own = family(ticket)
    there = select(TicketLink.other_id).where(TicketLink.ticket_id.in_(own))
    back = select(TicketLink.ticket_id).where(TicketLink.other_id.in_(own))
    others = session.scalars(select(Ticket).where(or_(Ticket.id.in_(there), Ticket.id.in_(back)))).all()
    found = {root.id: root for other in others if (root := root_of(session, other)).id != ticket.id}
    return [found[key] for key in sorted(found)]


def link_tickets(site: Site, session: Session, ticket: Ticket, other: Ticket, actor: Actor, now: datetime) -> bool:
    """Tie two tickets together, and note it on both; False if they were.

    :raises FieldError: for a ticket and itself
    """
    ticket, other = root_of(session, ticket), root_of(session, other)
    if ticket.id == other.id:
        raise FieldError(_("This is the ticket itself."), "other")
    if other in linked_tickets(session, ticket):
        return False
    first, second = sorted((ticket.id, other.id))
    row = insert_or(session, TicketLink).values(ticket_id=first, other_id=second, created_at=now)
    session.execute(row.on_conflict_do_nothing())
    record_event(site, session, ticket, "linked", actor, now, changes={"linked": (None, other.number)})
    record_event(site, session, other, "linked", actor, now, changes={"linked": (None, ticket.number)})
    return True


def unlink_tickets(site: Site, session: Session, ticket: Ticket, other: Ticket, actor: Actor, now: datetime) -> bool:
    """Untie them; False if they weren't."""
    own, others = family(ticket), family(other)
    removed = session.execute(
        delete(TicketLink)
        .where(
            or_(
                and_(TicketLink.ticket_id.in_(own), TicketLink.other_id.in_(others)),
                and_(TicketLink.ticket_id.in_(others), TicketLink.other_id.in_(own)),
            )
        )
        .returning(TicketLink.id)
    ).all()
    if not removed:
        return False
    record_event(site, session, ticket, "unlinked", actor, now, changes={"linked": (other.number, None)})
    record_event(site, session, other, "unlinked", actor, now, changes={"linked": (ticket.number, None)})
    return True
