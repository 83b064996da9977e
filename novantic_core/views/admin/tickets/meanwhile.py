"""Two people at once: what somebody sends is kept, and they are told what happened since their page was drawn."""

from __future__ import annotations

from pyramid.request import Request
from sqlalchemy import select

from novantic_core.i18n import _
from novantic_core.models import Event, Technician, Ticket
from novantic_core.views.admin.tickets.trail import Trail

MEANWHILE = "meanwhile"
"""The queue of the visitor's session in which the ticket's page finds it."""
MOST = 3
"""How many events are told one by one."""


def newer_events(request: Request, ticket: Ticket, seen: str, most: int = MOST) -> list[Event]:
    """What others did on a ticket after the event with which a page was drawn, oldest first; one more than ``most``.

    :param seen: the event's id, as the page sent it
    """
    # beyond what the engines count to: nobody's page says so
    if not seen.isdecimal() or len(seen) > 9:
        return []
    me = request.technician
    found = request.dbsession.scalars(
        select(Event)
        .where(
            Event.ticket_id == ticket.id,
            Event.id > int(seen),
            (Event.actor_kind != "technician") | (Event.actor_name != me.name),
        )
        .order_by(Event.id)
        .limit(most + 1)
    )
    return list(found)


def tell_meanwhile(request: Request, ticket: Ticket) -> None:
    """Say at the top of the next page what others did since the form that was just sent was drawn.

    Call it before the change of the form itself: that one isn't news to who made it.
    """
    typed = request.POST.get("seen", "")
    events = newer_events(request, ticket, typed if isinstance(typed, str) else "")
    if not events:
        return
    told = news_of(request, events[:MOST])
    if len(events) > MOST:
        told.append(request.page.words(_("and more")))
    words = request.page.words(_("Meanwhile: ${news}.", mapping={"news": "; ".join(told)}))
    request.page.tell(words, MEANWHILE)


def news_of(request: Request, events: list[Event]) -> list[str]:
    """Events as news, each a sentence without its point."""
    people: dict[str, str] = {}
    if any("assignee" in event.changes for event in events):
        people = dict(request.dbsession.execute(select(Technician.email, Technician.name)).all())
    trail = Trail(request, people)
    return [trail.news(event, request.desk.now) for event in events]
