"""What a search engine still has to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class SearchPending(Base):
    """A document that is to be indexed by a worker: too many changed at once, or the engine failed."""

    __tablename__ = "search_pending"
    __table_args__ = (Index("ix_search_pending_due", "due_at"),)

    index_name: Mapped[str] = mapped_column(String(60), primary_key=True)
    document_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    due_at: Mapped[datetime]
    """When a worker may take it; put off where it failed."""
    tries: Mapped[int] = mapped_column(default=0)
