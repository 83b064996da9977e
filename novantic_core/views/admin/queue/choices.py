"""What the queue's filters and its actions on many tickets let one choose from, and the words of what was chosen."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from novantic_core.cached import cached_property
from novantic_core.i18n import _
from novantic_core.models import Organisation, Technician
from novantic_core.models.ticket import STATUSES
from novantic_core.services.filter_tickets import ALL, ME, NOBODY, TicketFilter
from novantic_core.services.tell_brands import brand_labels
from novantic_core.services.visibility import hidden_teams
from novantic_core.values import Text
from novantic_core.views.admin.base import STATUS_WORDS
from novantic_core.views.admin.queue.menu import address

Choice = tuple[str, Text]


class Choices:
    """The choices of one page: value and words of each."""

    def __init__(self, request: Request) -> None:
        self.request, self.site = request, request.registry.site

    @cached_property
    def statuses(self) -> list[Choice]:
        """The statuses."""
        return [(status, STATUS_WORDS[status]) for status in STATUSES]

    @cached_property
    def categories(self) -> list[Choice]:
        """All categories; what is hidden from clients can still be what a ticket is about."""
        return [(key, category.label) for key, category in self.site.all_categories.items()]

    @cached_property
    def priorities(self) -> list[Choice]:
        """The levels, the most urgent first."""
        return [(key, level.label) for key, level in reversed(self.site.priorities.items())]

    @cached_property
    def teams(self) -> list[Choice]:
        """The teams that are offered."""
        return [(team.key, team.label) for team in self.site.teams.values() if not team.hidden]

    @cached_property
    def seen_teams(self) -> list[Choice]:
        """Those of them whose tickets this technician sees."""
        hidden = set(hidden_teams(self.site, self.request.technician))
        return [choice for choice in self.teams if choice[0] not in hidden]

    @cached_property
    def technicians(self) -> list[Choice]:
        """Who is at work, by name."""
        rows = self.request.dbsession.execute(
            select(Technician.id, Technician.name).where(Technician.active).order_by(Technician.name, Technician.id)
        )
        return [(str(row.id), row.name) for row in rows]

    @cached_property
    def brands(self) -> list[Choice]:
        """The brands, the main one first; a field of one choice isn't shown."""
        return list(brand_labels(self.site, self.request.locale_name).items())

    def filters(self, chosen: TicketFilter) -> list[dict[str, Any]]:
        """The fields that filter the queue; what is chosen and no longer offered can still be kept."""
        site = self.site
        fields: tuple[tuple[str, Text, Text, list[Choice], Any], ...] = (
            ("category", _("Category"), _("All categories"), self.categories, site.category_label),
            ("priority", _("Priority"), _("All priorities"), self.priorities, site.priority_label),
            ("team", _("Team"), _("All teams"), self.seen_teams, site.team_label),
            ("assignee", _("Assignee"), _("Anybody"), self.assignees, str),
            ("brand", _("Brand"), _("All brands"), self.brands, str),
        )
        found = []
        for name, label, every, options, words in fields:
            value = getattr(chosen, name)
            kept = [] if not value or value in dict(options) else [(value, words(value))]
            if len(options) > 1 or value:
                given = {"name": name, "label": label, "every": every, "value": value}
                found.append({**given, "options": [*options, *kept]})
        return found

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The fields that change many tickets."""
        fields: tuple[tuple[str, Text, list[Choice]], ...] = (
            ("assignee", _("Assignee"), self.assignees),
            ("status", _("Status"), self.statuses),
            ("priority", _("Priority"), self.priorities),
            ("category", _("Category"), self.categories),
            ("team", _("Team"), self.teams),
        )
        return [{"name": name, "label": label, "options": options} for name, label, options in fields if options]

    @property
    def assignees(self) -> list[Choice]:
        """Whose tickets may be shown."""
        return [(ME, _("Me")), (NOBODY, _("Nobody")), *self.technicians]


def filter_words(request: Request, chosen: TicketFilter, choices: Choices) -> list[dict[str, Any]]:
    """The filters that are set, each in words and with the address that is without it."""
    site, words = request.registry.site, request.page.words
    found: list[tuple[str, Text, str]] = []
    if chosen.q:
        found.append(("q", _("Words"), chosen.q))
    if chosen.status:
        found.append(("status", _("Status"), _("All") if chosen.status == ALL else STATUS_WORDS[chosen.status]))
    if chosen.category:
        found.append(("category", _("Category"), site.category_label(chosen.category)))
    if chosen.priority:
        found.append(("priority", _("Priority"), site.priority_label(chosen.priority)))
    if chosen.team:
        found.append(("team", _("Team"), site.team_label(chosen.team)))
    if chosen.assignee:
        found.append(("assignee", _("Assignee"), _assignee(request, chosen.assignee, choices)))
    if chosen.organisation is not None:
        name = request.dbsession.scalar(select(Organisation.name).where(Organisation.id == chosen.organisation))
        found.append(("organisation", _("Organisation"), name or _("unknown")))
    if chosen.brand:
        found.append(("brand", _("Brand"), dict(choices.brands).get(chosen.brand, chosen.brand)))
    marks = (("critical", _("Critical"), _("yes")), ("missed", _("Mail"), _("not delivered")))
    found.extend(mark for mark in marks if getattr(chosen, mark[0]))
    return [
        {"label": words(label), "value": words(value), "path": address(chosen.without(name))}
        for name, label, value in found
    ]  # fmt: skip


def _assignee(request: Request, assignee: str, choices: Choices) -> Text:
    known = dict(choices.assignees)
    if assignee in known:
        return known[assignee]
    # somebody who left
    name = request.dbsession.scalar(select(Technician.name).where(Technician.id == int(assignee)))
    return name or _("unknown")
