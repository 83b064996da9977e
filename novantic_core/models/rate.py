"""Counters of the rate limits, shared by all processes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class Rate(Base):
    """How often something was tried in a window that ends at ``expires_at``."""

    __tablename__ = "rate"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
