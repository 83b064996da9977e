"""The audit trail: what happened to tickets, and what was done to the desk itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from babel.numbers import format_decimal
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.downloads import csv_response
from novantic_core.i18n import _
from novantic_core.models import Action, Event, Technician
from novantic_core.services.read_trail import (
    LONGEST_FILE,
    Place,
    TrailFilter,
    all_actions,
    all_events,
    find_actions,
    find_events,
)
from novantic_core.values import Text
from novantic_core.views.admin.audit import DeskTrail, sentences
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.operations.days import read_days
from novantic_core.views.admin.tickets.trail import Trail

EVENT_KINDS: Mapping[str, Text] = {
    "opened": _("Ticket opened"), "replied": _("Reply or answer"), "noted": _("Internal note"),
    "status_changed": _("Change of status"), "assigned": _("Assignment"), "priority_changed": _("Change of priority"),
    "category_changed": _("Change of category"), "contact_changed": _("Change of contact"),
    "fields_changed": _("Change of details"), "acknowledged": _("Acknowledgement"), "called_back": _("Call-back"),
    "merged": _("Tickets merged"), "unmerged": _("Merge undone"), "split": _("Split"), "linked": _("Link"),
    "unlinked": _("Link removed"), "followed": _("Follower added"), "unfollowed": _("Follower removed"),
    "time_noted": _("Time spent"), "access_requested": _("Access link asked for"),
}  # fmt: skip
"""Kinds of events, to filter by."""


@dataclass
class Query:
    """What the address of the page asks for, and what is wrong with it."""

    about_desk: bool
    wanted: TrailFilter
    typed: dict[str, str]
    errors: dict[str, Text]
    after: Place | None

    @property
    def filtered(self) -> bool:
        """Whether it asks for less than all."""
        return any(self.typed.values())


def read_query(request: Request) -> Query:
    """Read the address. What can't be read is told, and doesn't count."""
    about_desk = request.GET.get("of") == "desk"
    names = ("kind", "who", "about", "since", "until") if about_desk else ("kind", "who", "ticket", "since", "until")
    # PostgreSQL takes no NUL
    typed = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in names}
    days, errors = read_days(request, typed)
    wanted = TrailFilter(
        kind=typed["kind"], who=typed["who"], number=typed.get("ticket", "").lstrip("#"), about=typed.get("about", ""),
        since=days["since"], until=days["until"],
    )  # fmt: skip
    return Query(about_desk, wanted, typed, errors, _place(request.GET.get("after", "")))


def _place(text: str) -> Place | None:
    at, _comma, ident = text.rpartition(",")
    with contextlib.suppress(ValueError, OverflowError):
        when = datetime.fromisoformat(at)
        if when.tzinfo is not None and ident.isdecimal() and len(ident) < 16:
            return Place(when.astimezone(UTC), int(ident))
    return None


def _address(request: Request, route: str, query: Query, **other: Any) -> str:
    asked = {"of": "desk" if query.about_desk else "", **query.typed, **other}
    return str(request.route_path(route, _query={name: value for name, value in asked.items() if value}))


@view_config(route_name="admin_audit", request_method="GET")
def audit(request: Request) -> Response:
    """A page of it, the newest first."""
    query, session = read_query(request), request.dbsession
    if query.about_desk:
        actions, following = find_actions(session, query.wanted, query.after)
        lines = list(_action_lines(request, actions))
    else:
        site = request.registry.site
        events, following = find_events(site, session, request.technician, query.wanted, query.after)
        lines = list(_event_lines(request, events))
    kinds = sentences(request) if query.about_desk else EVENT_KINDS
    return draw(
        request, "admin/operations/audit.pt", query=query, lines=lines,
        longest=format_decimal(LONGEST_FILE, locale=request.locale_name),
        kinds={kind: _bare(words) for kind, words in kinds.items()},
        older=following and _address(request, "admin_audit", query, after=f"{following.at.isoformat()},{following.id}"),
        newest=_address(request, "admin_audit", query) if query.after else None,
        csv=_address(request, "admin_audit_csv", query), clear=_address(request, "admin_audit", _cleared(query)),
    )  # fmt: skip


def _cleared(query: Query) -> Query:
    return Query(query.about_desk, query.wanted, {}, {}, None)


def _bare(words: Text) -> Text:
    """A sentence as the name of its kind: without what it was done to."""
    return _(words, mapping={"what": "…"})


def _event_lines(request: Request, events: Iterable[tuple[Event, str, str]]) -> Iterable[dict[str, Any]]:
    people = {row.email: row.name for row in request.dbsession.execute(select(Technician.email, Technician.name))}
    trail = Trail(request, people)
    for event, number, subject in events:
        words = trail.words(event)
        yield {"at": event.at, "by": trail.by(event), "words": words[0], "more": words[1:], "number": number,
               "subject": subject}  # fmt: skip


def _action_lines(request: Request, actions: Iterable[Action]) -> Iterable[dict[str, Any]]:
    trail = DeskTrail(request)
    for action in actions:
        yield {"at": action.at, "by": trail.by(action), "words": trail.sentence(action), "more": trail.changes(action),
               "number": None, "subject": ""}  # fmt: skip


@view_config(route_name="admin_audit_csv", request_method="GET")
def audit_csv(request: Request) -> Response:
    """All of it that the filters let through, as a file."""
    query, session, say = read_query(request), request.dbsession, request.page.words
    if query.about_desk:
        lines = _action_lines(request, all_actions(session, query.wanted))
    else:
        site = request.registry.site
        lines = _event_lines(request, all_events(site, session, request.technician, query.wanted))
    zone = request.registry.site.settings.timezone
    rows = (
        [line["at"].astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"), say(line["by"]), line["number"] or "",
         line["subject"], "; ".join(say(words) for words in (line["words"], *line["more"]))]
        for line in lines
    )  # fmt: skip
    header = [_("When"), _("Who"), _("Ticket"), _("Subject"), _("What")]
    return csv_response(request, "desk-trail.csv" if query.about_desk else "ticket-trail.csv", header, rows)
