"""What lies in the storage, and what waits there for a form to be sent again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class StoredFile(Base):
    """One row for a content. Its lock is what keeps the sweep from removing a file that is just coming in again."""

    __tablename__ = "stored_file"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    touched_at: Mapped[datetime] = mapped_column(index=True)


class Upload(Base):
    """A file kept while its form is put right; forgotten after a day."""

    __tablename__ = "upload"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)


class HeldFile(Base):
    """A file that a plugin keeps for something of its own, as an article: the sweep leaves it alone."""

    __tablename__ = "held_file"

    holder: Mapped[str] = mapped_column(String(120), primary_key=True)
    """Whose it is, in the plugin's own words: ``faq.article.12``."""
    key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), primary_key=True, index=True)
