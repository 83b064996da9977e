"""Tickets that were merged: the one in which a ticket goes on, and those that go on in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import Ticket


def root_of(session: Session, ticket: Ticket) -> Ticket:
    """The ticket in which one goes on; itself, unless it was merged."""
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id)
    return ticket


def lock_root(session: Session, ticket: Ticket) -> Ticket:
    """The same, held until the transaction ends: what is said there meanwhile can't be left behind by a merge."""
    while True:
        held = session.get_one(Ticket, ticket.id, with_for_update={"key_share": True}, populate_existing=True)
        if held.merged_into_id is None:
            return held
        ticket = session.get_one(Ticket, held.merged_into_id)


def merged_into(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets that go on in this one, those that were merged into them before too, oldest first."""
    found: list[Ticket] = []
    above = [ticket.id]
    while above:
        below = session.scalars(select(Ticket).where(Ticket.merged_into_id.in_(above))).all()
        found += below
        above = [one.id for one in below]
    return sorted(found, key=lambda one: one.id)


def family_ids(session: Session, ticket: Ticket) -> list[int]:
    """Ids of a ticket and of all that go on in it: whose links, time and trail are its own."""
    return [ticket.id, *(one.id for one in merged_into(session, ticket))]
