"""What technicians do around a ticket: drafts, presence, followers, links, merges, time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class Draft(Base):
    """What a technician has typed on a ticket and not sent yet; it survives the tab and the browser."""

    __tablename__ = "draft"

    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """``reply`` or ``note``."""
    html: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class Presence(Base):
    """Who has a ticket's page open now, or is writing on it."""

    __tablename__ = "presence"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
    writing: Mapped[bool] = mapped_column(default=False)


class Follower(Base):
    """Somebody who is told what happens to a ticket besides its requester and its assignee.

    A technician, or an address outside that reads the discussion (never the notes) by a link of its own.
    """

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("ticket_id", "email_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    merged_from_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    """The ticket whose merge made them follow this one; undoing the merge ends it."""


class TicketLink(Base):
    """Two tickets that have to do with one another, the smaller id first."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        UniqueConstraint("ticket_id", "other_id"),
        CheckConstraint("ticket_id < other_id", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class TicketMerge(Base):
    """What has to be put back when a merge is undone; ``Ticket.merged_into_id`` says into which ticket it went."""

    __tablename__ = "ticket_merge"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    merged_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    call_back: Mapped[bool]
    raised: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it made of the other ticket, more urgent or open again: ``{attribute: [before, after]}``."""


class MergedMessage(Base):
    """A message that a merge carried along, and from where it had come before."""

    __tablename__ = "merged_message"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket_merge.ticket_id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, index=True)
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))


class TimeEntry(Base):
    """Time spent on a ticket, in minutes, and whether it is billed with what decided that."""

    __tablename__ = "time_entry"
    __table_args__ = (
        Index("ix_time_entry_organisation", "organisation_id", "spent_on"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    """The ticket's when it was noted: the month's sum doesn't move when a contact does."""
    minutes: Mapped[int]
    billable: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))
    """What decided whether it is billed: the contract, or a technician's words."""
    note: Mapped[str] = mapped_column(String(500), default="")
    spent_on: Mapped[datetime] = mapped_column(index=True)
    submission: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The key of the form that noted it: the same form sent twice makes one entry."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
