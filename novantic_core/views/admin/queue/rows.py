"""Tickets of the queue as their rows show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pyramid.request import Request
from sqlalchemy import Row

from novantic_core.models.message import REPLY
from novantic_core.models.ticket import CLOSED, WAITING
from novantic_core.services.filter_tickets import TicketFilter
from novantic_core.services.tell_brands import brand_labels, has_brands
from novantic_core.views.admin.base import STATUS_WORDS
from novantic_core.views.admin.queue.ages import age, exact_age
from novantic_core.views.admin.queue.menu import address

TAGS = {WAITING: "waiting", CLOSED: "shut"}


class Rows:
    """Draws the values of rows; what all of them need is looked up once."""

    def __init__(self, request: Request, now: datetime) -> None:
        self.request, self.page, self.now = request, request.page, now
        self.site = request.registry.site
        words = request.localizer.translate
        self.categories = {key: words(one.label) for key, one in self.site.all_categories.items()}
        self.priorities = {key: words(level.label) for key, level in self.site.priorities.items()}
        self.teams = {key: team.label for key, team in self.site.teams.items()}
        self.brands = brand_labels(self.site, request.locale_name) if has_brands(self.site) else {}
        self.statuses = {key: words(label) for key, label in STATUS_WORDS.items()}
        self.raised = {
            key for key, level in self.site.priorities.items() if level.rank > self.site.default_priority.rank
        }

    def all(self, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
        """Each row's values for the template."""
        return [self.one(row) for row in rows]

    def one(self, row: Row[Any]) -> dict[str, Any]:
        """A row's values."""
        client = row.organisation or row.company
        return {
            "number": row.number,
            "path": f"/admin/tickets/{row.number}",
            "subject": row.subject,
            "critical": row.critical,
            "alarm": row.critical and row.acknowledged_at is None and row.status != CLOSED,
            "call_back": row.call_back,
            "missed": row.missed,
            "merged": row.merged_into_id is not None,
            "client": client,
            "client_path": address(TicketFilter(organisation=row.organisation_id)) if row.organisation_id else None,
            "name": row.name if client != row.name else "",
            "phone": row.phone,
            "call": "".join(c for c in row.phone if c.isdecimal() or c == "+"),
            "category": self.category(row.category_key),
            "priority": self.priorities.get(row.priority, row.priority),
            "raised": row.priority in self.raised,
            "brand": self.brands.get(row.brand, row.brand) if self.brands else "",
            "created": self.time(row.created_at),
            "exact_age": " ".join(self.page.words(part) for part in exact_age(self.now - row.created_at)),
            "assignee": row.assignee,
            "team": self.teams.get(row.team, row.team) if len(self.teams) > 1 else "",
            "last": self.time(row.last_word_at or row.updated_at),
            "last_by": row.last_author if row.last_kind == REPLY else None,
            "status": self.statuses.get(row.status, row.status),
            "status_tag": TAGS.get(row.status, "open"),
        }

    def category(self, key: str | None) -> str:
        """A category's words; those it once had, if nobody offers it any more."""
        if key is None:
            return ""
        return str(self.categories.get(key) or self.page.words(self.site.category_label(key)))

    def time(self, when: datetime) -> dict[str, str]:
        """A time: how long ago in few letters, and exactly."""
        passed = self.now - when
        return {"age": self.page.words(age(passed)), "exact": self.page.date(when), "iso": when.isoformat()}
