"""The first page of the back office: how things stand, and how they went."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.delivery.troubles import troubles
from novantic_core.downloads import csv_response
from novantic_core.i18n import _, plural
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.period import LENGTHS, Chosen, read_period
from novantic_core.services.filter_tickets import TicketFilter
from novantic_core.services.measure_times import first_answers, solutions
from novantic_core.services.tally_tickets import TicketCounts
from novantic_core.services.tell_brands import has_brands
from novantic_core.values import Text, Trouble
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.figures import pictures, tables
from novantic_core.views.admin.queue.menu import address

CRITICAL = plural("to acknowledge, of ${n} critical ticket", "to acknowledge, of ${n} critical tickets")


def _counts(request: Request, chosen: Chosen) -> TicketCounts:
    return TicketCounts(request.registry.site, request.dbsession, request.technician, chosen.period, request.desk.now)


@view_config(route_name="admin", request_method="GET")
def dashboard(request: Request) -> Response:
    """Today's figures, pictures of a period with the table behind each, and what plugins show here."""
    chosen = read_period(request)
    counts = _counts(request, chosen)
    standing = counts.standing()
    made = [
        tables.days(request, counts),
        tables.answers(request, first_answers(counts)),
        tables.solved(request, solutions(counts)),
        tables.ages(standing),
        tables.categories(request, counts),
        tables.organisations(request, counts),
        tables.technicians(request, counts),
        *([tables.brands(request, counts)] if has_brands(request.registry.site) else []),
    ]
    return draw(
        request, "admin/dashboard.pt", 422 if chosen.errors else 200, standing=standing, chosen=chosen, lengths=LENGTHS,
        critical=request.localizer.plural(CRITICAL, standing.critical),
        cards=[(table, None if table.empty else pictures.draw(request, table)) for table in made],
        alt=_told, wide=None if made[0].empty else pictures.draw(request, made[0], wide=True),
        show=lambda minutes: tables.show_wait(request, minutes), whole=counts.whole,
        waited=_waited(request, standing.oldest), queue=lambda **filters: address(TicketFilter(**filters)),
        troubles=_troubles(request),
        day=lambda day: tables.day_words(request, day), parts=request.page.parts("admin_dashboard", chosen.period),
    )  # fmt: skip


def _troubles(request: Request) -> list[Trouble]:
    """What lags behind, for those who can do something about it."""
    if request.technician.role != ADMINISTRATOR:
        return []
    return troubles(request.registry.site, request.dbsession, request.desk.now)


def _told(table: tables.Table) -> Text:
    """What stands in the place of a picture for who doesn't see it."""
    return _("${title}. The figures are in the table that follows.", mapping={"title": table.title})


def _waited(request: Request, oldest: Any) -> str:
    """How long the oldest ticket without an answer has waited."""
    if oldest is None:
        return ""
    return tables.show_wait(request, round((request.desk.now - oldest[1]).total_seconds() / 60))


@view_config(route_name="admin_figures_csv", request_method="GET")
def figures(request: Request) -> Response:
    """One of the tables as a file."""
    chosen = read_period(request)
    table = tables.make_table(request, _counts(request, chosen), request.matchdict["table"])
    header = [table.head, *(table.file_columns or table.columns)]
    filename = f"{table.name}-{chosen.period.first}-{chosen.period.last}.csv"
    return csv_response(request, filename, header, table.lines(request.page.words))
