"""Opening, closing, waiting: a ticket's status."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from novantic_core.models import Ticket
from novantic_core.models.ticket import CLOSED, STATUSES
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def change_status(site: Site, session: Session, ticket: Ticket, status: str, actor: Actor, now: datetime) -> bool:
    """Give a ticket another status, and tell about it.

    :return: whether it changed; the status it has already is no change and tells nobody, and a ticket that was merged
        stays closed
    :raises ValueError: for a word that is no status
    """
    if status not in STATUSES:
        raise ValueError(status)
    if ticket.merged_into_id is not None:
        return False
    changes = set_status(ticket, status, now)
    if not changes:
        return False
    record_event(site, session, ticket, "status_changed", actor, now, changes=changes)
    return True


def set_status(ticket: Ticket, status: str, now: datetime) -> dict[str, tuple[Any, Any]]:
    """Set the status without an event of its own: what changed, for the event of whoever calls."""
    before = ticket.status
    if before == status:
        return {}
    ticket.status = status
    ticket.closed_at = now if status == CLOSED else None
    ticket.updated_at = now
    changes: dict[str, tuple[Any, Any]] = {"status": (before, status)}
    if status == CLOSED and ticket.call_back:
        # a solved problem needs no call any more
        ticket.call_back = False
        changes["call_back"] = (True, False)
    return changes
