"""Undoing a merge: each ticket has its own words again; what was said on the other since then stays there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from novantic_core.models import Event, Follower, MergedMessage, Message, Ticket, TicketMerge
from novantic_core.services.change_status import set_status
from novantic_core.services.follow import followers_of, forget
from novantic_core.services.merge_tickets import lock, set_last_word
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def unmerge_ticket(site: Site, session: Session, ticket: Ticket, actor: Actor, now: datetime) -> bool:
    """Make a merged ticket one of its own again; False if it is."""
    above = _chain_above(session, ticket)
    lock(session, ticket, *above)
    if not above or [one.id for one in _chain_above(session, ticket)] != [one.id for one in above]:
        # somebody else undid or merged something of it meanwhile: what they did is what counts
        return False
    target, root = above[0], above[-1]
    record = session.get_one(TicketMerge, ticket.id)
    _take_messages_back(session, ticket, above)
    lowered = _lower(site, session, target, record, now) if target is root else {}
    names = _end_following(session, ticket, above, now)
    ticket.merged_into_id = None
    before = ticket.status
    set_status(ticket, record.status, now)
    ticket.closed_at, ticket.call_back, ticket.updated_at = record.closed_at, record.call_back, now
    session.delete(record)
    set_last_word(session, ticket)
    set_last_word(session, root)
    root.updated_at = now
    record_event(
        site, session, ticket, "unmerged", actor, now,
        changes={"merged_into": (target.number, None), "status": (before, ticket.status)},
    )  # fmt: skip
    changes: dict[str, Any] = {"merged": (ticket.number, None)}
    if names:
        changes["followers"] = (names, [])
    for one in dict.fromkeys((target, root)):
        record_event(
            site, session, one, "unmerged", actor, now, changes={**changes, **(lowered if one is target else {})}
        )
    return True


def _chain_above(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets into which it went, one after the other; the last is the one that is read."""
    above: list[Ticket] = []
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id)
        above.append(ticket)
    return above


def _take_messages_back(session: Session, ticket: Ticket, above: list[Ticket]) -> None:
    # what was made a ticket of its own meanwhile stays one
    moved = session.execute(
        select(MergedMessage.message_id, MergedMessage.moved_from_id)
        .join(Message, Message.id == MergedMessage.message_id)
        .where(MergedMessage.ticket_id == ticket.id, Message.ticket_id == above[-1].id)
    ).all()
    if moved:
        session.execute(
            update(Message),
            [{"id": key, "ticket_id": ticket.id, "moved_from_id": before} for key, before in moved],
        )
    # the merges above carried them along: when those are undone, they must not be fetched
    carried = [one.id for one in above[:-1]]
    session.execute(
        delete(MergedMessage).where(
            MergedMessage.ticket_id.in_(carried), MergedMessage.message_id.in_([key for key, _before in moved])
        )
    )
    session.execute(delete(MergedMessage).where(MergedMessage.ticket_id == ticket.id))


def _lower(site: Site, session: Session, target: Ticket, record: TicketMerge, now: datetime) -> dict[str, Any]:
    """What the merge had made urgent or open about the target is as before, unless somebody changed it since."""
    lowered: dict[str, Any] = {}
    for name, (before, after) in record.raised.items():
        if getattr(target, name) != after or (name == "status" and _went_on(session, target, record)):
            continue
        if name == "status":
            set_status(target, before, now)
        elif name != "priority":
            setattr(target, name, before)
        elif before in site.priorities:
            target.priority, target.priority_rank = before, site.priorities[before].rank
        else:
            continue
        lowered[name] = (after, before)
    return lowered


def _went_on(session: Session, target: Ticket, record: TicketMerge) -> bool:
    later = exists().where(
        Event.ticket_id == target.id, Event.at > record.merged_at, Event.kind.in_(["replied", "status_changed"])
    )
    return bool(session.scalar(select(later)))


def _end_following(session: Session, ticket: Ticket, above: list[Ticket], now: datetime) -> list[str]:
    """Who followed because of the merge no longer does, nor reads; their names."""
    names: dict[str, None] = {}
    for parent in above:
        brought: dict[str, int] = {}
        for child in session.scalars(
            select(Ticket).where(Ticket.merged_into_id == parent.id, Ticket.id != ticket.id).order_by(Ticket.id)
        ):
            for key in (child.email.casefold(), *(one.email_key for one in followers_of(session, child))):
                brought.setdefault(key, child.id)
        gone: list[Follower] = []
        for follower in followers_of(session, parent):
            if follower.merged_from_id is None:
                continue
            # another ticket that goes on there may be theirs too
            follower.merged_from_id = brought.get(follower.email_key)
            if follower.merged_from_id is None:
                gone.append(follower)
                names[follower.name or follower.email] = None
        forget(session, parent, gone, now)
    return list(names)
