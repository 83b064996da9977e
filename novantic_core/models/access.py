"""How a requester gets at their ticket without an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class AccessGrant(Base):
    """A mailed link: 256 random bits of which only the SHA-256 is kept, for one ticket and one address."""

    __tablename__ = "access_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    first_used_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    use_count: Mapped[int] = mapped_column(default=0)


class AccessRequest(Base):
    """What somebody typed to get a link, right or wrong; a worker looks whether it matches.

    The page writes this row and nothing else, so that its answer takes the same time whatever was typed.
    """

    __tablename__ = "access_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    number: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
