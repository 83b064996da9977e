"""Mails that didn't arrive: given up, or sent back by a server farther on, with nothing that arrived there since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from novantic_core.models import Contact, Delivery, Follower, Ticket
from novantic_core.models.delivery import SENT, is_missed

MOST = 200
"""Of what one person's addresses sent back, so many are looked at: whether it is twice or often is all that is said."""
AGAIN = 2
"""So many that come back are no accident any more: nobody reads that mailbox."""

_LATER = aliased(Delivery)
_missed_at: ColumnElement[datetime] = func.coalesce(Delivery.bounced_at, Delivery.given_up_at, Delivery.created_at)


def _still_missed() -> ColumnElement[bool]:
    """That a delivery's reader is one still, and has got nothing since: a condition on it joined with its ticket.

    An address that was put right, and a follower who is none any more, miss nothing.
    """
    is_reader = or_(
        func.lower(Delivery.address) == func.lower(Ticket.email),
        select(Follower.id)
        .where(
            Follower.ticket_id == Ticket.id, Follower.technician_id.is_(None),
            func.lower(Follower.email) == func.lower(Delivery.address),
        )
        .correlate_except(Follower)
        .exists(),
    )  # fmt: skip
    # whatever it was about: whoever reads that mailbox has a link to the ticket. Of the ticket, not of the mail, and a
    # value, not a "not exists": so both engines ask for it last, of the few mails that all else is true of
    arrived = (
        select(func.max(_LATER.sent_at))
        .where(
            _LATER.ticket_id == Ticket.id, func.lower(_LATER.address) == func.lower(Delivery.address),
            _LATER.state == SENT, _LATER.bounced_at.is_(None),
        )
        .correlate_except(_LATER)
        .scalar_subquery()
    )  # fmt: skip
    return and_(is_reader, func.coalesce(arrived <= _missed_at, true()))


_is_still_missed = _still_missed()


def is_out_of_reach() -> ColumnElement[bool]:
    """Whether somebody outside has not got the last mail about a ticket, as a column beside it."""
    theirs = select(Delivery.id).where(Delivery.ticket_id == Ticket.id, is_missed)
    return theirs.where(_is_still_missed).exists()


def among_the_missed() -> ColumnElement[bool]:
    """The same as a condition that tickets of any status are looked for by: begun at the mails, which are fewer."""
    theirs = select(Ticket.id).join(Delivery, Delivery.ticket_id == Ticket.id)
    return Ticket.id.in_(theirs.where(is_missed, _is_still_missed).correlate(None))


@dataclass(frozen=True, slots=True)
class Missed:
    """What an address hasn't got since the last mail that arrived there."""

    count: int
    """At most :data:`MOST`."""
    at: datetime
    """When it was last known of one."""
    words: str
    """What the server said then."""

    @property
    def again(self) -> bool:
        """Whether it is more than an accident."""
        return self.count >= AGAIN


_of_requester = and_(Ticket.id == Delivery.ticket_id, func.lower(Delivery.address) == func.lower(Ticket.email))


def misses_something() -> ColumnElement[bool]:
    """Whether a mail to a person ever didn't arrive, as a column beside them: :func:`find_missed` is seldom asked."""
    theirs = select(Delivery.id).join(Ticket, _of_requester).where(Ticket.contact_id == Contact.id, is_missed)
    return theirs.correlate(Contact).exists()


def find_missed(session: Session, contact_id: int) -> dict[str, Missed]:
    """By its address, folded, what a person hasn't got on any of their tickets; empty for nearly everybody.

    One statement, and another one only if something didn't arrive.
    """
    theirs = and_(_of_requester, Ticket.contact_id == contact_id)
    rows = session.execute(
        select(Delivery.address, _missed_at.label("at"), Delivery.bounce, Delivery.last_error)
        .join(Ticket, theirs)
        .where(is_missed)
        .order_by(Delivery.id.desc())
        .limit(MOST)
    ).all()
    if not rows:
        return {}
    arrived = session.execute(
        select(Delivery.address, func.max(Delivery.sent_at))
        .join(Ticket, theirs)
        .where(Delivery.state == SENT, Delivery.bounced_at.is_(None))
        .group_by(Delivery.address)
    )
    latest: dict[str, Any] = {}
    last: Any
    for address, last in arrived:
        # the same address may stand there in capitals, too
        key = address.casefold()
        latest[key] = max(last, latest.get(key, last))
    found: dict[str, Missed] = {}
    for address, at, bounce, error in sorted(rows, key=lambda row: row.at):
        key = address.casefold()
        if key not in latest or latest[key] <= at:
            found[key] = Missed(found[key].count + 1 if key in found else 1, at, bounce or error)
    return found
