"""Looking through the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, Technician, Ticket
from novantic_core.models.delivery import FAILED, PENDING, is_failed, is_pending
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site

PAGE = 50
_STATES: dict[str, ColumnElement[bool]] = {PENDING: is_pending, FAILED: is_failed}


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries; empty for all."""

    state: str = ""
    kind: str = ""
    address: str = ""
    """A part of it."""
    number: str = ""
    """A ticket's."""

    def conditions(self, site: Site, technician: Technician) -> list[ColumnElement[bool]]:
        """As conditions on ``Delivery`` joined with ``Ticket``, with what the technician may see."""
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(_STATES.get(self.state, Delivery.state == self.state))
        if self.kind:
            found.append(Delivery.kind == self.kind)
        if self.address:
            found.append(Delivery.address.icontains(self.address, autoescape=True))
        if self.number:
            found.append(Ticket.number == self.number)
        seen = visible_tickets(site, technician)
        if seen is not None:
            found.append(or_(Delivery.ticket_id.is_(None), seen))
        return found


def find_deliveries(
    site: Site, session: Session, technician: Technician, wanted: DeliveryFilter, before: int | None = None
) -> tuple[Sequence[tuple[Delivery, str | None]], int | None]:
    """A page of deliveries, the newest first, each with its ticket's number; and where the next page begins.

    :param before: the id that the page before this one ended with
    """
    query = (
        select(Delivery, Ticket.number)
        .outerjoin(Ticket, Ticket.id == Delivery.ticket_id)
        .where(*wanted.conditions(site, technician))
        .order_by(Delivery.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    rows = [(row[0], row[1]) for row in session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None


def find_delivery(site: Site, session: Session, technician: Technician, delivery_id: int) -> Delivery | None:
    """A delivery that a technician may see, its row held until the end of the transaction."""
    query = _visible(site, technician).where(Delivery.id == delivery_id).with_for_update(of=Delivery)
    found: Delivery | None = session.scalar(query)
    return found


def count_open(site: Site, session: Session, technician: Technician) -> dict[str, int]:
    """How many wait and how many were given up; what was sent may be millions, and isn't counted."""
    found = {}
    for state, condition in _STATES.items():
        counted = _visible(site, technician).where(condition).with_only_columns(func.count())
        found[state] = session.scalar(counted) or 0
    return found


def _visible(site: Site, technician: Technician) -> Any:
    seen = visible_tickets(site, technician)
    query = select(Delivery)
    if seen is None:
        return query
    return query.outerjoin(Ticket, Ticket.id == Delivery.ticket_id).where(or_(Delivery.ticket_id.is_(None), seen))
