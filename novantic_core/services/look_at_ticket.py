"""Who has a ticket's page open, and who is writing on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Presence, Technician

PRESENT = timedelta(seconds=50)
"""How long somebody counts as being there: pages say so every twenty seconds, and one of these may be lost."""


def look_at(session: Session, ticket_id: int, technician_id: int, now: datetime, *, writing: bool) -> None:
    """Note that a technician has the page open now."""
    values = {"ticket_id": ticket_id, "technician_id": technician_id, "seen_at": now, "writing": writing}
    statement = insert_or(session, Presence).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["ticket_id", "technician_id"], set_={"seen_at": now, "writing": writing}
        )
    )


def look_away(session: Session, ticket_id: int, technician_id: int) -> None:
    """Note that a technician has left the page."""
    session.execute(delete(Presence).where(Presence.ticket_id == ticket_id, Presence.technician_id == technician_id))


def others_present(session: Session, ticket_id: int, technician_id: int, now: datetime) -> list[tuple[str, bool]]:
    """The names of the others who have the page open, each with whether they are writing."""
    return [
        (name, writing)
        for name, writing in session.execute(
            select(Technician.name, Presence.writing)
            .join(Technician, Technician.id == Presence.technician_id)
            .where(
                Presence.ticket_id == ticket_id,
                Presence.technician_id != technician_id,
                Presence.seen_at > now - PRESENT,
            )
            .order_by(Technician.name)
        )
    ]


def forget_old_presence(session: Session, now: datetime) -> None:
    """Remove what pages said that were closed without saying so."""
    session.execute(delete(Presence).where(Presence.seen_at <= now - PRESENT))
