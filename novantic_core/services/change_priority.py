"""How urgent a ticket is, as a technician sees it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from novantic_core.models import Ticket
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def change_priority(site: Site, session: Session, ticket: Ticket, priority: str, actor: Actor, now: datetime) -> bool:
    """Give a ticket another priority. The reasons of the first one stay: they say why it had that.

    :return: whether it changed
    :raises ValueError: for a key that is no priority of this site
    """
    if priority == ticket.priority:
        return False
    level = site.priorities.get(priority)
    if level is None:
        raise ValueError(priority)
    changes = {"priority": (ticket.priority, priority)}
    ticket.priority, ticket.priority_rank, ticket.updated_at = priority, level.rank, now
    record_event(site, session, ticket, "priority_changed", actor, now, changes=changes)
    return True
