"""What a technician has typed on a ticket and not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Draft

LONGEST = 4_000_000
"""Characters of a draft, its pasted pictures included; a longer one stays in the browser."""


def save_draft(session: Session, technician_id: int, ticket_id: int, kind: str, html: str, now: datetime) -> None:
    """Keep what was typed in the place of what was there.

    :param kind: ``reply`` or ``note``
    :param html: as it was typed: it is shown to nobody but its author, in the editor, and cleaned when it is sent
    """
    # PostgreSQL keeps no NUL
    html = html.replace("\0", "")
    statement = insert_or(session, Draft).values(
        technician_id=technician_id, ticket_id=ticket_id, kind=kind, html=html, updated_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["technician_id", "ticket_id", "kind"], set_={"html": html, "updated_at": now}
        )
    )


def forget_draft(session: Session, technician_id: int, ticket_id: int, kind: str) -> None:
    """It was sent, or given up."""
    session.execute(
        delete(Draft).where(Draft.technician_id == technician_id, Draft.ticket_id == ticket_id, Draft.kind == kind)
    )


def find_drafts(session: Session, technician_id: int, ticket_id: int) -> Mapping[str, Draft]:
    """A technician's drafts on a ticket, by kind."""
    rows = session.scalars(select(Draft).where(Draft.technician_id == technician_id, Draft.ticket_id == ticket_id))
    return {row.kind: row for row in rows}
