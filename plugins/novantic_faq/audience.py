"""Whom an article is for. What somebody may not read isn't there for them, on any page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from sqlalchemy import ColumnElement, or_, select, true

from novantic_faq.models import ORGANISATIONS, PUBLIC, Article, ArticleText, Reader


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody who reads: anybody, somebody of an organisation, or a technician."""

    technician: bool = False
    organisation: int | None = None

    @property
    def may_read(self) -> ColumnElement[bool]:
        """Of an article: whether it is for them. Technicians read all; whether it is published is another question."""
        if self.technician:
            return true()
        everybody = Article.audience == PUBLIC
        if self.organisation is None:
            return everybody
        theirs = select(Reader.article_id).where(
            Reader.article_id == Article.id, Reader.organisation_id == self.organisation
        )
        return or_(everybody, (Article.audience == ORGANISATIONS) & theirs.exists())

    def texts(self) -> Any:
        """The ids of the texts that they may read, for a search within them."""
        return (
            select(ArticleText.id)
            .join(Article, Article.id == ArticleText.article_id)
            .where(ArticleText.published, self.may_read)
        )


EVERYBODY = Audience()
BACK_OFFICE = Audience(technician=True)


def audience_of(request: Request) -> Audience:
    """Who reads. It costs no statement for a reader who came without a ticket's link and isn't signed in."""
    if request.technician is not None:
        return Audience(technician=True)
    return Audience(organisation=request.visitor_organisation)
