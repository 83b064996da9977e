"""What is done to many tickets of the queue at once: to each by the service of its own page, with its own event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import ColumnElement, select

from novantic_core.i18n import _, plural
from novantic_core.models import Ticket
from novantic_core.services import visibility
from novantic_core.services.assign import assign
from novantic_core.services.change_category import change_category
from novantic_core.services.change_priority import change_priority
from novantic_core.services.change_status import change_status
from novantic_core.services.filter_tickets import ME, NOBODY
from novantic_core.services.list_tickets import MOST_ALARMS, PAGE
from novantic_core.views.admin.base import actor
from novantic_core.views.admin.queue.choices import Choices
from novantic_core.views.admin.queue.menu import address, read_query

MOST = PAGE + MOST_ALARMS
"""Tickets in one go: as many as a page shows."""
Change = Callable[[Ticket], bool]
"""Changes a ticket; whether anything was to be changed."""


@dataclass
class Outcome:
    """What became of each ticket, by number."""

    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@view_config(route_name="admin_tickets_bulk", request_method="POST")
def change_many(request: Request) -> Response:
    """Change the chosen tickets, and say of how many it came true."""
    numbers, changes = _numbers(request), _changes(request)
    page = request.page
    if not numbers:
        page.tell(_("No ticket was chosen, so nothing was changed."))
    elif changes is None:
        page.tell(_("One of the choices is gone, so nothing was changed. Please choose again."))
    elif not changes:
        page.tell(_("Nothing was chosen to be changed."))
    else:
        _tell(request, change_each(request, numbers, changes))
    query = request.typed("queue")
    more = {name: value for name in ("after", "before", "page") if (value := request.typed(name))}
    return HTTPSeeOther(address(read_query(query), **more))


def change_each(request: Request, numbers: list[str], changes: list[Change]) -> Outcome:
    """Make the changes on each ticket; one that can't be changed keeps nobody else from it."""
    site, session, outcome = request.registry.site, request.dbsession, Outcome()
    conditions: list[ColumnElement[bool]] = [Ticket.number.in_(numbers)]
    seen = visibility.visible_tickets(site, request.technician)
    if seen is not None:
        conditions.append(seen)
    tickets = {ticket.number: ticket for ticket in session.scalars(select(Ticket).where(*conditions))}
    for number in numbers:
        ticket = tickets.get(number)
        # what was merged goes on in another ticket
        if ticket is None or ticket.merged_into_id is not None:
            outcome.refused.append(number)
            continue
        changed = [change(ticket) for change in changes]
        (outcome.changed if any(changed) else outcome.same).append(number)
    return outcome


def _numbers(request: Request) -> list[str]:
    """The numbers of the chosen tickets: all that the page listed, by one box, where no script ticks the others."""
    ticked = [one for one in request.POST.getall("number") if isinstance(one, str)]
    typed = request.typed("listed").split() if request.typed("all") else ticked
    return list(dict.fromkeys(number for number in typed if number.isdecimal() and len(number) <= 20))[:MOST]


def _changes(request: Request) -> list[Change] | None:
    """What to do to each; None if a choice isn't there any more."""
    site, session, now, by = request.registry.site, request.dbsession, request.desk.now, actor(request)
    choices = Choices(request)
    chosen = {name: request.typed(name) for name in ("category", "priority", "assignee", "team", "status")}
    offered: dict[str, Any] = {
        "category": choices.categories, "priority": choices.priorities, "assignee": choices.assignees,
        "team": choices.teams, "status": choices.statuses,
    }  # fmt: skip
    if any(value and value not in dict(offered[name]) for name, value in chosen.items()):
        return None
    category, priority, assignee, team, status = chosen.values()
    changes: list[Change] = []
    if category:
        changes.append(lambda ticket: change_category(site, session, ticket, category, by, now))
    if priority:
        changes.append(lambda ticket: change_priority(site, session, ticket, priority, by, now))
    if assignee or team:
        whom = {ME: request.technician.id, NOBODY: None}.get(assignee, int(assignee) if assignee.isdecimal() else None)
        changes.append(
            lambda ticket: assign(
                site, session, ticket, by, now, assignee_id=whom if assignee else ticket.assignee_id, team=team or None
            )
        )
    if status:
        changes.append(lambda ticket: change_status(site, session, ticket, status, by, now))
    return changes


def _tell(request: Request, outcome: Outcome) -> None:
    words, page = request.localizer.plural, request.page
    said = []
    if outcome.changed:
        said.append(words(plural("${n} ticket was changed.", "${n} tickets were changed."), len(outcome.changed)))
    if outcome.same:
        forms = plural("${n} was like this already.", "${n} were like this already.")
        said.append(words(forms, len(outcome.same)))
    if outcome.refused:
        forms = plural("${n} could not be changed: ${which}.", "${n} could not be changed: ${which}.")
        which = ", ".join(f"#{number}" for number in outcome.refused)
        said.append(words(forms, len(outcome.refused), which=which))
    page.tell(" ".join(said))
