"""Templates of themes that failed, for who looks after the site."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class ThemeFault(Base):
    """A template that could not be drawn, in whose place its parent's was; the latest fault, and how often."""

    __tablename__ = "theme_fault"

    theme: Mapped[str] = mapped_column(String(80), primary_key=True)
    template: Mapped[str] = mapped_column(String(200), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    """Whose it is: the theme's own, or one of its parents'."""
    line: Mapped[int | None]
    fault: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    times: Mapped[int]
