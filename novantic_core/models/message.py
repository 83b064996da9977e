"""What was said on a ticket, and the files that came with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from novantic_core.models.base import Base

MESSAGE, REPLY, NOTE = KINDS = ("message", "reply", "note")


class Message(Base):
    """The requester's ``message``, the desk's ``reply``, or a technicians' ``note`` that no client ever sees."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_ticket", "ticket_id", "id"),
        Index(
            "ix_message_mail_id", "mail_id",
            sqlite_where=text("mail_id <> ''"), postgresql_where=text("mail_id <> ''"),
        ),
        Index(
            "ix_message_moved_from", "moved_from_id",
            sqlite_where=text("moved_from_id IS NOT NULL"), postgresql_where=text("moved_from_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(120))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    html: Mapped[str] = mapped_column(Text)
    """Cleaned before it came here."""
    text: Mapped[str] = mapped_column(Text)
    submission: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    """The ticket on which it was said, where a merge or a split brought it here."""
    mail_id: Mapped[str] = mapped_column(String(998), default="")
    """The Message-ID of the mail by which it came, without its brackets; empty where it came otherwise."""

    attachments: Mapped[list[Attachment]] = relationship(lazy="raise", order_by="Attachment.id")


class Attachment(Base):
    """A file of a message."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    inline: Mapped[bool] = mapped_column(default=False)
    """A picture shown in the text rather than in the list of files."""
