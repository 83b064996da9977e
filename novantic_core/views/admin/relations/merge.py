"""Merging two tickets, after a look at what that does, and undoing it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import or_, select

from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.models.ticket import CLOSED
from novantic_core.services import visibility
from novantic_core.services.family import root_of
from novantic_core.services.merge_tickets import MergePlan, merge_tickets, plan_merge
from novantic_core.services.tell_brands import has_brands
from novantic_core.services.unmerge_ticket import unmerge_ticket
from novantic_core.values import FieldError, Text
from novantic_core.views.admin.base import STATUS_WORDS, actor, draw, find_any_ticket, find_ticket, to_ticket
from novantic_core.views.admin.relations.links import NO_SUCH_TICKET, ticket_of_number

OFFERED = 10


@view_config(route_name="admin_ticket_merge", request_method="GET")
def choose(request: Request) -> Response:
    """Which ticket this one shall go on in; once that is chosen, what will happen."""
    ticket = find_ticket(request)
    typed = request.GET.get("into", "").strip()
    if not typed:
        return _draw(request, ticket)
    try:
        return _draw(request, ticket, typed, plan=plan_merge(*_asked(request, ticket, typed)))
    except FieldError as error:
        return _draw(request, ticket, typed, error=error.message)


@view_config(route_name="admin_ticket_merge", request_method="POST")
def merge(request: Request) -> Response:
    """Merge them."""
    ticket = find_ticket(request)
    typed = request.typed("into").strip()
    try:
        site, session, _ticket, other = _asked(request, ticket, typed)
        target = merge_tickets(site, session, ticket, other, actor(request), request.desk.now)
    except FieldError as error:
        return _draw(request, ticket, typed, error=error.message)
    request.page.tell(_("Ticket #${number} was merged into this one.", mapping={"number": ticket.number}))
    return to_ticket(request, target)


@view_config(route_name="admin_ticket_unmerge", request_method="POST")
def unmerge(request: Request) -> Response:
    """Take a merged ticket out again."""
    ticket = find_any_ticket(request)
    site, session = request.registry.site, request.dbsession
    target = root_of(session, ticket)
    if not visibility.may_see(site, request.technician, target):
        raise HTTPNotFound
    if unmerge_ticket(site, session, ticket, actor(request), request.desk.now):
        numbers = {"number": ticket.number, "other": target.number}
        request.page.tell(_("Ticket #${number} goes on by itself again, out of ticket #${other}.", mapping=numbers))
    return to_ticket(request, ticket)


def _asked(request: Request, ticket: Ticket, typed: str) -> tuple[Any, Any, Ticket, Ticket]:
    """What the services take; the other ticket is the one in which the typed one goes on.

    :raises FieldError: if there is none that this technician may see
    """
    site, session = request.registry.site, request.dbsession
    found = ticket_of_number(request, typed)
    other = root_of(session, found) if found is not None else None
    if other is None or not visibility.may_see(site, request.technician, other):
        raise FieldError(NO_SUCH_TICKET, "into")
    return site, session, ticket, other


def _draw(
    request: Request, ticket: Ticket, typed: str = "", *, plan: MergePlan | None = None, error: Text | None = None
) -> Response:
    site = request.registry.site
    team = site.teams.get(ticket.team)
    values = {
        "ticket": ticket, "typed": typed, "plan": plan, "error": error, "words": STATUS_WORDS,
        "offered": [] if plan else _offered(request, ticket), "priority_label": site.priority_label,
        # what only its members read would be read by all who see the other one
        "leaves_team": team.label if plan and team and team.private and plan.target.team != ticket.team else None,
    }  # fmt: skip
    return draw(request, "admin/relations/merge.pt", 200 if error is None else 422, **values)


def _offered(request: Request, ticket: Ticket) -> list[tuple[Ticket, bool]]:
    """The open tickets of the same person, then of the same organisation; each with whether it is the person's."""
    whose = Ticket.contact_id == ticket.contact_id
    if ticket.organisation_id is not None:
        whose = or_(whose, Ticket.organisation_id == ticket.organisation_id)
    query = select(Ticket).where(whose, Ticket.id != ticket.id, Ticket.status != CLOSED)
    if has_brands(request.registry.site):
        query = query.where(Ticket.brand == ticket.brand)
    seen = visibility.visible_tickets(request.registry.site, request.technician)
    if seen is not None:
        query = query.where(seen)
    own_first = (Ticket.contact_id != ticket.contact_id, Ticket.updated_at.desc())
    rows = request.dbsession.scalars(query.order_by(*own_first).limit(OFFERED))
    return [(one, one.contact_id == ticket.contact_id) for one in rows]
