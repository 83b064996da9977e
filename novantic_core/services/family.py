"""Tickets that were merged: the one in which a ticket goes on, and those that go on in it."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from novantic_core.models import Ticket
from novantic_core.values import TicketInfo


def root_of(session: Session, ticket: Ticket) -> Ticket:
    """The ticket in which one goes on; itself, unless it was merged."""
    while ticket.merged_into_id is not None:
        ticket = session.get_one(Ticket, ticket.merged_into_id)
    return ticket


def lock_root(session: Session, ticket: Ticket) -> Ticket:
    """The same, held until the transaction ends: what is said there meanwhile can't be left behind by a merge."""
    session.flush()
    while True:
        held = session.get_one(Ticket, ticket.id, with_for_update={"key_share": True}, populate_existing=True)
        if held.merged_into_id is None:
            return held
        ticket = session.get_one(Ticket, held.merged_into_id)


def family(ticket: Ticket | TicketInfo) -> Select[int]:
    """The ids of a ticket and of all that go on in it, as part of a statement: whose links and time are its own."""
    top = select(Ticket.id).where(Ticket.id == ticket.id).cte(recursive=True)
    every = top.union_all(select(Ticket.id).join(top, Ticket.merged_into_id == top.c.id))
    return select(every.c.id)


def merged_into(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets that go on in this one, those that were merged into them before too, oldest first."""
    below = select(Ticket).where(Ticket.id.in_(family(ticket)), Ticket.id != ticket.id).order_by(Ticket.id)
    return list(session.scalars(below))


def family_ids(session: Session, ticket: Ticket) -> list[int]:
    """The same ids, looked up."""
    return list(session.scalars(family(ticket)))
