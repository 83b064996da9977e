"""What happened to tickets since somebody last looked at the queue."""

from __future__ import annotations

from sqlalchemy import and_, case, false, func, select, true
from sqlalchemy.orm import Session

from novantic_core.models import Event, Technician, Ticket
from novantic_core.services.filter_tickets import TicketFilter, conditions
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site

MOST_EVENTS = 500
"""How far back is looked: who left a page open for longer is better served by reloading it."""


def latest_event(session: Session) -> int:
    """The id of the latest event of all, 0 if there is none."""
    return session.scalar(select(func.max(Event.id))) or 0


def list_news(
    site: Site, session: Session, technician: Technician, chosen: TicketFilter, since: int, latest: int
) -> dict[str, bool]:
    """The tickets to which somebody else did something, by number, and whether the filter shows them.

    The others are told too: they may stand on a page that was drawn before.

    :param since: the id of an event; what came after it is looked at, up to ``latest``
    """
    first = max(since, latest - MOST_EVENTS)
    # a technician's own doing is no news to them; two of one name are told too little rather than too much
    own = and_(Event.actor_kind == "technician", Event.actor_name == technician.name)
    happened = select(Event.ticket_id).where(Event.id > first, Event.id <= latest, ~own).distinct().subquery()
    # what words find is found when somebody asks for it
    here = false() if chosen.q else and_(*conditions(site, technician, chosen))
    wanted = case((here, true()), else_=false())
    seen = visible_tickets(site, technician)
    rows = session.execute(
        select(Ticket.number, wanted)
        .join(happened, happened.c.ticket_id == Ticket.id)
        .where(seen if seen is not None else true())
    )
    return {number: bool(is_wanted) for number, is_wanted in rows}
