"""Looking through the outbox."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, DeliveryArchive, Technician, Ticket
from novantic_core.models.delivery import FAILED, PENDING, SENT, is_failed, is_pending
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site

PAGE = 50
MOST_COUNTED = 10_000
"""Of more that are like a filter it is said that there are more."""
BOUNCED = "bounced"
"""What was sent, and came back: a state for who looks, not for a worker."""
_OPEN: dict[str, ColumnElement[bool]] = {PENDING: is_pending, FAILED: is_failed}
STATES: dict[str, ColumnElement[bool]] = {
    **_OPEN, BOUNCED: Delivery.bounced_at.is_not(None),
    SENT: and_(Delivery.state == SENT, Delivery.bounced_at.is_(None)),
}  # fmt: skip


def state_of(delivery: Delivery) -> str:
    """How a delivery stands: its state, or that it came back."""
    return BOUNCED if delivery.bounced_at is not None else delivery.state


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries; empty for all."""

    state: str = ""
    """One of the states, or :data:`BOUNCED`."""
    kind: str = ""
    address: str = ""
    """A part of it."""
    number: str = ""
    """A ticket's."""
    channel: str = ""
    brand: str = ""
    error: str = ""
    """A part of what a server, or a worker, said of it."""
    since: datetime | None = None
    """Made at this moment or later."""
    until: datetime | None = None
    """Made before this moment."""
    upto: int | None = None
    """Its id at most: what came after somebody looked isn't meant."""

    def conditions(self, site: Site, technician: Technician) -> list[ColumnElement[bool]]:
        """As conditions on ``Delivery`` joined with ``Ticket``, with what the technician may see."""
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(STATES.get(self.state, Delivery.state == self.state))
        for column, wanted in (
            (Delivery.kind, self.kind), (Ticket.number, self.number), (Delivery.channel, self.channel),
            (Delivery.brand, self.brand),
        ):  # fmt: skip
            if wanted:
                found.append(column == wanted)
        if self.address:
            found.append(Delivery.address.icontains(self.address, autoescape=True))
        if self.error:
            said = (Delivery.last_error, Delivery.bounce)
            found.append(or_(*[words.icontains(self.error, autoescape=True) for words in said]))
        if self.upto is not None:
            found.append(Delivery.id <= self.upto)
        if self.since is not None:
            found.append(Delivery.created_at >= self.since)
        if self.until is not None:
            found.append(Delivery.created_at < self.until)
        seen = _seen(site, technician)
        return found if seen is None else [*found, seen]


@dataclass(frozen=True)
class DeliveryPage:
    """A page: deliveries, each with its ticket's number, and the ids where the pages beside it begin."""

    rows: Sequence[tuple[Delivery, str | None]]
    newer: int | None = None
    older: int | None = None


def find_deliveries(
    site: Site, session: Session, technician: Technician, wanted: DeliveryFilter, *, before: int | None = None,
    after: int | None = None,
) -> DeliveryPage:  # fmt: skip
    """A page of deliveries, the newest first.

    :param before: the id that the page before this one ended with
    :param after: the id that the page after this one begins with
    """
    query = (
        select(Delivery, Ticket.number)
        .outerjoin(Ticket, Ticket.id == Delivery.ticket_id)
        .where(*wanted.conditions(site, technician))
        .order_by(Delivery.id.desc() if after is None else Delivery.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(Delivery.id > after)
    elif before is not None:
        query = query.where(Delivery.id < before)
    found = [(row[0], row[1]) for row in session.execute(query)]
    more, rows = len(found) > PAGE, found[:PAGE]
    if after is not None:
        if not more:
            # there is no page before: it is the first one, and a whole one
            return find_deliveries(site, session, technician, wanted)
        rows.reverse()
    return DeliveryPage(
        rows,
        newer=rows[0][0].id if rows and (before is not None or after is not None) else None,
        older=rows[-1][0].id if rows and (more or after is not None) else None,
    )


@dataclass(frozen=True)
class Total:
    """How many there are, at most one more than :data:`MOST_COUNTED`, and the newest one's id."""

    count: int
    newest: int | None


def count_found(site: Site, session: Session, technician: Technician, wanted: DeliveryFilter) -> Total:
    """How many deliveries are like a filter."""
    few = (
        select(Delivery.id)
        .outerjoin(Ticket, Ticket.id == Delivery.ticket_id)
        .where(*wanted.conditions(site, technician))
        .order_by(Delivery.id.desc())
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    row = session.execute(select(func.count(), func.max(few.c.id)).select_from(few)).one()
    return Total(row[0], row[1])


def find_delivery(
    site: Site, session: Session, technician: Technician, delivery_id: int, *, held: bool = True
) -> Delivery | None:  # fmt: skip
    """A delivery that a technician may see.

    :param held: whether its row is held until the end of the transaction
    """
    query = _visible(site, technician).where(Delivery.id == delivery_id)
    found: Delivery | None = session.scalar(query.with_for_update(of=Delivery) if held else query)
    return found


def count_open(site: Site, session: Session, technician: Technician) -> dict[str, int]:
    """How many wait and how many were given up; what was sent may be millions, and isn't counted."""
    found = {}
    for state, condition in _OPEN.items():
        counted = _visible(site, technician).where(condition).with_only_columns(func.count())
        found[state] = session.scalar(counted) or 0
    return found


def sent_words(session: Session, delivery: Delivery) -> bytes | None:
    """What was sent, as it was sent but for what opens something; None where it isn't kept."""
    packed = session.scalar(select(DeliveryArchive.raw).where(DeliveryArchive.delivery_id == delivery.id))
    return zlib.decompress(packed) if packed is not None else None


def _visible(site: Site, technician: Technician) -> Any:
    seen = _seen(site, technician)
    query = select(Delivery)
    return query if seen is None else query.outerjoin(Ticket, Ticket.id == Delivery.ticket_id).where(seen)


def _seen(site: Site, technician: Technician) -> ColumnElement[bool] | None:
    """A condition on ``Delivery`` joined with ``Ticket``: of a ticket that is seen, and for administrators of none."""
    seen = visible_tickets(site, technician)
    if technician.role == ADMINISTRATOR:
        return seen
    of_ticket = Delivery.ticket_id.is_not(None)
    return of_ticket if seen is None else and_(of_ticket, seen)
