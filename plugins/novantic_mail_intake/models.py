"""Table of the mails that came in.

A row is written as soon as a mail lies in the storage, before anything is made of it: whoever brought it is told that
it is kept once that is committed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from novantic_core.plugin import NAMING_CONVENTION, UTCDateTime, core_key

NEW, KEPT, HELD, FAULTY, AUTOMATIC, BOUNCE, DUPLICATE, BRAKED, DISCARDED = STATES = (
    "new", "kept", "held", "faulty", "automatic", "bounce", "duplicate", "braked", "discarded",
)  # fmt: skip
TO_DECIDE = (HELD, FAULTY, BRAKED)
"""The states that wait for a technician."""


TICKET = core_key("ticket").column.table
"""The core's table, to look up."""


class Base(DeclarativeBase):
    """The plugin's tables. What refers to the core's goes with its row, so that the plugin can be taken away."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UTCDateTime}  # noqa: RUF012 - SQLAlchemy reads it


class RefreshToken(Base):
    """The OAuth2 refresh token that a server gave in the place of the one before, sealed with the site's secret."""

    __tablename__ = "mail_intake_token"

    mailbox: Mapped[str] = mapped_column(String(64), primary_key=True)
    instead: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of the one in the .ini file that it follows: whoever writes another one there begins anew."""
    sealed: Mapped[str] = mapped_column(Text)


class IncomingMail(Base):
    """A mail as it came, and what became of it.

    ``new``: nothing yet. ``kept``: it is a message of a ticket. ``held``: a stranger's, on a ticket that isn't theirs;
    a technician decides. ``faulty``: set aside, it couldn't be understood or written; it can be tried again.
    ``automatic``: no person wrote it, and nothing was made of it. ``bounce``: a server's word on a notice of ours.
    ``duplicate``: another copy of it was here before. ``braked``: too many of its sender's, or too often the same;
    a technician decides. ``discarded``: a technician decided that nothing is made of it.
    """

    __tablename__ = "mail_intake_message"
    __table_args__ = (
        # the same bytes in the same mailbox are the same mail: what is fetched twice counts once
        Index(
            "uq_mail_intake_message_mailbox_key", "mailbox", "key", unique=True,
            sqlite_where=text("key <> ''"), postgresql_where=text("key <> ''"),
        ),
        Index(
            "ix_mail_intake_message_waiting", "state", "id",
            sqlite_where=text("state IN ('new', 'held', 'faulty', 'braked')"),
            postgresql_where=text("state IN ('new', 'held', 'faulty', 'braked')"),
        ),
        Index("ix_mail_intake_message_message_id", "message_id"),
        Index("ix_mail_intake_message_ticket_id", "ticket_id"),
        Index("ix_mail_intake_message_received_at", "received_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(String(64))
    """The name of the mailbox in the settings."""
    source: Mapped[str] = mapped_column(String(16))
    """``command``, ``imap`` or ``lmtp``."""
    key: Mapped[str] = mapped_column(String(64))
    """Where its bytes lie in the storage; empty once they were removed."""
    size: Mapped[int]
    envelope_from: Mapped[str | None] = mapped_column(String(320))
    """From whom it came on the wire: empty for a server's word; None where that isn't known."""
    envelope_to: Mapped[str] = mapped_column(String(320), default="")
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default=NEW)
    fault: Mapped[str] = mapped_column(Text, default="")
    """Why it was set aside, held or left; English, for administrators."""
    tries: Mapped[int] = mapped_column(default=0)
    begun: Mapped[int] = mapped_column(default=0)
    """How often in a row it was taken up, and the process ended before anything came of it."""
    next_try_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(String(998), default="")
    sender: Mapped[str] = mapped_column(String(320), default="")
    sender_name: Mapped[str] = mapped_column(String(200), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    ticket_id: Mapped[int | None] = mapped_column(core_key("ticket", "SET NULL"))
    """The ticket that it became part of, or that a held one names."""
    message_row_id: Mapped[int | None] = mapped_column(core_key("message", "SET NULL"))
    delivery_id: Mapped[int | None] = mapped_column(core_key("delivery", "SET NULL"))
    """The notice that a bounce is about."""
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    """The technician who decided on it."""
    copied: Mapped[int] = mapped_column(default=0)
    """How many addresses stand in its To and Cc: the first of them are kept as :class:`Copy`."""


class Copy(Base):
    """Somebody in To or Cc of a mail that became a message."""

    __tablename__ = "mail_intake_copy"
    __table_args__ = (UniqueConstraint("mail_id", "place"), Index("ix_mail_intake_copy_address_key", "address_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail_intake_message.id", ondelete="CASCADE"))
    place: Mapped[int]
    field: Mapped[str] = mapped_column(String(2))
    """``to`` or ``cc``."""
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(320))
    address_key: Mapped[str] = mapped_column(String(320))
    why: Mapped[str] = mapped_column(String(16), default="")
    """Why they don't follow the ticket by themselves; empty for who did, and where nobody does."""
