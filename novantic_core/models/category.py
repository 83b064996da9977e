"""What a ticket can be about."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class Category(Base):
    """A topic that a ticket was given once. Its words stay here when the plugin that offered it is gone."""

    __tablename__ = "category"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    plugin: Mapped[str] = mapped_column(String(64))
    """Who offers it; empty for one that was added in the back office. Words that the desk gave it are a preference."""
    position: Mapped[int | None]
    hidden: Mapped[bool] = mapped_column(default=False)
    """Not offered any more to who opens a ticket; tickets that have it keep it."""
