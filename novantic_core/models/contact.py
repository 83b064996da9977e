"""A person who asks for help."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base
from novantic_core.models.fold import contact_words


def _words(context: Any) -> str:
    return contact_words(context.get_current_parameters())


class Contact(Base):
    """One row for an address. Name, phone and company are those of the latest ticket."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_words", "words", "id"),
        # of the few that were merged: SQLite would take an index of all for "not merged", and then put them in order
        Index(
            "ix_contact_merged_into", "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"), postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    """The address case-folded: what makes two addresses one person."""
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40), default="")
    company: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    """When a mailed link was first opened: until then anybody may have typed this address."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    """The person that this address turned out to be another one of: tickets from it are theirs."""
    notes: Mapped[str] = mapped_column(Text, default="")
    """For technicians."""
    erased_at: Mapped[datetime | None]
    """When name, addresses and words were taken out on request; the row stays for the numbers of tickets."""
    words: Mapped[str] = mapped_column(String(500), default=_words)
    """What it is searched and put in order by; whoever changes the name, address, phone or company writes it anew."""
    version: Mapped[int] = mapped_column(default=1)
    """One more with each save by a technician, so that the later of two hears of the earlier."""
