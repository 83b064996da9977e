"""Taking note of a critical ticket: from then on it stands in its place of the queue like any other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import Technician, Ticket
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def acknowledge(site: Site, session: Session, ticket: Ticket, actor: Actor, now: datetime) -> bool:
    """Note who took note of a critical ticket, and when.

    :return: whether it was to be done; of what somebody has taken note, and of what isn't critical, nothing is noted
    """
    if not ticket.critical or ticket.acknowledged_at is not None:
        return False
    ticket.acknowledged_at = ticket.updated_at = now
    ticket.acknowledged_by_id = session.scalar(
        select(Technician.id).where(Technician.email_key == actor.email.casefold())
    )
    record_event(site, session, ticket, "acknowledged", actor, now)
    return True
