"""How plugins fare, for who looks after the site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class PluginState(Base):
    """How a plugin fared, over all processes, since its row was made."""

    __tablename__ = "plugin_state"

    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)
    faults: Mapped[int]
    last_fault: Mapped[str] = mapped_column(Text)
    last_fault_at: Mapped[datetime]
    set_aside: Mapped[bool] = mapped_column(default=False)
    version: Mapped[str] = mapped_column(String(64), default="")
    """Of its distribution, when it last was there."""
    missing_since: Mapped[datetime | None]
    """When it was first asked for and no longer there; None while it is."""
