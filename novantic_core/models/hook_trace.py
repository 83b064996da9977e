"""What plugins did when something happened to a ticket, for who wants to know why it is as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class HookTrace(Base):
    """Calls of one event, in the order in which they were made. Kept for a while only.

    The first row of an event is of the change itself, written with it; each attempt to deliver one of its notices adds
    one, so that workers never wait for each other's.
    """

    __tablename__ = "hook_trace"
    __table_args__ = (Index("ix_hook_trace_ticket_id", "ticket_id", "event_id"), Index("ix_hook_trace_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    calls: Mapped[list[Any]]
    """For each call ``{"hook", "plugin", "took" (microseconds), "outcome", "changed"}``; no words of a person's."""
