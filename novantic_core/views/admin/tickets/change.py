"""What is changed beside the discussion: status, assignee and team, priority, category and fields.

The later of two people wins, and is told what the other did.
"""

from __future__ import annotations

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.forms.ticket_facts import TicketFactsForm, empty_fields
from novantic_core.i18n import _
from novantic_core.models import Technician, Ticket
from novantic_core.services.assign import assign
from novantic_core.services.change_priority import change_priority
from novantic_core.services.change_status import change_status
from novantic_core.services.visibility import may_see
from novantic_core.values import Text
from novantic_core.views.admin.base import STATUS_WORDS, actor, find_ticket, to_ticket
from novantic_core.views.admin.tickets.meanwhile import tell_meanwhile
from novantic_core.views.admin.tickets.page import Wrong, draw_ticket

NO_STATUS = _("Please choose open, waiting for the client, or closed.")
NO_PRIORITY = _("Please choose a priority from the list.")
NO_ASSIGNEE = _("Please choose somebody who is at work, or a team, from the list.")


@view_config(route_name="admin_ticket_status", request_method="POST")
def status(request: Request) -> Response:
    """Open, waiting for the client, or closed; the client is told."""
    ticket = find_ticket(request)
    tell_meanwhile(request, ticket)
    chosen = _typed(request, "status")
    try:
        changed = change_status(
            request.registry.site, request.dbsession, ticket, chosen, actor(request), request.desk.now
        )
    except ValueError:
        return draw_ticket(request, ticket, wrong=Wrong("status", NO_STATUS))
    if changed:
        said = {
            "open": _("The ticket is open; the client is told."),
            "waiting": _("The ticket waits for the client, who is told."),
            "closed": _("The ticket is closed; the client is told."),
        }
        request.page.tell(said[chosen])
    else:
        _no_change(request, STATUS_WORDS[chosen])
    return to_ticket(request, ticket)


@view_config(route_name="admin_ticket_priority", request_method="POST")
def priority(request: Request) -> Response:
    """Another priority."""
    ticket, site = find_ticket(request), request.registry.site
    tell_meanwhile(request, ticket)
    chosen = _typed(request, "priority")
    try:
        changed = change_priority(site, request.dbsession, ticket, chosen, actor(request), request.desk.now)
    except ValueError:
        return draw_ticket(request, ticket, wrong=Wrong("priority", NO_PRIORITY))
    label = site.priority_label(ticket.priority)
    if changed:
        request.page.tell(_("Priority: ${label}.", mapping={"label": label}))
    else:
        _no_change(request, label)
    return to_ticket(request, ticket)


@view_config(route_name="admin_ticket_assignee", request_method="POST")
def assignee(request: Request) -> Response:
    """Another technician (an id or an address; empty for nobody), another team, or both; what isn't sent stays."""
    ticket, site = find_ticket(request), request.registry.site
    tell_meanwhile(request, ticket)
    try:
        chosen = _assignee(request, ticket)
        changed = assign(
            site, request.dbsession, ticket, actor(request), request.desk.now, assignee_id=chosen,
            team=_typed(request, "team") or None,
        )  # fmt: skip
    except ValueError:
        return draw_ticket(request, ticket, wrong=Wrong("assignee", NO_ASSIGNEE))
    whose = _whose(request, ticket)
    if not may_see(site, request.technician, ticket):
        words = _("Ticket #${number} went to ${whose}, whose tickets you don’t see.",
                  mapping={"number": ticket.number, "whose": site.team_label(ticket.team)})  # fmt: skip
        request.page.tell(words)
        return HTTPSeeOther(request.route_path("admin_tickets"))
    if changed:
        request.page.tell(_("Assigned to ${name}.", mapping={"name": whose}))
    else:
        _no_change(request, whose)
    return to_ticket(request, ticket)


@view_config(route_name="admin_ticket_category", request_method="POST", require_csrf=False)
def category(request: Request) -> Response:
    """Another category and the fields it asks for, or the fields alone. The form checks its token itself."""
    ticket, site = find_ticket(request), request.registry.site
    tell_meanwhile(request, ticket)
    form = TicketFactsForm(request, ticket, posted=True)
    changed = form.submit(actor(request))
    if changed is None:
        return draw_ticket(request, ticket, facts=form, status=form.status)
    if changed:
        label = site.category_label(ticket.category_key) if ticket.category_key else _("None")
        request.page.tell(_("Saved. Category: ${label}.", mapping={"label": label}))
    else:
        request.page.tell(_("Nothing has been changed."))
    missing = empty_fields(request, ticket)
    if missing:
        names = ", ".join(request.page.words(field.label) for field in missing)
        request.page.tell(_("Still to be filled in: ${names}.", mapping={"names": names}))
    return to_ticket(request, ticket, "facts" if missing else None)


def _typed(request: Request, name: str) -> str:
    typed = request.typed(name)
    return typed.strip() if isinstance(typed, str) else ""


def _no_change(request: Request, now: Text) -> None:
    request.page.tell(_("Nothing has been changed: it is “${now}” already.", mapping={"now": now}))


def _assignee(request: Request, ticket: Ticket) -> int | None:
    """The technician that was chosen.

    :raises ValueError: if there is none
    """
    if "assignee" not in request.POST:
        return ticket.assignee_id
    typed = _typed(request, "assignee")
    if not typed:
        return None
    if typed.isdecimal() and len(typed) < 10:
        return int(typed)
    found: int | None = request.dbsession.scalar(
        select(Technician.id).where(Technician.email_key == typed.replace("\0", "").casefold())
    )
    if found is None:
        raise ValueError(typed)
    return found


def _whose(request: Request, ticket: Ticket) -> Text:
    if ticket.assignee_id is None:
        return _("the team ${team}", mapping={"team": request.registry.site.team_label(ticket.team)})
    return str(request.dbsession.scalar(select(Technician.name).where(Technician.id == ticket.assignee_id)))
