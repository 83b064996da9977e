"""Who works the queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base

TECHNICIAN, ADMINISTRATOR = ROLES = ("technician", "administrator")


class Technician(Base):
    """A technician or an administrator; ``password_hash`` is argon2id's."""

    __tablename__ = "technician"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str] = mapped_column(String(255))
    """Empty for somebody who was invited and has chosen none yet."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(Text, default="")
    """HTML, cleaned; it stands under their replies."""
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    """The second factor's secret, sealed with the site's; None while it isn't set up."""
    totp_step: Mapped[int] = mapped_column(default=0)
    """The last time step whose code was used: no code is good twice."""
    last_seen_at: Mapped[datetime | None]
    """When they last had a page of the back office, to the minute; sessions come and go."""
    version: Mapped[int] = mapped_column(default=1)


class TechnicianSession(Base):
    """A signed-in browser; signing out removes the row, so a copied cookie is worth nothing afterwards."""

    __tablename__ = "technician_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    pending: Mapped[bool] = mapped_column(default=False)
    """The password was right, the second factor is still to come: good for nothing else."""
    last_seen_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(String(45), default="")
    """The address it was opened from."""
    browser: Mapped[str] = mapped_column(String(255), default="")


class RecoveryCode(Base):
    """A code that stands in once for a lost second factor; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class PersonalLink(Base):
    """A mailed link by which a technician chooses a password, once: an invitation or a reset."""

    __tablename__ = "personal_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    """``invitation`` or ``reset``."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasswordRequest(Base):
    """What somebody typed who has forgotten their password, right or wrong; a worker looks whose address it is.

    The page writes this row and nothing else, so that its answer takes the same time whatever was typed.
    """

    __tablename__ = "password_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    theme: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]


class SetupLink(Base):
    """The one-time link that creates the first administrator."""

    __tablename__ = "setup_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
