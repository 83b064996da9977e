"""Claiming deliveries, and writing down what became of them; docs/explanation/outbox.md has the reasons.

At least once: a delivery is marked as sent after its channel accepted it. A claim refers to the row of its worker, and
goes with it: whoever says farewell, or is found silent by another worker, loses all claims in one statement. The claim
is confirmed right before the channel is called, so that a worker that was stopped for a while doesn't send what
another took over: with the note on the one before, in one transaction.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, literal, or_, select, update
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Delivery, DeliveryArchive, Event, Ticket, Worker
from novantic_core.models.delivery import FAILED, SENT, is_pending

SILENCE = timedelta(seconds=30)
"""A worker that didn't give a sign of life for this long is dead. The machines' clocks must agree far better."""

GIVE_UP_AFTER = timedelta(days=2)
NOBODY_TRIED = timedelta(hours=2)
"""What is tried so much later than it should be waited for a worker, or for the plugin that carries it: that time does
not count among the two days."""
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

    def but(self, channels: Iterable[str]) -> Carried:
        """These without those of some more channels."""
        if self.only is not None:
            return Carried(only=self.only - frozenset(channels))
        return Carried(others_than=self.others_than | frozenset(channels))


ALL = Carried()
_PLAIN = {"synchronize_session": False}


def is_carried(channel: str, carried: Carried) -> bool:
    """Whether a channel's deliveries are among them."""
    return channel not in carried.others_than and (carried.only is None or channel in carried.only)


def any_due(session: Session, worker: str, now: datetime, carried: Carried = ALL) -> bool:
    """Whether there is something for this worker to send now."""
    return session.scalar(select(Delivery.id).where(*_due(worker, now, carried)).limit(1)) is not None


# a link that somebody asked for and waits for, to a ticket or to their account
_is_link = or_(
    Delivery.technician_id.is_not(None),
    select(literal(1)).where(Event.id == Delivery.event_id, Event.kind == "access_requested").exists(),
)


def claim(
    session: Session, worker: str, now: datetime, carried: Carried = ALL, limit: int = 20, *, only_links: bool = False,
    links_first: bool = False,
) -> list[int]:  # fmt: skip
    """Make the oldest due deliveries this worker's own; their ids. The worker's row must be there.

    :param only_links: nothing but links that somebody asked for
    :param links_first: those before all others
    """
    first = (case((_is_link, 0), else_=1),) if links_first else ()
    due = (
        select(Delivery.id)
        .where(*_due(worker, now, carried), *((_is_link,) if only_links else ()))
        .order_by(*first, Delivery.next_attempt_at, Delivery.id)
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


def held(session: Session, ids: Sequence[int], worker: str) -> list[Delivery]:
    """Those of some deliveries that are still this worker's and still pending, in the order given, their rows held."""
    mine = select(Delivery).where(Delivery.id.in_(ids), Delivery.claimed_by == worker, is_pending)
    found = {one.id: one for one in session.scalars(mine.order_by(Delivery.id).with_for_update())}
    return [found[key] for key in ids if key in found]


def confirm(session: Session, delivery_id: int, worker: str) -> bool:
    """Whether a delivery is still this worker's and still pending; counts the attempt that is made then."""
    mine = (Delivery.id == delivery_id, Delivery.claimed_by == worker, is_pending)
    counted = update(Delivery).where(*mine).values(attempts=Delivery.attempts + 1)
    return bool(session.execute(counted, execution_options=_PLAIN).rowcount)  # type: ignore[attr-defined]


def mark_sent(session: Session, delivery_id: int, now: datetime, raw: bytes | None = None) -> None:
    """Its channel accepted it: that is a fact, whoever holds the claim by now.

    :param raw: what was sent, to be archived
    """
    sent = {"state": SENT, "sent_at": now, "claimed_by": None, "last_error": ""}
    session.execute(update(Delivery).where(Delivery.id == delivery_id).values(sent), execution_options=_PLAIN)
    if raw is not None:
        # neither where it was withdrawn meanwhile, nor where its requester was erased: then their words must not stay
        erased = select(literal(1)).where(Ticket.id == Delivery.ticket_id, Ticket.email == "").exists()
        kept = select(Delivery.id, literal(now, DeliveryArchive.at.type), literal(zlib.compress(raw))).where(
            Delivery.id == delivery_id, ~erased
        )
        archive = insert_or(session, DeliveryArchive).from_select(["delivery_id", "at", "raw"], kept)
        # sent again, after it came back: what was sent last is what its reader may have
        last = {"at": archive.excluded.at, "raw": archive.excluded.raw}
        session.execute(archive.on_conflict_do_update(index_elements=["delivery_id"], set_=last))


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
    late = now - delivery.next_attempt_at
    if delivery.trying_since is None:
        delivery.trying_since = now
    elif late > NOBODY_TRIED:
        delivery.trying_since += late
    if permanent or now - delivery.trying_since > GIVE_UP_AFTER:
        delivery.state, delivery.given_up_at = FAILED, now
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
