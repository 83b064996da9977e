"""Noting time on a ticket, correcting it, taking it back."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.time import TimeEntryForm, TimeForm, show_minutes
from novantic_core.i18n import _
from novantic_core.models import Ticket, TimeEntry
from novantic_core.services.family import family_ids
from novantic_core.services.note_time import may_change, remove_time
from novantic_core.views.admin.base import actor, draw, find_row, find_ticket, to_ticket

ANCHOR = "time"


@view_config(route_name="admin_ticket_time", request_method=("GET", "POST"), require_csrf=False)
def note(request: Request) -> Response:
    """The form of the card: what is wrong with it is shown on a page of its own."""
    ticket = find_ticket(request)
    form = TimeForm(request, ticket)
    if request.method == "POST":
        entry = form.submit(request.technician.id, actor(request))
        if entry is not None:
            words = {"time": show_minutes(entry.minutes)}
            request.page.tell(
                _("${time} noted, to be billed.", mapping=words)
                if entry.billable
                else _("${time} noted, not billed.", mapping=words)
            )
            return to_ticket(request, ticket, ANCHOR)
    return _draw(request, ticket, form, _("Time spent on #${number}", mapping={"number": ticket.number}))


@view_config(route_name="admin_ticket_time_entry", request_method=("GET", "POST"), require_csrf=False)
def correct(request: Request) -> Response:
    """An entry of one's own, or, for an administrator, anybody's."""
    ticket, entry = _find(request)
    form = TimeEntryForm(request, entry)
    if request.method == "POST" and form.submit(ticket, actor(request)):
        request.page.tell(_("The time is corrected."))
        return to_ticket(request, ticket, ANCHOR)
    title = _("Correct the time on #${number}", mapping={"number": ticket.number})
    return _draw(request, ticket, form, title, entry=entry)


@view_config(route_name="admin_ticket_time_remove", request_method="POST")
def remove(request: Request) -> Response:
    """Take an entry back; the trail keeps what it said."""
    ticket, entry = _find(request)
    words = {"time": show_minutes(entry.minutes)}
    remove_time(request.registry.site, request.dbsession, ticket, entry, actor(request), request.desk.now)
    request.page.tell(_("${time} removed. The ticket's trail keeps what it said.", mapping=words))
    return to_ticket(request, ticket, ANCHOR)


def _find(request: Request) -> tuple[Ticket, TimeEntry]:
    ticket, entry = find_ticket(request), find_row(request, TimeEntry)
    # the card shows the time of those that were merged into it too
    if entry.ticket_id not in family_ids(request.dbsession, ticket):
        raise HTTPNotFound
    if not may_change(request.technician, entry):
        raise HTTPForbidden
    return ticket, entry


def _draw(request: Request, ticket: Ticket, form: Any, title: Any, entry: TimeEntry | None = None) -> Response:
    back = request.route_path("admin_ticket", number=ticket.number, _anchor=ANCHOR)
    return draw(
        request, "admin/time/entry.pt", form.status, title=title, ticket=ticket, entry=entry,
        form=form.draw_for(request.path, back),
    )  # fmt: skip
