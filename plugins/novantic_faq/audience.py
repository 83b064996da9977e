"""Whom an article is for, and under which brand. What somebody may not read isn't there for them, on any page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from novantic_faq.models import ORGANISATIONS, PUBLIC, Article, ArticleText, Reader, ShelfBrand


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody who reads: anybody, somebody of an organisation, or a technician."""

    technician: bool = False
    organisation: int | None = None
    brand: str | None = None
    """The key of the brand on whose pages they read; None for all of the desk's, in the back office."""

    @property
    def may_read(self) -> ColumnElement[bool]:
        """Of an article: whether it is for them. Technicians read all; whether it is published is another question."""
        return self._of_readers if self.brand is None else and_(self._of_readers, shown_under(self.brand))

    @property
    def _of_readers(self) -> ColumnElement[bool]:
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

    @property
    def anywhere(self) -> Audience:
        """The same, where they open one article by its address: a technician comes to it from the back office."""
        return BACK_OFFICE if self.technician else self


BACK_OFFICE = Audience(technician=True)


def shown_under(brand: str) -> ColumnElement[bool]:
    """Of an article: whether its shelf is shown under a brand.

    It asks whatever the settings say: what was written for a brand that is gone doesn't turn up elsewhere.
    """
    there = func.max(case((ShelfBrand.brand == brand, 1), else_=0))
    hidden = select(ShelfBrand.category_id).group_by(ShelfBrand.category_id).having(there == 0)
    return Article.category_id.not_in(hidden)


def everybody(request: Request) -> Audience:
    """Whoever comes to the portal of the request's brand."""
    return Audience(brand=request.desk.brand.key)


def audience_of(request: Request) -> Audience:
    """Who reads. It costs no statement for a reader who came without a ticket's link and isn't signed in."""
    if request.technician is not None:
        return Audience(technician=True, brand=request.desk.brand.key)
    return Audience(organisation=request.visitor_organisation, brand=request.desk.brand.key)
