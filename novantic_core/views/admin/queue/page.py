"""The queue's page: what a filter shows, fifty tickets at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.i18n import _
from novantic_core.models import Organisation
from novantic_core.services import visibility
from novantic_core.services.filter_tickets import NEWEST, TicketFilter, read_filter
from novantic_core.services.list_tickets import list_alarms, list_tickets
from novantic_core.services.search_tickets import LAST_PAGE, number_of, search_tickets
from novantic_core.values import Text
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.queue.choices import Choices, filter_words
from novantic_core.views.admin.queue.menu import USUAL, address
from novantic_core.views.admin.queue.rows import Rows

COLUMNS: tuple[tuple[str, Text, bool], ...] = (
    ("subject", _("Ticket"), False),
    ("client", _("Client"), False),
    ("category", _("Category"), False),
    ("priority", _("Priority"), True),
    ("created", _("Age"), True),
    ("assignee", _("Assignee"), False),
    ("updated", _("Last word"), True),
    ("status", _("Status"), False),
)
"""What is sorted by, the words of it, and whether the greatest comes first when it is first chosen."""
FOUND_COLUMNS = frozenset(("subject", "client", "created", "assignee", "status"))
"""Those of what words find: the sentence that has them needs the room of the others."""
MOST_NAMED = 8


@view_config(route_name="admin_tickets", request_method="GET")
def queue(request: Request) -> Response:
    """A page of the queue; a ticket's number in the search leads straight to the ticket."""
    chosen = read_filter(request.GET)
    number = number_of(chosen.q)
    site, session, technician = request.registry.site, request.dbsession, request.technician
    if number is not None and visibility.find_ticket(site, session, technician, number) is not None:
        return HTTPSeeOther(request.route_path("admin_ticket", number=number))
    named = request.GET.get("organisation", "").strip()
    if named and chosen.organisation is None:
        return _by_name(request, chosen, named)
    return show_found(request, chosen) if chosen.q else show(request, chosen)


def show(request: Request, chosen: TicketFilter, status: int = 200, **values: Any) -> Response:
    """The page of a filter; ``values`` say what was wrong with a form of it."""
    site, session, technician = request.registry.site, request.dbsession, request.technician
    words = request.localizer.translate
    categories = sorted(site.all_categories.items(), key=lambda pair: words(pair[1].label).casefold())
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = list_tickets(
        site, session, technician, chosen, after=after, before=before, categories=[key for key, _one in categories]
    )
    counts = request.queue_menu.count()
    rows = Rows(request, request.desk.now)
    first = page.before is None
    alarms = rows.all(list_alarms(site, session, technician, chosen)) if first and chosen.is_live else []
    above = {alarm["number"] for alarm in alarms}
    return _draw(
        request, chosen, status, alarms=alarms, rows=rows.all(row for row in page.rows if row.number not in above),
        columns=_columns(chosen), latest_event=counts.latest_event,
        newer=address(chosen, before=page.before) if page.before else None,
        older=address(chosen, after=page.after) if page.after else None, **values,
    )  # fmt: skip


def _draw(request: Request, chosen: TicketFilter, status: int = 200, **values: Any) -> Response:
    choices = Choices(request)
    return draw(request, "admin/tickets/queue.pt", status, **{
        "chosen": chosen, "title": _title(request, chosen), "alarms": [], "found": None, "orders": [],
        "fields": choices.filters(chosen), "changes": choices.changes,
        "active": filter_words(request, chosen, choices), "query": chosen.query,
        "query_string": urlencode(chosen.query), "here": address(chosen), "first_page": address(chosen),
        "latest_event": 0, "view_error": None, "view_name": "", "organisations": None, "organisation_typed": "",
        **values,
    })  # fmt: skip


def show_found(request: Request, chosen: TicketFilter) -> Response:
    """What words find, the best first or the newest."""
    typed = request.GET.get("page", "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and 0 < len(typed) < 6 else 1
    number = min(max(number, 1), LAST_PAGE)
    found = search_tickets(
        request.registry.site, request.dbsession, request.technician, chosen, request.page.in_each_language, number
    )
    drawn = Rows(request, request.desk.now).all(found.rows)
    for row, values in zip(found.rows, drawn, strict=True):
        values["excerpt"] = found.excerpts.get(row.id)
    orders = [
        (_("Best first"), address(chosen.without("sort")), chosen.sort != NEWEST),
        (_("Newest first"), address(replace(chosen, sort=NEWEST)), chosen.sort == NEWEST),
    ]
    before = address(chosen, page=str(number - 1)) if number > 2 else address(chosen)
    return _draw(
        request, chosen, rows=drawn, found=found, orders=orders, columns=_plain_columns(), page_number=number,
        newer=before if number > 1 else None,
        older=address(chosen, page=str(number + 1)) if found.more else None,
    )  # fmt: skip


def _plain_columns() -> list[dict[str, Any]]:
    return [
        {"name": name, "label": label, "path": None, "order": None}
        for name, label, _falling in COLUMNS
        if name in FOUND_COLUMNS
    ]


def _title(request: Request, chosen: TicketFilter) -> Text:
    """The name that the menu has for a filter."""
    for _name, label, usual in (*request.queue_menu.own, *request.queue_menu.brands, *USUAL):
        if usual.same_tickets(chosen):
            return label
    return _("Search results") if chosen.q else _("Tickets")


def _columns(chosen: TicketFilter) -> list[dict[str, Any]]:
    """The heads of the columns: each sorts, and the one that does turns round."""
    by, falling = chosen.sort.removeprefix("-"), chosen.sort.startswith("-")
    heads = []
    for name, label, greatest_first in COLUMNS:
        down = not falling if name == by else greatest_first
        # an age grows as the time it counts from falls
        order = None if name != by else "descending" if falling != (name == "created") else "ascending"
        path = address(replace(chosen, sort=f"-{name}" if down else name))
        heads.append({"name": name, "label": label, "path": path, "order": order})
    return heads


def _by_name(request: Request, chosen: TicketFilter, typed: str) -> Response:
    """The queue of an organisation whose name, or the beginning of it, was typed."""
    name = typed[:120].casefold().replace("\0", "")
    found = request.dbsession.execute(
        select(Organisation.id, Organisation.name, Organisation.name_key)
        # from the start of any of its words: many names begin with what they all are, as "Garage …"
        .where(
            Organisation.name_key.startswith(name, autoescape=True)
            | Organisation.name_key.contains(f" {name}", autoescape=True)
        )
        .order_by(Organisation.name_key)
        .limit(MOST_NAMED)
    ).all()
    exact = [row for row in found if row.name_key == name] or (found if len(found) == 1 else [])
    if exact:
        return HTTPSeeOther(address(replace(chosen, organisation=exact[0].id)))
    offered = [{"name": row.name, "path": address(replace(chosen, organisation=row.id))} for row in found]
    return show(request, chosen, organisations=offered, organisation_typed=typed)
