"""Calls of plugins in plain words: what was asked, what came of it, how long it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from novantic_core.i18n import _
from novantic_core.models import HookTrace
from novantic_core.recorder import ANSWERED, FAILED, REFUSED, SET_ASIDE
from novantic_core.services.keep_trace import SEND
from novantic_core.values import Text
from novantic_core.views.admin.tickets.trail import ATTRIBUTES, Trail

ASKED: Mapping[str, Text] = {
    "novantic_scan_attachment": _("To look through a file"),
    "novantic_check_draft": _("Whether the request is fine"),
    "novantic_prepare_draft": _("To complete the request"),
    "novantic_propose_priority": _("How urgent it is"),
    "novantic_route": _("Who takes care of it"),
    "novantic_ticket_event": _("To note what happened"),
    "novantic_notifications": _("Who is to be told"),
    "novantic_access_link": _("For the link in the notice"),
    SEND: _("To deliver the notice"),
}
"""What each hook asks; another one is shown by its name."""

SAY_NOTHING = frozenset({"novantic_check_draft", "novantic_scan_attachment"})
"""Hooks that say nothing where all is well."""
DO_SOMETHING = frozenset({"novantic_ticket_event", SEND})
"""Hooks that are asked for no answer."""
MARKED: Mapping[str, Text] = {FAILED: _("Failed"), REFUSED: _("Refused"), SET_ASIDE: _("Set aside: not asked")}

DRAFT: Mapping[str, Text] = {
    **ATTRIBUTES, "message": _("Message"), "files": _("Files"), "locale": _("Language"), "theme": _("Theme"),
    "brand": _("Brand"), "channel": _("Channel"),
}  # fmt: skip
ROLES: Mapping[str, Text] = {"requester": _("client"), "technician": _("technician")}


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as it is shown."""

    place: int
    plugin: str
    hook: str
    asked: Text
    came: Text
    mark: Text | None
    """In the place of ``came``, what went wrong."""
    changes: Sequence[Text]
    fault: str
    undone: bool
    took: str


@dataclass(frozen=True, slots=True)
class CallTable:
    """The calls that were made at one go: for the change itself, or for one attempt of a delivery."""

    title: Text | None
    at: Any
    rows: Sequence[CallRow]
    took: str


class CallWords:
    """Traces told to one reader."""

    def __init__(self, trail: Trail) -> None:
        self.trail = trail
        self.site = trail.site
        self.locale = trail.request.locale_name

    def table(self, trace: HookTrace) -> CallTable:
        """One row of traces."""
        calls = trace.calls
        delivery = next((call["changed"]["delivery"] for call in calls if "delivery" in call["changed"]), None)
        # what was called in the midst of another is in its time already
        total = sum(call["took"] for call in calls if "within" not in call)
        return CallTable(
            title=self._delivery(delivery) if delivery is not None else None, at=trace.at,
            rows=[self._row(place, call) for place, call in enumerate(calls, 1)], took=self.duration(total),
        )  # fmt: skip

    def duration(self, microseconds: int) -> str:
        """As “0.42 ms”, “17 ms” or “1.3 s”, in the reader's way of writing figures."""
        milliseconds = microseconds / 1000
        if microseconds < 10:
            figures, unit = f"<\u00a0{format_decimal(0.01, '0.##', self.locale)}", "ms"
        elif milliseconds < 1000:
            figures, unit = format_decimal(milliseconds, "0.##" if milliseconds < 10 else "0", self.locale), "ms"
        else:
            figures, unit = format_decimal(milliseconds / 1000, "0.0", self.locale), "s"
        return f"{figures}\u00a0{unit}"

    def _row(self, place: int, call: Mapping[str, Any]) -> CallRow:
        hook, outcome = call["hook"], call["outcome"]
        return CallRow(
            place=place, plugin=call["plugin"], hook=hook, asked=ASKED.get(hook, hook), came=_came(hook, outcome),
            mark=MARKED.get(outcome), changes=self._changes(call), fault=call.get("fault", ""),
            undone=call.get("undone", False), took="" if outcome == SET_ASIDE else self.duration(call["took"]),
        )  # fmt: skip

    # ------------------------------------------------------------------ what it changed

    def _changes(self, call: Mapping[str, Any]) -> list[Text]:
        describe = _CHANGES.get(call["hook"])
        found = describe(self, call["changed"]) if describe is not None and call["changed"] else []
        if call.get("file"):
            found.append(_("File ${number} of the message", mapping={"number": call["file"]}))
        if call.get("within"):
            found.append(_("In the midst of call ${number}", mapping={"number": call["within"]}))
        for table, count in call.get("rows", {}).items():
            found.append(_("Rows written in ${table}: ${count}", mapping={"table": table, "count": count}))
        return found

    def _draft(self, changed: Mapping[str, Any]) -> list[Text]:
        found: list[Text] = []
        for name, (before, after) in changed["draft"].items():
            pair = {"label": self._label(name), "before": self._value(name, before), "after": self._value(name, after)}
            found.append(_("${label}: ${before} → ${after}", mapping=pair))
        if changed["words"]:
            names = ", ".join(self.trail.request.page.words(self._label(name)) for name in changed["words"])
            found.append(_("Changed, in words that aren't kept here: ${names}", mapping={"names": names}))
        return found

    def _label(self, name: str) -> Text:
        return DRAFT.get(name) or self.trail.label(name)

    def _value(self, name: str, value: Any) -> Text:
        return self.trail.value(name, value)

    def _proposal(self, changed: Mapping[str, Any]) -> list[Text]:
        given = {"priority": self.trail.value("priority", changed["priority"])}
        words = _("${priority}: the ticket has it", mapping=given)
        if not changed["won"]:
            words = _("${priority}: another prevailed", mapping=given)
        return [words, *([_("The client is to be called back")] if changed["call_back"] else [])]

    def _route(self, changed: Mapping[str, Any]) -> list[Text]:
        found: list[Text] = []
        for name in ("team", "assignee"):
            if changed[name]:
                given = {
                    "label": ATTRIBUTES.get(name, _("Assigned to")),
                    "value": self.trail.value(name, changed[name]),
                }
                found.append(_("${label}: ${value}", mapping=given))
        return found if changed["won"] else [*found, _("It didn't come about")]

    def _notices(self, changed: Mapping[str, Any]) -> list[Text]:
        found = []
        for one in changed["notices"]:
            given = {**self._notice(one), "count": one["count"]}
            sent = _("${count} × ${kind} to: ${role} (${channel})", mapping=given)
            kept = _(
                "${count} × ${kind} to: ${role} (${channel}): left out, nobody carries it or may be told", mapping=given
            )
            found.append(sent if one["queued"] else kept)
        return found

    def _notice(self, one: Mapping[str, Any]) -> dict[str, Text]:
        page = self.trail.request.page
        return {
            "kind": one["kind"], "role": page.words(ROLES.get(one["role"], one["role"])),
            "channel": one["channel"] or page.words(_("first channel")),
        }  # fmt: skip

    def _delivery(self, one: Mapping[str, Any]) -> Text:
        given = {**self._notice(one), "number": one["attempt"]}
        return _("Delivery of ${kind} to: ${role} (${channel}), attempt ${number}", mapping=given)


def _came(hook: str, outcome: str) -> Text:
    if outcome == ANSWERED:
        return _("Answered")
    if hook in SAY_NOTHING:
        return _("Let it through")
    return _("Done") if hook in DO_SOMETHING else _("Had nothing to say")


_CHANGES: Mapping[str, Callable[[CallWords, Mapping[str, Any]], list[Text]]] = {
    "novantic_prepare_draft": CallWords._draft,
    "novantic_propose_priority": CallWords._proposal,
    "novantic_route": CallWords._route,
    "novantic_notifications": CallWords._notices,
}
