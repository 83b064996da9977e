"""A company that is served, and the mail domains by which its people are known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novantic_core.models.base import Base
from novantic_core.models.fold import LONGEST, fold


def _words(context: Any) -> str:
    return fold(context.get_current_parameters()["name"])[:LONGEST]


class Organisation(Base):
    """A client company. ``contract`` says whether work for it is covered by one, or billed by the time spent."""

    __tablename__ = "organisation"
    __table_args__ = (Index("ix_organisation_words", "words", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name_key: Mapped[str] = mapped_column(String(120), unique=True)
    """The name case-folded: what makes two names one organisation."""
    name: Mapped[str] = mapped_column(String(120))
    contract: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(Text, default="")
    """For technicians, shown on each of its tickets."""
    words: Mapped[str] = mapped_column(String(500), default=_words)
    """The name as it is searched and put in order by; whoever changes the name writes it anew."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class OrganisationDomain(Base):
    """A mail domain, in lower case: who writes from it belongs to the organisation."""

    __tablename__ = "organisation_domain"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
