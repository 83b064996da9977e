"""What a desk sets up for itself without a file: teams, canned replies, views, preferences, and who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class Team(Base):
    """A team that tickets go to. ``key`` is what tickets keep; ``label`` may change."""

    __tablename__ = "team"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    private: Mapped[bool] = mapped_column(default=False)
    """Its tickets are seen by its members and by administrators only."""
    hidden: Mapped[bool] = mapped_column(default=False)
    """No longer offered; tickets that have it keep it."""
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class CannedReply(Base):
    """A text that technicians put into a reply. ``html`` is clean and may hold variables in double braces."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    html: Mapped[str] = mapped_column(Text)
    category_key: Mapped[str | None] = mapped_column(ForeignKey("category.key"))
    """Offered first on tickets of this category."""
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class SavedView(Base):
    """A technician's own way to look at the queue: the query of its address, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("technician_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))
    position: Mapped[int] = mapped_column(default=0)


class Preference(Base):
    """A setting made on a page, as ``second_factor.required``, ``priority.KEY.label`` or ``plugin.NAME.SETTING``."""

    __tablename__ = "preference"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Action(Base):
    """Something done to the desk itself rather than to a ticket, for the audit trail. Rows are only ever added."""

    __tablename__ = "action"
    __table_args__ = (Index("ix_action_at", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40), index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    """What it was done to, in words that stay true when the row of it is gone."""
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """As of an event: ``{attribute: [before, after]}``. Nothing secret, and nothing of a person who was erased."""
