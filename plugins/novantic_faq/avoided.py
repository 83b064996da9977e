"""Tickets that nobody had to open: noted when a reader says so, taken back when they open one after all, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from novantic_core.plugin import Period, insert_or
from novantic_faq.models import Article, ArticleText, Avoided

TOPIC_LENGTH = 80
KEY_LENGTHS = range(8, 65)
"""Of a form's key, as the form itself takes it."""


def is_key(text: str) -> bool:
    """Whether this can be the key of a form."""
    return len(text) in KEY_LENGTHS and text.isascii() and text.isprintable()


def note(session: Session, article_id: int, form_key: str, topic: str, now: datetime) -> None:
    """An article solved what somebody was about to write of in a form. Said twice of one form, it counts once."""
    values = {"article_id": article_id, "topic": topic[:TOPIC_LENGTH], "submission": form_key, "at": now}
    session.execute(insert_or(session, Avoided).values(values).on_conflict_do_nothing())


def take_back(session: Session, form_key: str) -> bool:
    """It wasn't so: whether there was anything to take back."""
    return bool(session.execute(delete(Avoided).where(Avoided.submission == form_key)).rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Spared:
    """An article, how many tickets it spared in a period, and how many readers ever said that it was of use or not."""

    title: str | None
    """None for articles that are gone, together."""
    slug: str
    tickets: int
    useful: int
    useless: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a period's dashboard shows: all tickets that were avoided, and the articles that did it, the best first."""

    tickets: int
    articles: Sequence[Spared]


def tally(session: Session, period: Period, locale: str) -> Tally:
    """Count by article, each titled in the reader's language where it has that."""
    first, end = period.bounds
    count = func.count().label("tickets")
    by_article = (
        select(Avoided.article_id, count)
        .where(Avoided.at >= first, Avoided.at < end)
        .group_by(Avoided.article_id)
        .subquery()
    )
    rows = session.execute(
        select(
            by_article.c.tickets, by_article.c.article_id, Article.useful, Article.useless, ArticleText.locale,
            ArticleText.title, ArticleText.slug,
        )
        .outerjoin(Article, Article.id == by_article.c.article_id)
        .outerjoin(ArticleText, ArticleText.article_id == Article.id)
        .order_by(by_article.c.tickets.desc(), by_article.c.article_id, ArticleText.id)
    ).all()  # fmt: skip
    chosen: dict[int | None, Any] = {}
    for row in rows:
        if row.article_id not in chosen or row.locale == locale:
            chosen[row.article_id] = row
    spared = [
        Spared(row.title, row.slug or "", row.tickets, row.useful or 0, row.useless or 0) for row in chosen.values()
    ]
    return Tally(sum(one.tickets for one in spared), spared)
