"""The queue's filters in the menu of every page: the usual ones, and a technician's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pyramid.request import Request

from novantic_core.cached import cached_property
from novantic_core.i18n import _
from novantic_core.models.ticket import CLOSED, OPEN, WAITING
from novantic_core.services.count_tickets import MOST, Counts, count_tickets, is_counted
from novantic_core.services.filter_tickets import ME, NOBODY, TicketFilter, read_filter
from novantic_core.services.saved_view import saved_views
from novantic_core.services.tell_brands import brand_labels, has_brands
from novantic_core.values import Text

PATH = "/admin/tickets"
USUAL: tuple[tuple[str, Text, TicketFilter], ...] = (
    ("all", _("All open tickets"), TicketFilter()),
    ("mine", _("My tickets"), TicketFilter(assignee=ME)),
    ("unassigned", _("Unassigned"), TicketFilter(assignee=NOBODY)),
    ("critical", _("Critical tickets"), TicketFilter(critical=True)),
    ("missed", _("Mail not delivered"), TicketFilter(missed=True)),
    ("open", _("Waiting for us"), TicketFilter(status=OPEN)),
    ("waiting", _("Waiting for the client"), TicketFilter(status=WAITING)),
    ("closed", _("Closed tickets"), TicketFilter(status=CLOSED)),
)


@dataclass(frozen=True)
class Item:
    """A filter of the menu. ``count`` is None where it isn't known, or where there is none."""

    name: str
    label: Text
    path: str
    current: bool
    count: str | None
    counted: bool


def address(chosen: TicketFilter, **more: str) -> str:
    """The queue with a filter."""
    query = urlencode({**chosen.query, **more})
    return f"{PATH}?{query}" if query else PATH


def count_words(count: int) -> str:
    """A count as it is shown: "12", "499+"."""
    return f"{MOST - 1}+" if count >= MOST else str(count)


def read_query(query: str) -> TicketFilter:
    """The filter of a saved view."""
    return read_filter(dict(parse_qsl(query)))


class QueueMenu:
    """``request.queue_menu``. The queue's own page counts; the others have a script ask for the counts."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.counts: Counts | None = None

    @cached_property
    def current(self) -> TicketFilter | None:
        """The filter of this page; None for a page that isn't the queue's, and for an address that is no text."""
        try:
            return read_filter(self.request.GET) if self.request.path == PATH else None
        except UnicodeDecodeError:
            return None

    @property
    def typed(self) -> str:
        """The words that were looked for, for the field of the bar."""
        return self.current.q if self.current else ""

    @cached_property
    def own(self) -> list[tuple[str, Text, TicketFilter]]:
        """The technician's saved views."""
        views = saved_views(self.request.dbsession, self.request.technician.id)
        return [(f"view{view.id}", view.name, read_query(view.query)) for view in views]

    @cached_property
    def brands(self) -> list[tuple[str, Text, TicketFilter]]:
        """A filter for each brand, where there are several."""
        site = self.request.registry.site
        labels = brand_labels(site, self.request.locale_name) if has_brands(site) else {}
        return [(f"brand-{key}", name, TicketFilter(brand=key)) for key, name in labels.items()]

    @property
    def brand_items(self) -> list[Item]:
        """The brands' filters."""
        return self._items(self.brands)

    def count(self) -> Counts:
        """Count for all filters, in one statement."""
        request = self.request
        filters = {name: chosen for name, _label, chosen in (*USUAL, *self.brands, *self.own)}
        self.counts = count_tickets(request.registry.site, request.dbsession, request.technician, filters)
        return self.counts

    @property
    def usual_items(self) -> list[Item]:
        """The filters that everybody has."""
        return self._items(USUAL)

    @property
    def own_items(self) -> list[Item]:
        """The saved views."""
        return self._items(self.own)

    def words(self) -> dict[str, str]:
        """The counts as they are shown, by name."""
        found = self.counts.found if self.counts else {}
        return {name: count_words(count) for name, count in found.items()}

    def _items(self, filters: Any) -> list[Item]:
        shown = self.words()
        return [
            Item(
                name=name, label=label, path=address(chosen), counted=is_counted(chosen), count=shown.get(name),
                current=self.current is not None and self.current.same_tickets(chosen),
            )
            for name, label, chosen in filters
        ]  # fmt: skip
