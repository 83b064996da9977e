"""The road that every change takes: one event in the trail, then the two hooks, then the outbox."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, Event, Follower, Message, Technician, Ticket
from novantic_core.models.delivery import PENDING
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.plugins import Plugin
from novantic_core.recorder import Trace
from novantic_core.search.tickets import NAME as TICKETS
from novantic_core.services.describe import message_info, technician_recipient, ticket_info
from novantic_core.services.keep_index import changed
from novantic_core.services.keep_trace import new_trace, write_trace
from novantic_core.site import Site
from novantic_core.values import MAIN, Actor, EventKind, Notice, Recipient, StoredFile, TicketEvent

SYSTEM = Actor("system")
_NOTHING_TO_FIND = frozenset({
    "status_changed", "assigned", "priority_changed", "acknowledged", "called_back", "linked", "unlinked", "followed",
    "unfollowed", "time_noted", "access_requested",
})  # fmt: skip
"""Kinds of events that change nothing by which a ticket is found."""

# plain statements rather than the unit of work: rows that are only ever added need none of its bookkeeping, and while
# they are written SQLite's only writer is held
_ADD_EVENT = Event.__table__.insert()  # type: ignore[attr-defined]
_ADD_DELIVERY = Delivery.__table__.insert()  # type: ignore[attr-defined]
# who is at work, and who follows the ticket, in one statement: both are asked at each change
_CONCERNED = (
    select(
        Technician.id, Technician.email, Technician.name, Technician.locale, Technician.team, Technician.role,
        literal(False).label("follows"),
    )
    .where(Technician.active)
    .union_all(
        select(
            Follower.technician_id, Follower.email, Follower.name, Follower.locale, literal(""), literal(""),
            literal(True),
        ).where(Follower.ticket_id == bindparam("ticket"))
    )
)  # fmt: skip


def record_event(
    site: Site, session: Session, ticket: Ticket, kind: EventKind, actor: Actor, now: datetime, *,
    message: Message | None = None, files: tuple[StoredFile, ...] = (),
    changes: Mapping[str, tuple[Any, Any]] | None = None, tell_clients: bool = True,
    trace: Trace | None = None,
) -> TicketEvent:  # fmt: skip
    """Write an event, let plugins keep what they need of it, and queue what they want to be told.

    :param changes: attribute of the ticket to (before, after), as JSON-able values
    :param tell_clients: False to keep notices from everybody outside, whatever plugins would tell them
    :param trace: what plugins did already that belongs to this event
    :return: the event as plugins saw it
    """
    changes = changes or {}
    session.flush()
    connection = session.connection()
    row = {
        "ticket_id": ticket.id, "kind": kind, "at": now, "actor_kind": actor.kind, "actor_name": actor.name,
        "message_id": message.id if message else None, "changes": {key: list(pair) for key, pair in changes.items()},
    }  # fmt: skip
    event_id: int = connection.execute(_ADD_EVENT, row).inserted_primary_key[0]  # type: ignore[index]  # one row has one
    concerned = connection.execute(_CONCERNED, {"ticket": ticket.id}).all()
    everyone = sorted((one for one in concerned if not one.follows), key=lambda one: one.id)
    assignee = next((one for one in everyone if one.id == ticket.assignee_id), None)
    event = TicketEvent(
        id=event_id, kind=kind, at=now, ticket=ticket_info(ticket, assignee.email if assignee else None), actor=actor,
        message=message_info(message, files) if message else None, changes=changes,
        technicians=_concerned(site, ticket, assignee, everyone),
        followers=_followers(site, ticket, everyone, [one for one in concerned if one.follows]),
    )  # fmt: skip
    trace = trace or new_trace(site)
    with trace:
        site.plugins.collect("novantic_ticket_event", session=session, event=event)
        notices = site.plugins.collect_items("novantic_notifications", session=session, event=event)
        queued = queue(site, session, event, notices, now, message, tell_clients)
    write_trace(site, session, event, trace, files, queued)
    if kind not in _NOTHING_TO_FIND:
        changed(site, session, TICKETS, ticket.id)
    return event


def _concerned(site: Site, ticket: Ticket, assignee: Any, everyone: Any) -> tuple[Recipient, ...]:
    if assignee is not None:
        return (technician_recipient(assignee),)
    team = [one for one in everyone if one.team == ticket.team]
    known = site.teams.get(ticket.team)
    if not team and known is not None and known.private:
        # nobody else may see its tickets
        everyone = [one for one in everyone if one.role == ADMINISTRATOR]
    return tuple(technician_recipient(one) for one in team or everyone)


def _followers(site: Site, ticket: Ticket, everyone: Any, rows: Any) -> tuple[Recipient, ...]:
    # one who follows it may have lost sight of it since: it went to a private team
    hidden = (known := site.teams.get(ticket.team)) is not None and known.private
    at_work = {one.id: one for one in everyone if not hidden or one.team == ticket.team or one.role == ADMINISTRATOR}
    technicians = [at_work[row.id] for row in rows if row.id in at_work and row.id != ticket.assignee_id]
    # the requester is told anyway
    outside = [row for row in rows if row.id is None and row.email.casefold() != ticket.email.casefold()]
    return (
        *(technician_recipient(one) for one in technicians),
        *(Recipient(row.email, row.name, row.locale) for row in outside),
    )


def queue(
    site: Site, session: Session, event: TicketEvent, notices: list[tuple[Plugin, Notice]], now: datetime,
    message: Message | None = None, tell_clients: bool = True,
) -> list[Notice]:  # fmt: skip
    """Write notices to the outbox: those written. Without a channel there is nobody to carry them, and none is."""
    rows: list[dict[str, Any]] = []
    written: list[Notice] = []
    for position, (plugin, notice) in enumerate(notices):
        # a notice that can't be written is its plugin's fault, and must not cost the change that it tells of
        with site.plugins.guarded(plugin, "novantic_notifications"):
            channel = _channel(site, notice)
            # who was erased has no address any more
            inside = notice.to.role == "technician"
            told = notice.to.address != "" and (tell_clients or inside)
            brand, theme = _face(site, event, inside)
            if channel is not None and told:
                rows.append({
                    **_addressed(notice), "ticket_id": event.ticket.id, "event_id": event.id,
                    "message_row_id": message.id if message else None, "plugin": plugin.name, "channel": channel,
                    "theme": theme, "brand": brand, "state": PENDING, "attempts": 0, "next_attempt_at": now,
                    "message_id": f"{event.ticket.number}.{event.id}.{position}@{_host(site, brand)}",
                    "last_error": "", "created_at": now,
                })  # fmt: skip
                written.append(notice)
    if rows:
        session.connection().execute(_ADD_DELIVERY, rows)
    return written


def queue_account(
    site: Site, session: Session, technician_id: int, notices: list[tuple[Plugin, Notice]], theme: str, now: datetime
) -> int:
    """Write notices about a technician's account to the outbox: how many."""
    about = {"technician_id": technician_id, "theme": theme}
    return _queue_without_ticket(site, session, "account", "novantic_account_notices", notices, about, now)


def queue_alarm(site: Site, session: Session, notices: list[tuple[Plugin, Notice]], now: datetime) -> int:
    """Write notices about the desk itself to the outbox: how many."""
    about = {"theme": site.brand(MAIN).theme}
    return _queue_without_ticket(site, session, "desk", "novantic_alarm_notices", notices, about, now)


def _queue_without_ticket(
    site: Site, session: Session, what: str, hook: str, notices: list[tuple[Plugin, Notice]], about: Mapping[str, Any],
    now: datetime,
) -> int:  # fmt: skip
    rows = []
    for plugin, notice in notices:
        with site.plugins.guarded(plugin, hook):
            channel = _channel(site, notice)
            if channel is not None:
                rows.append({
                    **_addressed(notice), **about, "plugin": plugin.name, "channel": channel, "brand": MAIN,
                    "state": PENDING, "attempts": 0, "next_attempt_at": now,
                    "message_id": f"{what}.{secrets.token_hex(16)}@{_host(site, MAIN)}",
                    "last_error": "", "created_at": now,
                })  # fmt: skip
    if rows:
        session.connection().execute(_ADD_DELIVERY, rows)
    return len(rows)


def _face(site: Site, event: TicketEvent, inside: bool) -> tuple[str, str]:
    """Brand and theme of a notice. One team serves all brands: technicians are written to as the desk itself."""
    ticket = event.ticket
    return (MAIN, site.brand(MAIN).theme) if inside and ticket.brand != MAIN else (ticket.brand, ticket.theme)


def _channel(site: Site, notice: Notice) -> str | None:
    # one of a plugin that is missing waits for it
    if notice.channel is not None and notice.channel not in site.channels and not site.plugins.left_out:
        raise LookupError(f"no channel {notice.channel!r}")
    return notice.channel or next(iter(site.channels), None)


def _addressed(notice: Notice) -> dict[str, Any]:
    """The notice's own columns, each as the database can hold it.

    :raises ValueError: for what it can't hold, on any of the engines
    :raises TypeError: for ``data`` that isn't JSON-able
    """
    json.dumps(dict(notice.data), allow_nan=False)
    to = notice.to
    values: dict[str, Any] = {
        "kind": notice.kind,
        "address": to.address,
        "name": to.name,
        "role": to.role,
        "locale": to.locale,
    }
    for column, value in values.items():
        longest: int = Delivery.__table__.c[column].type.length  # type: ignore[attr-defined]  # all are String
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            raise ValueError(f"{column} = {value!r}: it takes a text of {longest} characters at most")
    return {**values, "data": dict(notice.data)}


def _host(site: Site, brand: str) -> str:
    return urlsplit(site.brand(brand).site_url).hostname or "localhost"
