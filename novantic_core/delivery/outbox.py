"""Claiming deliveries, and writing down what became of them; docs/explanation/outbox.md has the reasons.

At least once: a delivery is marked as sent after its channel accepted it. A claim refers to the row of its worker, and
goes with it: whoever says farewell, or is found silent by another worker, loses all claims in one statement. The claim
is confirmed right before the channel is called, so that a worker that was stopped for a while doesn't send what
another took over.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Delivery, Worker
from novantic_core.models.delivery import FAILED, SENT, is_pending

SILENCE = timedelta(seconds=30)
"""A worker that didn't give a sign of life for this long is dead. The machines' clocks must agree far better."""

GIVE_UP_AFTER = timedelta(days=2)
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)


def give_sign(session: Session, worker: str, host: str, pid: int, now: datetime) -> None:
    """Say that a worker is alive."""
    row = insert_or(session, Worker).values(id=worker, host=host[:255], pid=pid, started_at=now, heartbeat_at=now)
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"heartbeat_at": now}))


def bury_the_dead(session: Session, now: datetime, *, to_come: bool = False) -> None:
    """Forget the workers that fell silent; what they had claimed is free again.

    :param to_come: those too whose last sign is yet to come: they died before the clock was set back. To be asked by
        who has seen it go on evenly since, as those that live have given a new sign by then.
    """
    silent = Worker.heartbeat_at < now - SILENCE
    session.execute(delete(Worker).where(or_(silent, Worker.heartbeat_at > now + SILENCE) if to_come else silent))


def leave(session: Session, worker: str) -> None:
    """Sign off, at an orderly stop: the worker's claims are free again."""
    session.execute(delete(Worker).where(Worker.id == worker))


@dataclass(frozen=True)
class Carried:
    """Whose deliveries are carried: of certain channels only, or of all but certain ones."""

    only: frozenset[str] | None = None
    others_than: frozenset[str] = frozenset()


ALL = Carried()


def is_carried(channel: str, carried: Carried) -> bool:
    """Whether a channel's deliveries are among them."""
    return channel not in carried.others_than and (carried.only is None or channel in carried.only)


def any_due(session: Session, worker: str, now: datetime, carried: Carried = ALL) -> bool:
    """Whether there is something for this worker to send now."""
    return session.scalar(select(Delivery.id).where(*_due(worker, now, carried)).limit(1)) is not None


def claim(session: Session, worker: str, now: datetime, carried: Carried = ALL, limit: int = 20) -> list[int]:
    """Make the oldest due deliveries this worker's own; their ids. The worker's row must be there."""
    due = (
        select(Delivery.id)
        .where(*_due(worker, now, carried))
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        # PostgreSQL: rows that another worker is just claiming are passed over; SQLite has one writer anyway
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if ids:
        session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(claimed_by=worker))
    return ids


def _due(worker: str, now: datetime, carried: Carried) -> tuple[Any, ...]:
    # one's own: what an error of the database kept from being marked
    free = or_(Delivery.claimed_by.is_(None), Delivery.claimed_by == worker)
    ours = [] if carried.only is None else [Delivery.channel.in_(carried.only)]
    theirs = [Delivery.channel.not_in(carried.others_than)] if carried.others_than else []
    return is_pending, Delivery.next_attempt_at <= now, free, *ours, *theirs


def confirm(session: Session, delivery_id: int, worker: str) -> Delivery | None:
    """The delivery, if it is still this worker's and still pending; counts the attempt."""
    delivery = session.scalar(
        select(Delivery).where(Delivery.id == delivery_id, Delivery.claimed_by == worker, is_pending).with_for_update()
    )
    if delivery is not None:
        delivery.attempts += 1
    return delivery


def mark_sent(session: Session, delivery_id: int, now: datetime) -> None:
    """Its channel accepted it: that is a fact, whoever holds the claim by now."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(state=SENT, sent_at=now, claimed_by=None, last_error="")
    )


def mark_refused(
    session: Session, delivery_id: int, worker: str, error: str, now: datetime, *, permanent: bool
) -> None:  # fmt: skip
    """Its channel did not take it: try again later, longer each time, and give up visibly after two days.

    What another worker took over meanwhile is its business.
    """
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    # None: its recipient stopped following the ticket while it was on its way
    if delivery is None or delivery.claimed_by != worker:
        return
    delivery.last_error = error[:2000].replace("\0", "")
    delivery.claimed_by = None
    if permanent or now - delivery.created_at > GIVE_UP_AFTER:
        delivery.state = FAILED
    else:
        delivery.next_attempt_at = now + delay(delivery.attempts)


def catch_up(session: Session, now: datetime) -> int:
    """Make due what waits for a time that no delay reaches, after a clock that was ahead was set right: how many."""
    beyond = (is_pending, Delivery.next_attempt_at > now + 2 * LONGEST_DELAY)
    result = session.execute(
        update(Delivery).where(*beyond).values(next_attempt_at=now).execution_options(synchronize_session=False)
    )
    return result.rowcount  # type: ignore[attr-defined,no-any-return]  # an UPDATE's result has it


def delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts.

    10 s, 20 s, 40 s … one hour, each up to a quarter longer by chance, so that all mails of an outage don't come at
    once.
    """
    base: timedelta = min(FIRST_DELAY * 2 ** min(max(attempts - 1, 0), 12), LONGEST_DELAY)
    return base * (1 + random.random() / 4)  # noqa: S311 - spreading load, not keeping a secret
