"""Reading articles, each list and each page with one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, literal, or_, select
from sqlalchemy.orm import Session

from novantic_faq.models import Address, Article, ArticleText, Category
from novantic_faq.words import search_words


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a list shows it. ``locale`` is its own language, which may not be the reader's."""

    slug: str
    locale: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category and its articles, in order."""

    key: str
    name: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Page:
    """An article whole. ``body`` is clean HTML."""

    id: int
    slug: str
    locale: str
    title: str
    summary: str
    body: str
    updated_at: datetime
    category_key: str
    category: str


def shelves(session: Session, locale: str) -> list[Shelf]:
    """All categories that have something to read, in order."""
    found: dict[str, Shelf] = {}
    statement = _listed().add_columns(Category.key, Category.names).join(Category)
    for row in _in_language(session.execute(statement.order_by(*_ORDER)), locale):
        shelf = found.setdefault(row.key, Shelf(row.key, _name(row.names, locale), []))
        shelf.entries.append(_entry(row))
    return list(found.values())


def first(session: Session, locale: str, limit: int) -> list[Entry]:
    """The first articles of all."""
    chosen = (
        select(Article.id)
        .join(Category)
        .where(select(ArticleText.id).where(ArticleText.article_id == Article.id, ArticleText.published).exists())
        .order_by(*_ORDER)
        .limit(limit)
        .subquery()
    )
    statement = _listed().join(Category).join(chosen, chosen.c.id == Article.id).order_by(*_ORDER)
    return [_entry(row) for row in _in_language(session.execute(statement), locale)]


def find(session: Session, typed: str, locale: str, limit: int) -> list[Entry]:
    """The articles that have the most of the words, in any language; a title that has them goes first.

    Whatever was typed is taken as words: there are no operators. An article that has fewer of the words than the best
    one isn't an answer.
    """
    words = search_words(typed)
    if not words:
        return []
    hits = [ArticleText.folded_text.contains(f" {word}", autoescape=True) for word in words]
    titles = [ArticleText.folded_title.contains(f" {word}", autoescape=True) for word in words]
    matched, entitled = (
        func.max(sum((case((hit, 1), else_=0) for hit in group), literal(0))) for group in (hits, titles)
    )
    scores = (
        select(ArticleText.article_id, matched.label("matched"), entitled.label("entitled"))
        .where(ArticleText.published, or_(*hits))
        .group_by(ArticleText.article_id)
        .order_by(matched.desc(), entitled.desc(), ArticleText.article_id)
        .limit(limit)
        .subquery()
    )
    statement = (
        _listed()
        .add_columns(scores.c.matched)
        .join(scores, scores.c.article_id == Article.id)
        .order_by(scores.c.matched.desc(), scores.c.entitled.desc(), Article.id)
    )
    rows = _in_language(session.execute(statement), locale)
    return [_entry(row) for row in rows if row.matched == rows[0].matched]


def read(session: Session, slug: str, locale: str) -> Page | None:
    """The article that an address leads to, in the reader's language if it can be; its own address may be another."""
    statement = (
        select(*_COLUMNS, ArticleText.body, ArticleText.updated_at, Category.key, Category.names)
        .join(Article, Article.id == ArticleText.article_id)
        .join(Category)
        .join(Address, Address.article_id == Article.id)
        .where(Address.slug == slug, ArticleText.published)
        .order_by(ArticleText.locale)
    )
    for row in _in_language(session.execute(statement), locale):
        return Page(
            row.article_id,
            row.slug,
            row.locale,
            row.title,
            row.summary,
            row.body,
            row.updated_at,
            row.key,
            _name(row.names, locale),
        )
    return None


_COLUMNS = (ArticleText.article_id, ArticleText.locale, ArticleText.slug, ArticleText.title, ArticleText.summary)
_ORDER = (Category.position, Category.id, Article.position, Article.id)


def _listed() -> Any:
    return select(*_COLUMNS).join(Article, Article.id == ArticleText.article_id).where(ArticleText.published)


def _in_language(rows: Iterable[Row[Any]], locale: str) -> list[Row[Any]]:
    """One row for each article, in the order given: the reader's language, else the one there is."""
    chosen: dict[int, Row[Any]] = {}
    for row in rows:
        if row.article_id not in chosen or row.locale == locale:
            chosen[row.article_id] = row
    return list(chosen.values())


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.slug, row.locale, row.title, row.summary)


def _name(names: dict[str, str], locale: str) -> str:
    return names.get(locale) or next(iter(names.values()), "")
