"""Why a ticket is as it is: the reasons that hold now, and what each plugin did, event by event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.i18n import _
from novantic_core.models import Event, HookTrace, Technician, Ticket
from novantic_core.services.keep_trace import find_traces
from novantic_core.values import Text
from novantic_core.views.admin.base import draw, find_any_ticket
from novantic_core.views.admin.tickets.call_words import CallTable, CallWords
from novantic_core.views.admin.tickets.thread import read_events
from novantic_core.views.admin.tickets.trail import NOTHING, Line, Trail

Why = tuple[Text, str]
"""A sentence, and the name of the plugin that said it; empty for none."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """An event, with the calls that belong to it."""

    line: Line
    tables: Sequence[CallTable]
    forgotten: bool
    """Whether it is too long ago for its calls to be kept."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a ticket is now, and why: sentences, each with the name of the plugin that said it, if one did."""

    label: Text
    value: Text
    why: Sequence[Why]


@view_config(route_name="admin_ticket_why", request_method="GET")
def why(request: Request) -> Response:
    """The reasons first, then the events, the newest last; also of a ticket that was merged."""
    ticket, session = find_any_ticket(request), request.dbsession
    people = session.execute(select(Technician.id, Technician.email, Technician.name)).all()
    trail = Trail(request, {one.email: one.name for one in people})
    events, traces = read_events(request, ticket), find_traces(session, ticket)
    days = request.registry.site.settings.trace_days
    words, before = CallWords(trail), request.desk.now - timedelta(days=days)
    chapters = [
        Chapter(line, [words.table(row) for row in traces.get(event.id, ())], event.at <= before)
        for event, line in zip(events, trail.lines(events), strict=True)
    ]
    assigned = next((one.name for one in people if one.id == ticket.assignee_id), None)
    merged = select(Ticket.number).where(Ticket.merged_into_id == ticket.id).order_by(Ticket.id)
    return draw(
        request, "admin/tickets/why.pt", ticket=ticket, chapters=chapters, days=days,
        reasons=_Reasons(trail, ticket, events, traces).all(assigned), merged=list(session.scalars(merged)),
        into=session.get_one(Ticket, ticket.merged_into_id).number if ticket.merged_into_id else None,
    )  # fmt: skip


class _Reasons:
    """What speaks for each thing that somebody may wonder about."""

    def __init__(
        self, trail: Trail, ticket: Ticket, events: Sequence[Event], traces: Mapping[int, Sequence[HookTrace]]
    ) -> None:  # fmt: skip
        self.trail, self.ticket, self.events, self.traces = trail, ticket, events, traces

    def all(self, assigned: str | None) -> list[Reason]:
        """Priority, team, assignee and category, each with why."""
        ticket, site = self.ticket, self.trail.site
        routed = [one for one in ticket.reasons if one["what"] == "route"]
        nobody = [(_("The site’s default: nobody asked for another one."), "")]
        return [
            Reason(
                _("Priority"), site.priority_label(ticket.priority),
                self._changed("priority") or self._said("priority", self._proposals()) or nobody,
            ),
            Reason(
                _("Team"), site.team_label(ticket.team),
                self._changed("team") or self._said("team", [one for one in routed if one["value"] == ticket.team])
                or nobody,
            ),
            Reason(
                _("Assigned to"), assigned or NOTHING,
                self._changed("assignee") or (self._said("assignee", routed) if assigned else []),
            ),
            Reason(
                _("Category"), self.trail.value("category", ticket.category_key),
                self._changed("category") or self._completed() or self._chosen(),
            ),
        ]  # fmt: skip

    def _proposals(self) -> list[dict[str, Any]]:
        made = [one for one in self.ticket.reasons if one["what"] == "priority"]
        # what it became so by comes first
        return sorted(made, key=lambda one: one["value"] != self.ticket.priority)

    def _changed(self, what: str) -> list[Why]:
        """Who changed it since, if anybody did."""
        changes = [event for event in self.events if what in event.changes]
        if not changes:
            return []
        last, page = changes[-1], self.trail.request.page
        given = {"name": page.words(self.trail.by(last)), "date": page.date(last.at)}
        return [(_("Set by ${name} on ${date}", mapping=given), "")]

    def _said(self, name: str, reasons: Sequence[Mapping[str, Any]]) -> list[Why]:
        found: list[Why] = []
        for one in reasons:
            value = self.trail.value(
                name if name == "priority" or one["value"] == self.ticket.team else "assignee", one["value"]
            )
            words = _(
                "${label}: ${value}", mapping={"label": value, "value": self.trail.request.page.words(one["reason"])}
            )
            found.append((words if one["reason"] else value, one["plugin"]))
        return found

    def _completed(self) -> list[Why]:
        calls = [call for rows in self.traces.values() for row in rows for call in row.calls]
        by = [call["plugin"] for call in calls if "category" in call["changed"].get("draft", {})]
        return [(_("Chosen by a plugin when the ticket was opened"), by[-1])] if by else []

    def _chosen(self) -> list[Why]:
        return [(_("Chosen when the ticket was opened"), "")] if self.ticket.category_key else []
