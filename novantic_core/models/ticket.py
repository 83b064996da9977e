"""A ticket: one request, from its opening to its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from novantic_core.models.base import Base
from novantic_core.models.contact import Contact
from novantic_core.models.organisation import Organisation
from novantic_core.models.technician import Technician

OPEN, WAITING, CLOSED = STATUSES = ("open", "waiting", "closed")


class Ticket(Base):
    """The requester's name, address and phone are kept as given on this ticket; the contact is the person."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_status_updated", "status", "updated_at"),
        # what came, was answered and was solved in a period
        Index("ix_ticket_created", "created_at"),
        Index("ix_ticket_answered", "first_answer_at"),
        Index("ix_ticket_closed", "closed_at"),
        # the queue's, each weighed in docs/adr/0013-indexes-of-the-queue.md
        Index("ix_ticket_category", "category_key", "status", "updated_at"),
        Index("ix_ticket_assignee", "assignee_id", "status", "updated_at"),
        Index("ix_ticket_organisation", "organisation_id", "status", "updated_at"),
        Index(
            "ix_ticket_live", "updated_at", "id", "status", "assignee_id", "team", "category_key", "organisation_id",
            "priority", "critical", "priority_rank", "created_at", "brand",
            sqlite_where=text("status <> 'closed'"), postgresql_where=text("status <> 'closed'"),
        ),
        Index(
            "ix_ticket_critical", "acknowledged_at", "created_at", "id", "status", "critical",
            sqlite_where=text("critical = 1 AND status <> 'closed'"),
            postgresql_where=text("critical AND status <> 'closed'"),
        ),
        # of a site with one brand it is empty, and costs nothing
        Index(
            "ix_ticket_brand", "brand", "status", "updated_at",
            sqlite_where=text("brand <> 'main'"), postgresql_where=text("brand <> 'main'"),
        ),
        Index(
            "ix_ticket_merged_into", "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"), postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20), default=OPEN)
    category_key: Mapped[str | None] = mapped_column(ForeignKey("category.key"))
    priority: Mapped[str] = mapped_column(String(40))
    priority_rank: Mapped[int]
    critical: Mapped[bool] = mapped_column(default=False)
    call_back: Mapped[bool] = mapped_column(default=False)
    """Somebody should ring the requester; back to false when it is done."""
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    """Why it has its priority and its team: ``{"what", "value", "plugin", "reason"}``, in the order they came."""
    channel: Mapped[str] = mapped_column(String(40))
    team: Mapped[str] = mapped_column(String(80))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    merged_contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    """The contact of its own address, where that was merged into ``contact_id``; undoing it gives the ticket back."""
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40), default="")
    company: Mapped[str] = mapped_column(String(120), default="")
    department: Mapped[str] = mapped_column(String(120), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values of the fields that plugins added, by name."""
    locale: Mapped[str] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(80))
    brand: Mapped[str] = mapped_column(String(40), default="main")
    """Under which name its client knows the desk: the key of one of the site's brands."""
    submission: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The key of the form that opened it: the same form sent twice makes one ticket."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    first_answer_at: Mapped[datetime | None]
    """When the desk first answered the requester."""
    acknowledged_at: Mapped[datetime | None]
    """When a technician took note of a critical ticket: until then it stands above all others."""
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    last_author: Mapped[str] = mapped_column(String(120), default="")
    """Who had the last word that the requester can read, for the queue."""
    last_kind: Mapped[str] = mapped_column(String(20), default="message")
    """Whose word that was: ``message`` the requester's, ``reply`` the desk's."""
    last_word_at: Mapped[datetime | None]
    """When it was said. An assignment or a note changes a ticket too, and is none; a merged ticket has none left."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    """The ticket in which this one goes on; its own address leads there."""

    contact: Mapped[Contact] = relationship(lazy="raise", foreign_keys=[contact_id])
    assignee: Mapped[Technician | None] = relationship(lazy="raise", foreign_keys=[assignee_id])
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
