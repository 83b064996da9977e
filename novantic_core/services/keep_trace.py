"""Keeping what plugins did when something happened to a ticket: who was asked what, for how long, what came of it.

No words of a person's are kept: of a draft it is said that its subject was changed, not to what.
docs/explanation/why.md has what is kept of each hook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, HookTrace, Ticket
from novantic_core.recorder import FAILED, Call, Trace, storable
from novantic_core.site import Site
from novantic_core.values import Notice, StoredFile, TicketDraft, TicketEvent

SEND = "send"
"""What stands in the place of a hook where a channel is asked to deliver."""
OPEN_TO_ALL = frozenset({"channel", "category", "critical", "priority", "locale", "theme", "brand"})
"""Attributes of a draft that are no words of a person's."""
OF_DELIVERY = frozenset({"novantic_access_link", SEND})
MOST_REMOVED = 20_000
"""So many are removed at once: SQLite's only writer is held meanwhile."""

_ADD_TRACE = HookTrace.__table__.insert()  # type: ignore[attr-defined]
_SCANS = "novantic.scans"


def new_trace(site: Site) -> Trace:
    """A trace to open; it notes nothing where none is to be kept."""
    return Trace(wanted=site.settings.trace_days > 0)


# ------------------------------------------------------------------ files, which come before their ticket


def note_scans(session: Session, file: StoredFile, trace: Trace) -> None:
    """Keep in mind, for this transaction, who looked through a file."""
    if trace.calls:
        session.info.setdefault(_SCANS, {})[file.key] = trace.calls


def _scans(session: Session, files: tuple[StoredFile, ...]) -> list[Call]:
    noted = session.info.get(_SCANS, {})
    found = []
    for place, file in enumerate(files, 1):
        for call in noted.get(file.key, ()):
            # one content may come as two files
            found.append(call)
            call.given = place
    return found


# ------------------------------------------------------------------ the change of a ticket


def write_trace(
    site: Site, session: Session, event: TicketEvent, trace: Trace, files: tuple[StoredFile, ...],
    queued: Iterable[Notice],
) -> None:  # fmt: skip
    """Write the calls of an event beside it, in its transaction.

    :param queued: which of the notices that plugins asked for are in the outbox
    """
    if not trace.wanted:
        return
    calls = [*_scans(session, files), *trace.calls]
    if not calls:
        return
    facts = _Facts(event, [id(notice) for notice in queued])
    private = _words_of(event) if any(call.fault for call in calls) else ()
    row = {
        "event_id": event.id, "ticket_id": event.ticket.id, "at": event.at,
        "calls": [_told(site, call, _changed(call, facts), private, calls) for call in calls],
    }  # fmt: skip
    session.connection().execute(_ADD_TRACE, row)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What became of the ticket, to say which of the answers counted."""

    event: TicketEvent
    queued: list[int]


def _changed(call: Call, facts: _Facts) -> dict[str, Any]:
    describe = _DESCRIBE.get(call.hook)
    # who fails has no say; but of several notices one may be good
    if describe is None or call.answer is None or (call.outcome == FAILED and call.hook != "novantic_notifications"):
        return {}
    return describe(call, facts)


def _of_draft(call: Call, _facts: _Facts) -> dict[str, Any]:
    before, after = call.given, call.answer
    pairs: dict[str, Any] = {}
    words = []
    for one in fields(TicketDraft):
        name, pair = one.name, (getattr(before, one.name), getattr(after, one.name))
        if pair[0] == pair[1] or name == "submission":
            continue
        if name == "fields":
            words += [_plain(f"fields.{key}") for key in {**pair[0], **pair[1]} if pair[0].get(key) != pair[1].get(key)]
        elif name in OPEN_TO_ALL:
            pairs[name] = [_plain(side) for side in pair]
        else:
            words.append(name)
    return {"draft": pairs, "words": words}


def _of_proposal(call: Call, facts: _Facts) -> dict[str, Any]:
    proposal, ticket = call.answer, facts.event.ticket
    return {"priority": proposal.priority, "call_back": proposal.call_back, "won": proposal.priority == ticket.priority}


def _of_route(call: Call, facts: _Facts) -> dict[str, Any]:
    route, ticket = call.answer, facts.event.ticket
    assigned = route.assignee is None or route.assignee.casefold() == (ticket.assignee or "").casefold()
    return {
        "team": _plain(route.team), "assignee": _plain(route.assignee),
        "won": assigned and (route.team is None or route.team == ticket.team),
    }  # fmt: skip


def _of_notices(call: Call, facts: _Facts) -> dict[str, Any]:
    told: dict[tuple[Any, ...], int] = {}
    for notice in call.answer:
        key = (*_notice(notice.kind, notice.to.role, notice.channel).values(), id(notice) in facts.queued)
        told[key] = told.get(key, 0) + 1
    names = ("kind", "role", "channel", "queued")
    return {"notices": [{**dict(zip(names, key, strict=True)), "count": count} for key, count in told.items()]}


def _notice(kind: Any, role: Any, channel: Any) -> dict[str, str]:
    return {"kind": _plain(str(kind)), "role": _plain(str(role)), "channel": _plain(str(channel or ""))}


def _plain(value: Any) -> Any:
    """A value as JSON can say it: what a plugin gives may be of any kind, and must not cost the ticket here."""
    return value if value is None or isinstance(value, bool) else storable(str(value))[:120]


_DESCRIBE: Mapping[str, Callable[[Call, _Facts], dict[str, Any]]] = {
    "novantic_prepare_draft": _of_draft,
    "novantic_propose_priority": _of_proposal,
    "novantic_route": _of_route,
    "novantic_notifications": _of_notices,
}


def _told(
    site: Site, call: Call, changed: Mapping[str, Any], private: Iterable[str], calls: list[Call]
) -> dict[str, Any]:  # fmt: skip
    told: dict[str, Any] = {
        "hook": call.hook, "plugin": call.plugin, "took": call.took, "outcome": call.outcome, "changed": dict(changed),
    }  # fmt: skip
    if call.fault:
        told["fault"] = without(private, site.without_secrets(call.plugin, call.fault))
        told["undone"] = call.guarded
    if call.rows:
        told["rows"] = dict(call.rows)
    if call.hook == "novantic_scan_attachment":
        told["file"] = call.given
    if call.outer is not None and call.outer in calls:
        told["within"] = 1 + calls.index(call.outer)
    return told


def _words_of(event: TicketEvent) -> tuple[str, ...]:
    """What a fault's text may not repeat: who asks, and what they wrote."""
    ticket = event.ticket
    return (
        ticket.name, ticket.email, ticket.phone, ticket.company, ticket.department, ticket.subject,
        *(value for value in ticket.fields.values() if isinstance(value, str)),
        *((event.message.text,) if event.message is not None else ()),
    )  # fmt: skip


def without(words: Iterable[str], text: str) -> str:
    """A text without those words, in whatever case they stand in it; what is as short as two letters stays."""
    long = sorted({word for word in words if len(word) > 2}, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, long)), "…", text, flags=re.IGNORECASE) if long else text


# ------------------------------------------------------------------ its deliveries


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a notice: what was asked for it, and of whom."""

    trace: Trace
    event_id: int | None
    ticket_id: int | None
    delivery: Mapping[str, Any]
    private: tuple[str, ...]
    """What a fault's text may not repeat."""

    @classmethod
    def of(cls, trace: Trace, delivery: Delivery) -> Attempt:
        """The attempt that a delivery was claimed for; it is counted when its channel is asked."""
        said = _notice(delivery.kind, delivery.role, delivery.channel)
        return cls(
            trace, delivery.event_id, delivery.ticket_id,
            {**said, "id": delivery.id, "attempt": delivery.attempts + 1},
            (delivery.address, delivery.name),
        )  # fmt: skip


def write_attempt(site: Site, session: Session, attempt: Attempt, now: datetime) -> None:
    """Write what a delivery's attempt asked of plugins, beside the traces of its event."""
    # what only draws the notice is of interest where it fails
    calls = [call for call in attempt.trace.calls if call.hook in OF_DELIVERY or call.fault]
    if not calls or attempt.event_id is None or attempt.ticket_id is None:
        return
    row = {
        "event_id": attempt.event_id, "ticket_id": attempt.ticket_id, "at": now,
        "calls": [_told(site, call, {"delivery": dict(attempt.delivery)}, attempt.private, calls) for call in calls],
    }  # fmt: skip
    session.connection().execute(_ADD_TRACE, row)


# ------------------------------------------------------------------ reading and forgetting


def find_traces(session: Session, ticket: Ticket) -> dict[int, list[HookTrace]]:
    """The traces of a ticket by event, each event's in the order in which they were written."""
    found: dict[int, list[HookTrace]] = {}
    query = select(HookTrace).where(HookTrace.ticket_id == ticket.id).order_by(HookTrace.event_id, HookTrace.id)
    for row in session.scalars(query):
        found.setdefault(row.event_id, []).append(row)
    return found


def find_attempts(session: Session, delivery: Delivery) -> list[tuple[datetime, int, str]]:
    """When a delivery was tried, at which attempt, and with which fault, the first try first.

    As far as traces of them are kept: of a notice about an account there are none.
    """
    if delivery.event_id is None:
        return []
    query = select(HookTrace).where(HookTrace.event_id == delivery.event_id, HookTrace.ticket_id == delivery.ticket_id)
    found: dict[int, tuple[datetime, int, str]] = {}
    for row in session.scalars(query.order_by(HookTrace.id)):
        for call in row.calls:
            tried = call["changed"].get("delivery", {})
            if tried.get("id") == delivery.id:
                _at, _number, fault = found.get(row.id, (row.at, tried["attempt"], ""))
                found[row.id] = (row.at, tried["attempt"], call.get("fault", "") or fault)
    return list(found.values())


def forget_old_traces(site: Site, session: Session, now: datetime) -> int:
    """Remove the traces that are older than ``novantic.trace_days``: how many; at most :data:`MOST_REMOVED` a time."""
    before = now - timedelta(days=site.settings.trace_days)
    old = select(HookTrace.id).where(HookTrace.at <= before).order_by(HookTrace.at).limit(MOST_REMOVED)
    return session.execute(delete(HookTrace).where(HookTrace.id.in_(old))).rowcount  # type: ignore[attr-defined,no-any-return]


def forget_traces_of(session: Session, tickets: Iterable[int]) -> None:
    """Remove the traces of tickets: a fault's text may repeat what somebody wrote who is erased."""
    session.execute(delete(HookTrace).where(HookTrace.ticket_id.in_(list(tickets))))
