"""Sending a delivery now, or never: what an administrator decides instead of the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, Technician, Ticket
from novantic_core.models.delivery import CANCELLED, FAILED, PENDING, is_failed, is_pending
from novantic_core.services.find_deliveries import BOUNCED, STATES, DeliveryFilter, state_of
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.values import Actor

MOST_AT_ONCE = 5_000
"""So many are changed by one press: longer, and SQLite's one writer would keep everybody else waiting."""

Which = tuple[ColumnElement[bool], ...]
_RETRIED = {PENDING: is_pending, BOUNCED: STATES[BOUNCED], CANCELLED: Delivery.state == CANCELLED}


def retry_delivery(session: Session, delivery: Delivery, actor: Actor, now: datetime) -> bool:
    """Let a worker try at once what waits, was given up, was cancelled or came back; False for what was sent meanwhile.

    One that a worker holds is being tried already. It is tried for two days more, and given up again after that.

    :param delivery: its row is held by this transaction
    """
    if delivery.state not in {PENDING, FAILED, CANCELLED} and delivery.bounced_at is None:
        return False
    before = state_of(delivery)
    delivery.state = PENDING
    # it isn't there: what is said of it now is what becomes of the next one
    delivery.sent_at = delivery.bounced_at = None
    delivery.bounce = ""
    delivery.trying_since = delivery.given_up_at = None
    if delivery.claimed_by is None:
        delivery.next_attempt_at = now
    record_action(session, "delivery_retried", actor, now, _named(delivery), {"state": (before, PENDING)})
    return True


def cancel_delivery(session: Session, delivery: Delivery, actor: Actor, now: datetime) -> bool:
    """Never send what waits; False for what isn't waiting any more.

    A worker that is sending it at this moment has the last word: what its channel accepted is marked as sent.

    :param delivery: its row is held by this transaction
    """
    if delivery.state != PENDING:
        return False
    delivery.state = CANCELLED
    delivery.claimed_by = None
    record_action(session, "delivery_cancelled", actor, now, _named(delivery), {"state": (PENDING, CANCELLED)})
    return True


def retry_many(
    site: Site, session: Session, technician: Technician, wanted: DeliveryFilter, actor: Actor, now: datetime
) -> int:  # fmt: skip
    """Let the workers try many again at once; how many, :data:`MOST_AT_ONCE` at most, the oldest first.

    Those that the filter's state names: what waits for its next try, came back or was cancelled. Without a state, and
    for most who ask, what was given up.
    """
    state = _RETRIED.get(wanted.state, is_failed)
    # what a worker holds is being tried already
    which = (state, Delivery.claimed_by.is_(None))
    values = {
        "state": PENDING, "next_attempt_at": now, "trying_since": None, "given_up_at": None, "sent_at": None,
        "bounced_at": None, "bounce": "",
    }  # fmt: skip
    count = _change(session, _ids(site, technician, wanted, which), which, values)
    if count:
        record_action(session, "deliveries_retried", actor, now, str(count))
    return count


def cancel_many(
    site: Site, session: Session, technician: Technician, wanted: DeliveryFilter, actor: Actor, now: datetime
) -> int:  # fmt: skip
    """Never send many that wait, among those wanted; how many, :data:`MOST_AT_ONCE` at most, the oldest first."""
    which = (is_pending,)
    count = _change(
        session, _ids(site, technician, wanted, which), which, {"state": CANCELLED, "claimed_by": None}
    )  # fmt: skip
    if count:
        record_action(session, "deliveries_cancelled", actor, now, str(count))
    return count


def _ids(site: Site, technician: Technician, wanted: DeliveryFilter, which: Which) -> Any:
    return (
        select(Delivery.id)
        .outerjoin(Ticket, Ticket.id == Delivery.ticket_id)
        .where(*which, *wanted.conditions(site, technician))
        .order_by(Delivery.id)
        .limit(MOST_AT_ONCE)
    )


def _change(session: Session, ids: Any, which: Which, values: dict[str, Any]) -> int:
    result = session.execute(
        update(Delivery)
        # once more what they must be: a worker may have sent one of them meanwhile
        .where(Delivery.id.in_(ids), *which)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return result.rowcount  # type: ignore[attr-defined,no-any-return]  # an UPDATE's result has it


def _named(delivery: Delivery) -> str:
    return f"{delivery.kind} → {delivery.address}"
