"""Events in plain words: what happened, in labels rather than keys, and news of what somebody else has just done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_timedelta
from pyramid.request import Request

from novantic_core.forms.time import show_minutes
from novantic_core.i18n import _
from novantic_core.models import Event
from novantic_core.services.look_at_ticket import PRESENT
from novantic_core.values import FormContext, Text
from novantic_core.views.admin.base import STATUS_WORDS

YES, NO, NOTHING = _("yes"), _("no"), _("nothing")

ATTRIBUTES: Mapping[str, Text] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "company": _("Company"),
    "department": _("Department"),
    "contact": _("Contact"),
    "organisation": _("Organisation"),
    "subject": _("Subject"),
    "team": _("Team"),
    "priority": _("Priority"),
    "category": _("Category"),
    "critical": _("Critical situation"),
    "call_back": _("To call back"),
    "followers": _("Followers"),
}
"""What the attributes of a ticket are called in "Priority: Normal → High"."""

KINDS: Mapping[str, Text] = {
    "opened": _("Ticket opened"),
    "noted": _("Internal note written"),
    "acknowledged": _("Critical situation acknowledged"),
    "called_back": _("Client called back"),
    "access_requested": _("New access link asked for"),
}
"""Kinds of events that say by themselves what happened; the others say it by what they changed."""

SILENT = {"address", "billable", "reason", "note", "spent_on", "technician", "shared"}
"""Details that another word of the same event covers."""

CORRECTED: Mapping[str, Text] = {
    "billable": _("Billed"), "reason": _("Why"), "note": _("What was done"), "spent_on": _("Day"),
}  # fmt: skip
"""Of those, what is said all the same where noted time was corrected."""

IN_THREAD = frozenset({
    "status_changed", "assigned", "priority_changed", "category_changed", "contact_changed", "acknowledged",
    "called_back", "merged", "unmerged", "split",
})  # fmt: skip
"""Kinds of events that stand between the messages; the words of the others are there already, or belong to a card."""


@dataclass(frozen=True, slots=True)
class Line:
    """An event as it is shown."""

    id: int
    kind: str
    at: datetime
    by: Text
    words: tuple[Text, ...]
    message_id: int | None


class Trail:
    """The events of one ticket, told to one reader.

    :param people: names by e-mail address: the trail keeps addresses, which stay true when a name changes
    """

    def __init__(self, request: Request, people: Mapping[str, str]) -> None:
        self.request = request
        self.site = request.registry.site
        self.people = people
        context = FormContext("admin", request.locale_name)
        self._fields = {field.name: (plugin, field) for plugin, field in self.site.ticket_fields(context)}

    def lines(self, events: Iterable[Event]) -> list[Line]:
        """All of them, oldest first."""
        return [
            Line(event.id, event.kind, event.at, self.by(event), tuple(self.words(event)), event.message_id)
            for event in events
        ]

    def by(self, event: Event) -> Text:
        """Who did it."""
        return event.actor_name or _("by itself")

    def words(self, event: Event) -> list[Text]:
        """What happened, a sentence for each thing."""
        found: list[Text] = [KINDS[event.kind]] if event.kind in KINDS else []
        if event.kind == "replied":
            found.append(_("Client’s answer") if event.actor_kind == "requester" else _("Reply sent"))
        for name, (before, after) in event.changes.items():
            corrected = event.kind == "time_noted" and name in CORRECTED and None not in (before, after)
            if (name in SILENT and not corrected) or (event.kind == "called_back" and name == "call_back"):
                continue
            found.append(self.change(name, before, after))
        # a kind that a later version of the house brings
        return found or [event.kind.replace("_", " ")]

    def change(self, name: str, before: Any, after: Any) -> Text:
        """One thing that changed."""
        own = _OWN_WORDS.get(name)
        if own is not None:
            return own(self, before, after)
        pair = {"label": self.label(name), "before": self.value(name, before), "after": self.value(name, after)}
        return _("${label}: ${before} → ${after}", mapping=pair)

    def label(self, name: str) -> Text:
        """What an attribute or a field of a plugin is called."""
        plugin_field = self._fields.get(name.removeprefix("fields."))
        known = ATTRIBUTES.get(name) or CORRECTED.get(name)
        return known or (plugin_field[1].label if plugin_field else name.removeprefix("fields."))

    def value(self, name: str, value: Any) -> Text:
        """A value in the reader's words."""
        site = self.site
        if value is None or value in ("", []):
            return NOTHING
        labels: dict[str, Callable[[str], Text]] = {
            "priority": site.priority_label, "category": site.category_label, "team": site.team_label,
            "assignee": lambda email: self.people.get(email, email), "status": lambda key: STATUS_WORDS.get(key, key),
        }  # fmt: skip
        if name in labels:
            return labels[name](value)
        if name.startswith("fields.") and name.removeprefix("fields.") in self._fields:
            shown: Text = site.show_field(*self._fields[name.removeprefix("fields.")], value)
            return shown
        if isinstance(value, bool):
            return YES if value else NO
        if name == "spent_on":
            return str(self.request.page.day(datetime.fromisoformat(value)))
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    # ------------------------------------------------------------------ what somebody else has just done

    def news(self, event: Event, now: datetime) -> str:
        """As “Léa replied 2 minutes ago and closed the ticket”."""
        page, status = self.request.page, event.changes.get("status", (None, None))[1]
        given = {"name": self.by(event), "ago": ago(self.request, event.at, now)}
        words = _NEWS.get((event.kind, status)) or (_NEWS.get((event.kind, None)) if status is None else None)
        if words is None:
            what = ", ".join(page.words(one) for one in self.words(event))
            return str(page.words(_("${name}, ${ago}: ${what}", mapping={**given, "what": what})))
        return str(page.words(_(words, mapping=given)))


def ago(request: Request, when: datetime, now: datetime) -> str:
    """As “2 minutes ago”, in the reader's language."""
    if now - when < PRESENT:
        return str(request.page.words(_("just now")))
    return format_timedelta(when - now, add_direction=True, locale=request.locale_name, threshold=1.1)


def _status(trail: Trail, before: Any, after: Any) -> Text:
    if (before, after) == ("closed", "open"):
        return _("Opened again")
    if (before, after) == ("waiting", "open"):
        return _("Open: no longer waiting for the client")
    return trail.value("status", after)


def _assignee(trail: Trail, before: Any, after: Any) -> Text:
    if after is None:
        return _("No longer assigned to ${name}", mapping={"name": trail.value("assignee", before)})
    return _("Assigned to ${name}", mapping={"name": trail.value("assignee", after)})


def _either(gained: Text, lost: Text) -> Callable[[Trail, Any, Any], Text]:
    def words(_trail: Trail, before: Any, after: Any) -> Text:
        return _(gained if after is not None else lost, mapping={"what": before if after is None else after})

    return words


def _minutes(_trail: Trail, before: Any, after: Any) -> Text:
    if before is None:
        return _("Time noted: ${time}", mapping={"time": show_minutes(after)})
    if after is None:
        return _("Time taken back: ${time}", mapping={"time": show_minutes(before)})
    return _("Time: ${before} → ${after}", mapping={"before": show_minutes(before), "after": show_minutes(after)})


_OWN_WORDS: Mapping[str, Callable[[Trail, Any, Any], Text]] = {
    "status": _status,
    "assignee": _assignee,
    "merged_into": _either(_("Merged into ticket #${what}"), _("Taken out of ticket #${what} again")),
    "merged": _either(_("Ticket #${what} merged into this one"), _("Ticket #${what} taken out again")),
    "split": _either(_("Ticket #${what} made of a message of this one"), _("Ticket #${what}")),
    "split_from": _either(_("Made of a message of ticket #${what}"), _("Ticket #${what}")),
    "linked": _either(_("Linked to ticket #${what}"), _("No longer linked to ticket #${what}")),
    "follower": _either(_("${what} follows the ticket"), _("${what} no longer follows the ticket")),
    "minutes": _minutes,
}

_NEWS: Mapping[tuple[str, str | None], Text] = {
    ("replied", None): _("${name} replied ${ago}"),
    ("replied", "closed"): _("${name} replied ${ago} and closed the ticket"),
    ("replied", "waiting"): _("${name} replied ${ago} and waits for the client"),
    ("replied", "open"): _("${name} replied ${ago}: the ticket is open again"),
    ("noted", None): _("${name} wrote a note ${ago}"),
    ("status_changed", "closed"): _("${name} closed the ticket ${ago}"),
    ("status_changed", "waiting"): _("${name} set the ticket to wait for the client ${ago}"),
    ("status_changed", "open"): _("${name} opened the ticket again ${ago}"),
}
