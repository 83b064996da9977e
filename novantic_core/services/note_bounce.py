"""A notice that a server took and another one, farther on, sent back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from novantic_core.models import Delivery


def note_bounce(session: Session, delivery_id: int, words: str, now: datetime) -> None:
    """Note on a delivery that it came back; its state stays, since it was sent. The first word of it stands."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.bounced_at.is_(None))
        .values(bounced_at=now, bounce=words[:2000].replace("\0", ""))
    )
