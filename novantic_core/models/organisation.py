"""A company that is served, and the mail domains by which its people are known."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base


class Organisation(Base):
    """A client company. ``contract`` says whether work for it is covered by one, or billed by the time spent."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    """The name case-folded: what makes two names one organisation."""
    name: Mapped[str] = mapped_column(String(120))
    contract: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(Text, default="")
    """For technicians, shown on each of its tickets."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class OrganisationDomain(Base):
    """A mail domain, in lower case: who writes from it belongs to the organisation."""

    __tablename__ = "organisation_domain"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
