"""The outbox: what has to be told to whom, written with the change that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, and_, literal, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base

PENDING, SENT, FAILED, CANCELLED = STATES = ("pending", "sent", "failed", "cancelled")
MISSED = "role = 'requester' AND (state = 'failed' OR bounced_at IS NOT NULL)"


class Delivery(Base):
    """One notice to one recipient. ``message_id`` never changes, so that a repetition can be told from a second one."""

    __tablename__ = "delivery"
    __table_args__ = (
        # the worker's question, answered from the few rows that are still pending however many were sent
        Index(
            "ix_delivery_due", "next_attempt_at", "id",
            sqlite_where=text("state = 'pending'"), postgresql_where=text("state = 'pending'"),
        ),
        # what an administrator looks for, among all that was sent
        Index(
            "ix_delivery_failed", "id",
            sqlite_where=text("state = 'failed'"), postgresql_where=text("state = 'failed'"),
        ),
        # what was sent and came back
        Index(
            "ix_delivery_bounced", "id",
            sqlite_where=text("bounced_at IS NOT NULL"), postgresql_where=text("bounced_at IS NOT NULL"),
        ),
        # what didn't arrive, by its ticket: the queue asks for each of its rows
        Index("ix_delivery_missed", "ticket_id", sqlite_where=text(MISSED), postgresql_where=text(MISSED)),
        # what a worker held when it was deleted
        Index(
            "ix_delivery_claimed_by", "claimed_by",
            sqlite_where=text("claimed_by IS NOT NULL"), postgresql_where=text("claimed_by IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    message_row_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"), index=True)
    """Whose account it is about, where it is about no ticket."""
    plugin: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(80))
    brand: Mapped[str] = mapped_column(String(40), default="main")
    """Whose face the notice has: what it names, links to and comes from."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    trying_since: Mapped[datetime | None]
    """Since when it is tried: the first attempt, or the first one after somebody had it tried again; later by what it
    waited meanwhile for somebody to try it. The two days after which it is given up count from here."""
    given_up_at: Mapped[datetime | None]
    """When it became ``failed``."""
    bounced_at: Mapped[datetime | None]
    """When a server farther on said that it can't deliver it; it was accepted before."""
    bounce: Mapped[str] = mapped_column(Text, default="")
    """What that server said."""


class DeliveryArchive(Base):
    """What was sent, as it was sent, but for the secret in its link. A room of its own: lists never read it."""

    __tablename__ = "delivery_archive"
    __table_args__ = (Index("ix_delivery_archive_at", "at"),)

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    raw: Mapped[bytes]
    """Compressed by zlib."""


# written out in the statement, not bound: neither engine can see that a parameter is the word of the partial index
is_pending = Delivery.state == literal(PENDING, String(), literal_execute=True)
is_failed = Delivery.state == literal(FAILED, String(), literal_execute=True)
is_missed = and_(
    Delivery.role == literal("requester", String(), literal_execute=True),
    or_(is_failed, Delivery.bounced_at.is_not(None)),
)
"""Given up or sent back, of what goes to somebody outside: the requester, or who follows a ticket."""


class Worker(Base):
    """A worker that is alive as long as it says so. Deleting its row gives all its claims back."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime] = mapped_column(index=True)


class WorkerTaskRow(Base):
    """Who does a task that one worker of the site does, and how it goes.

    A claim refers to its worker's row, as those of deliveries do: it is given back with it.
    """

    __tablename__ = "worker_task"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    """``PLUGIN.TASK``, and of what, where the task says so: ``mail_intake.imap support``."""
    worker_id: Mapped[str | None] = mapped_column(ForeignKey("worker.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    """When what it watches last answered."""
    fault: Mapped[str] = mapped_column(Text, default="")
    """Why it doesn't; empty while it does."""
    fault_since: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    """When a worker that comes now and again last did it; only of what is done more seldom than that comes."""


class Alarm(Base):
    """Something that administrators were told, so that they are told once. It goes when all is well again."""

    __tablename__ = "alarm"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    since: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """None until it has lasted long enough to be told."""
    gone_at: Mapped[datetime | None]
    """Since when it is well again; it is over when that has lasted too."""
    words: Mapped[str] = mapped_column(Text, default="")


class JobRun(Base):
    """When a periodic job is due next; the row's lock decides which worker runs it."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    due_at: Mapped[datetime]
