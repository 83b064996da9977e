"""Claiming deliveries, and writing down what became of them.

At least once: a delivery is marked as sent after its channel accepted it. A claim belongs to a worker, and a worker is
alive as long as its heartbeat is fresh; the claims of one that fell silent are taken over. The claim is confirmed right
before the channel is called, so that a worker that was stopped for a while doesn't send what another took over.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, Worker
from novantic_core.models.delivery import FAILED, PENDING, SENT

SILENCE = timedelta(seconds=30)
"""A worker that didn't give a sign of life for this long is dead."""

GIVE_UP_AFTER = timedelta(days=2)
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)


def claim(session: Session, worker: str, now: datetime, limit: int = 20) -> list[int]:
    """Make the oldest due deliveries this worker's own; their ids."""
    alive = exists().where(Worker.id == Delivery.claimed_by, Worker.heartbeat_at > now - SILENCE)
    due = (
        select(Delivery.id)
        .where(
            Delivery.state == PENDING,
            Delivery.next_attempt_at <= now,
            or_(Delivery.claimed_by.is_(None), Delivery.claimed_by == worker, ~alive),
        )
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        # PostgreSQL: rows that another worker is just claiming are passed over; SQLite has one writer anyway
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if ids:
        session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(claimed_by=worker))
    return ids


def confirm(session: Session, delivery_id: int, worker: str) -> Delivery | None:
    """The delivery, if it is still this worker's and still pending; counts the attempt."""
    delivery = session.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.claimed_by == worker, Delivery.state == PENDING)
        .with_for_update()
    )
    if delivery is not None:
        delivery.attempts += 1
    return delivery


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    """Its channel accepted it."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(state=SENT, sent_at=now, claimed_by=None, last_error="")
    )


def mark_refused(session: Session, delivery_id: int, error: str, now: datetime, *, permanent: bool) -> None:
    """Its channel did not take it: try again later, longer each time, and give up visibly after two days."""
    delivery = session.get_one(Delivery, delivery_id)
    delivery.last_error = error[:2000]
    delivery.claimed_by = None
    if permanent or now - delivery.created_at > GIVE_UP_AFTER:
        delivery.state = FAILED
    else:
        delivery.next_attempt_at = now + delay(delivery.attempts)


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 10 s, 20 s, 40 s … one hour.

    Each is up to a quarter longer by chance, so that all mails of an outage don't come at once.
    """
    base: timedelta = min(FIRST_DELAY * 2 ** min(max(attempts - 1, 0), 12), LONGEST_DELAY)
    return base * (1 + random.random() / 4)  # noqa: S311 - spreading load, not keeping a secret


def release(session: Session, worker: str) -> None:
    """Give a worker's claims back, at an orderly stop."""
    session.execute(
        update(Delivery).where(Delivery.claimed_by == worker, Delivery.state == PENDING).values(claimed_by=None)
    )


def any_due(session: Session, now: datetime) -> bool:
    """Whether some delivery waits to be sent now."""
    query = select(Delivery.id).where(Delivery.state == PENDING, Delivery.next_attempt_at <= now).limit(1)
    return session.scalar(query) is not None
