"""The months: what each organisation, ticket and technician took, as pages and as files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from babel.dates import format_date
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.downloads import csv_response
from novantic_core.forms.time import show_minutes
from novantic_core.i18n import _
from novantic_core.models import Organisation
from novantic_core.services.sum_time import Month, TimeSums
from novantic_core.values import Text
from novantic_core.views.admin.base import draw

BAD_MONTH = _("Please give a month as 2026-02.")
NOBODY = _("Without an organisation")


def _month(request: Request) -> tuple[Month, Text | None]:
    """The month that was asked for, this one unless told; and what is wrong with what was typed."""
    now = Month.of(request.desk.now, request.registry.site.settings.timezone)
    typed = request.GET.get("month", "").strip()
    try:
        return (Month.read(typed) if typed else now), None
    except ValueError:
        return now, BAD_MONTH


def _sums(request: Request, month: Month) -> TimeSums:
    return TimeSums(request.registry.site, request.dbsession, request.technician, month)


def month_words(request: Request, month: Month) -> str:
    """``novembre 2026``."""
    return format_date(month.first, "LLLL y", locale=request.locale_name)


def _common(request: Request, month: Month, error: Text | None) -> dict[str, Any]:
    return {
        "month": month, "month_words": month_words(request, month), "error": error, "show": show_minutes,
        "before": month.shifted(-1), "after": month.shifted(1),
        "current": Month.of(request.desk.now, request.registry.site.settings.timezone),
    }  # fmt: skip


@view_config(route_name="admin_time", request_method="GET")
def overview(request: Request) -> Response:
    """A month by organisation and by technician."""
    month, error = _month(request)
    sums = _sums(request, month)
    return draw(
        request, "admin/time/month.pt", 422 if error else 200, organisations=sums.by_organisation(),
        technicians=sums.by_technician(), whole=sums.whole, **_common(request, month, error),
    )  # fmt: skip


@view_config(route_name="admin_time_sheet", request_method="GET")
def sheet(request: Request) -> Response:
    """A month of one organisation, ticket by ticket, fit for printing."""
    key, organisation = _organisation(request)
    month, error = _month(request)
    sums = _sums(request, month)
    entries = sums.entries(key)
    tickets = [list(rows) for _number, rows in groupby(entries, lambda row: row.number)]
    return draw(
        request, "admin/time/sheet.pt", 422 if error else 200, organisation=organisation, tickets=tickets,
        name=organisation.name if organisation else NOBODY, spent=sum(row.minutes for row in entries),
        billed=sum(row.minutes for row in entries if row.billable), whole=sums.whole, key=key or "none",
        **_common(request, month, error),
    )  # fmt: skip


@view_config(route_name="admin_time_sheet_csv", request_method="GET")
def sheet_file(request: Request) -> Response:
    """The same as a file."""
    key, _row = _organisation(request)
    month, _error = _month(request)
    return _entries_file(request, f"time-{month}-{key or 'none'}.csv", _sums(request, month).entries(key))


@view_config(route_name="admin_time_csv", request_method="GET")
def month_file(request: Request) -> Response:
    """A month as a file: a line for each organisation, technician, ticket or entry."""
    month, _error = _month(request)
    sums, what = _sums(request, month), request.matchdict["what"]
    filename = f"time-{month}-{what}.csv"
    if what == "entry":
        return _entries_file(request, filename, sums.entries(everybody=True))
    header: list[Text]
    if what == "organisation":
        header = [_("Organisation"), _("Contract"), _("Tickets")]
        rows = [
            [row.name or _words(request, NOBODY), _yes(request, bool(row.contract)), row.tickets, *_amounts(row)]
            for row in sums.by_organisation()
        ]
    elif what == "technician":
        header = [_("Technician"), _("Tickets")]
        rows = [[row.name, row.tickets, *_amounts(row)] for row in sums.by_technician()]
    else:
        header = [_("Ticket"), _("Subject"), _("Organisation")]
        rows = [[row.number, row.subject, row.organisation or "", *_amounts(row)] for row in sums.by_ticket()]
    header += [_("Minutes"), _("Minutes billed"), _("Minutes not billed"), _("Hours billed")]
    return csv_response(request, filename, header, rows)


def _entries_file(request: Request, filename: str, entries: Sequence[Any]) -> Response:
    header = [
        _("Day"), _("Organisation"), _("Ticket"), _("Subject"), _("Technician"), _("What was done"), _("Minutes"),
        _("Billed"), _("Why"),
    ]  # fmt: skip
    zone = request.registry.site.settings.timezone
    rows = (
        [
            row.spent_on.astimezone(zone).date().isoformat(), row.organisation or "", row.number, row.subject,
            row.technician, row.note, row.minutes, _yes(request, row.billable), _words(request, row.reason),
        ]
        for row in entries
    )  # fmt: skip
    return csv_response(request, filename, header, rows)


def _amounts(row: Any) -> list[int | float]:
    return [row.minutes, row.billed, row.minutes - row.billed, round(row.billed / 60, 2)]


def _words(request: Request, text: Text) -> str:
    return str(request.page.words(text))


def _yes(request: Request, yes: bool) -> str:
    return _words(request, _("yes") if yes else _("no"))


def _organisation(request: Request) -> tuple[int | None, Organisation | None]:
    key = request.matchdict["organisation"]
    if key == "none":
        return None, None
    row = request.dbsession.get(Organisation, int(key)) if len(key) < 10 else None
    if row is None:
        raise HTTPNotFound
    return row.id, row
