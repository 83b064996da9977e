"""A small desk for tests about several tickets: each step in its own transaction, tickets named by their number."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import Follower, Message, Organisation, Technician, Ticket
from novantic_core.plugin import Actor, Desk, TicketDraft, TicketInfo
from novantic_core.services.change_status import change_status
from novantic_core.services.describe import ticket_info
from novantic_core.services.discuss import add_message, add_note
from novantic_core.services.follow import follow, follow_from_outside, followers_of, unfollow
from novantic_core.services.grant_access import revoke_access
from novantic_core.services.keep_organisation import merge_organisations
from novantic_core.services.merge_tickets import merge_tickets
from novantic_core.services.unmerge_ticket import unmerge_ticket
from novantic_core.testing.app import App

CLAIRE, MARC = "claire@lefevre.example.com", "marc@petit.example.com"
NAMES = {CLAIRE: "Claire Lefèvre", MARC: "Marc Petit"}
HUGO = Actor("technician", "Hugo", "hugo@novantic.example")


class SmallDesk:
    """What tests say in their own words."""

    def __init__(self, app: App) -> None:
        self.app = app

    def open(self, email: str = CLAIRE, **values: Any) -> str:
        """Open a ticket: its number."""
        given = {"subject": "Panne", "message": "<p>Au secours</p>", "name": NAMES.get(email, email), **values}
        with self.app.transaction() as session:
            return Desk(self.app.site, session).open_ticket(TicketDraft(channel="web", email=email, **given)).number

    def say(self, number: str, words: str, actor: Actor = HUGO, **options: Any) -> None:
        """Say something on a ticket."""
        with self.app.transaction() as session:
            ticket = find(session, number)
            add_message(self.app.site, session, ticket, actor, f"<p>{words}</p>", datetime.now(UTC), **options)

    def note(self, number: str, html: str, actor: Actor = HUGO) -> int:
        """Write a note that no client sees: its id."""
        with self.app.transaction() as session:
            return add_note(self.app.site, session, find(session, number), actor, html, datetime.now(UTC)).id

    def set_status(self, number: str, status: str, actor: Actor = HUGO) -> bool:
        """Set a ticket's status, ``open``, ``waiting`` or ``closed``: whether it had another."""
        with self.app.transaction() as session:
            return change_status(self.app.site, session, find(session, number), status, actor, datetime.now(UTC))

    def revoke_links(self, number: str) -> None:
        """End what was mailed of a ticket: its links open it no longer."""
        with self.app.transaction() as session:
            revoke_access(session, find(session, number).id, datetime.now(UTC))

    def merge_organisations(self, gone: int, kept: int) -> None:
        """Merge a company into another, by their ids."""
        with self.app.transaction() as session:
            one, other = session.get_one(Organisation, gone), session.get_one(Organisation, kept)
            merge_organisations(self.app.site, session, one, other, HUGO, datetime.now(UTC))

    def info(self, number: str) -> TicketInfo:
        """A ticket as hooks are given it."""
        with self.app.transaction() as session:
            return ticket_info(find(session, number))

    def merge(self, number: str, into: str) -> str:
        """Merge one into another: the number of the one in which both go on."""
        with self.app.transaction() as session:
            one, other = find(session, number), find(session, into)
            return merge_tickets(self.app.site, session, one, other, HUGO, datetime.now(UTC)).number

    def unmerge(self, number: str) -> bool:
        """Undo it."""
        with self.app.transaction() as session:
            return unmerge_ticket(self.app.site, session, find(session, number), HUGO, datetime.now(UTC))

    def follow(self, number: str, email: str, name: str = "Inès Roux", locale: str = "fr") -> None:
        """Let somebody outside follow a ticket."""
        with self.app.transaction() as session:
            ticket = find(session, number)
            follow_from_outside(self.app.site, session, ticket, email, name, locale, HUGO, datetime.now(UTC))

    def follow_inside(self, number: str, technician: int) -> None:
        """Let a technician follow a ticket, by their id."""
        with self.app.transaction() as session:
            row = session.get_one(Technician, technician)
            follow(self.app.site, session, find(session, number), row, HUGO, datetime.now(UTC))

    def unfollow(self, number: str, email: str) -> None:
        """End it."""
        with self.app.transaction() as session:
            ticket = find(session, number)
            (row,) = session.scalars(select(Follower).where(Follower.ticket_id == ticket.id, Follower.email == email))
            unfollow(self.app.site, session, ticket, row, HUGO, datetime.now(UTC))

    def followers(self, number: str) -> list[str]:
        """The addresses of who follows a ticket."""
        with self.app.transaction() as session:
            return [one.email for one in followers_of(session, find(session, number))]

    def change(self, number: str, **values: Any) -> None:
        """Set attributes of a ticket."""
        with self.app.transaction() as session:
            for name, value in values.items():
                setattr(find(session, number), name, value)

    def look(self, number: str) -> Ticket:
        """A ticket as it is now."""
        with self.app.transaction() as session:
            return find(session, number)

    def said(self, number: str) -> list[str]:
        """What is said on a ticket, in order of time."""
        with self.app.transaction() as session:
            rows = select(Message).where(Message.ticket_id == find(session, number).id).order_by(Message.created_at)
            return [message.text.strip() for message in session.scalars(rows)]


def find(session: Session, number: str) -> Ticket:
    """The row of a ticket."""
    return session.scalars(select(Ticket).where(Ticket.number == number)).one()
