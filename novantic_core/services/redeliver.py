"""Sending a delivery now, or never: what an administrator decides instead of the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, Technician, Ticket
from novantic_core.models.delivery import CANCELLED, FAILED, PENDING, is_failed
from novantic_core.services.find_deliveries import DeliveryFilter, state_of
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.values import Actor


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


def retry_failed(
    site: Site, session: Session, technician: Technician, wanted: DeliveryFilter, actor: Actor, now: datetime
) -> int:  # fmt: skip
    """Let the workers try all again that were given up, among those wanted; how many."""
    ids = (
        select(Delivery.id)
        .outerjoin(Ticket, Ticket.id == Delivery.ticket_id)
        .where(is_failed, *wanted.conditions(site, technician))
    )
    result = session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(state=PENDING, next_attempt_at=now, trying_since=None, given_up_at=None)
        .execution_options(synchronize_session=False)
    )
    count: int = result.rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
    if count:
        record_action(session, "deliveries_retried", actor, now, str(count))
    return count


def _named(delivery: Delivery) -> str:
    return f"{delivery.kind} → {delivery.address}"
