"""Reading articles: a list with one statement, a page with one more for each thing that it has beside its text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from novantic_faq.audience import Audience
from novantic_faq.models import Address, Article, ArticleFile, ArticleText, Category, Related


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as a list shows it. ``locale`` is its own language, which may not be the reader's."""

    slug: str
    locale: str
    title: str
    summary: str
    audience: str


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
    category_id: int
    category_key: str
    category: str
    audience: str
    topics: list[str]
    views: int
    useful: int
    useless: int
    has_files: bool
    picked: int
    """How many others somebody chose to be shown with it."""
    addresses: dict[str, str]
    """Its name in the address for each language that it can be read in."""


def shelves(session: Session, audience: Audience, locale: str) -> list[Shelf]:
    """All categories that have something to read, in order."""
    found: dict[str, Shelf] = {}
    statement = _listed(audience).add_columns(Category.key, Category.names).join(Category)
    for row in _in_language(session.execute(statement.order_by(*_ORDER)), locale):
        shelf = found.setdefault(row.key, Shelf(row.key, _name(row.names, locale), []))
        shelf.entries.append(_entry(row))
    return list(found.values())


def most_useful(session: Session, audience: Audience, locale: str, limit: int) -> list[Entry]:
    """What readers said is of use, then what is most read, then the first ones."""
    order = ((Article.useful - Article.useless).desc(), Article.views.desc(), *_ORDER)
    chosen = (
        select(Article.id)
        .join(Category)
        .where(
            select(ArticleText.id).where(ArticleText.article_id == Article.id, ArticleText.published).exists(),
            audience.may_read,
        )
        .order_by(*order)
        .limit(limit)
        .subquery()
    )
    statement = _listed(audience).join(Category).join(chosen, chosen.c.id == Article.id).order_by(*order)
    return [_entry(row) for row in _in_language(session.execute(statement), locale)]


def of_texts(session: Session, audience: Audience, ids: Sequence[int], locale: str) -> list[tuple[Entry, str]]:
    """The articles of some texts and their HTML, in the order of the texts; each once, in the reader's language."""
    if not ids:
        return []
    theirs = select(ArticleText.article_id).where(ArticleText.id.in_(ids))
    rows = session.execute(_listed(audience).add_columns(ArticleText.body).where(Article.id.in_(theirs))).all()
    place = {text: number for number, text in enumerate(ids)}
    best: dict[int, int] = {}
    for row in rows:
        best[row.article_id] = min(best.get(row.article_id, len(ids)), place.get(row.id, len(ids)))
    chosen = sorted(_in_language(rows, locale), key=lambda row: best[row.article_id])
    return [(_entry(row), row.body) for row in chosen]


def related(
    session: Session, audience: Audience, article: Page, texts: Sequence[int], locale: str, limit: int
) -> list[Entry]:
    """What to read next: the articles that somebody chose, then those of some texts that were found."""
    found = select(ArticleText.article_id).where(ArticleText.id.in_(texts))
    statement = (
        _listed(audience)
        .add_columns(Related.position)
        .outerjoin(Related, (Related.other_id == Article.id) & (Related.article_id == article.id))
        .where(or_(Related.position.is_not(None), Article.id.in_(found)), Article.id != article.id)
    )
    rows = session.execute(statement).all()
    place: dict[int, tuple[int, int]] = {}
    ranks = {text: number for number, text in enumerate(texts)}
    for row in rows:
        rank = (1, ranks.get(row.id, len(ranks))) if row.position is None else (0, row.position)
        place[row.article_id] = min(place.get(row.article_id, rank), rank)
    chosen = sorted(_in_language(rows, locale), key=lambda row: place[row.article_id])
    return [_entry(row) for row in chosen[:limit]]


def read(session: Session, audience: Audience, slug: str, locale: str, *, as_addressed: bool = False) -> Page | None:
    """The article that an address leads to, in the reader's language if it can be; its own address may be another.

    :param as_addressed: in the address's own language rather, for a reader who says none
    """
    files = select(ArticleFile.id).where(
        ArticleFile.article_id == Article.id, ArticleFile.inline.is_(False), ArticleFile.removed.is_(False)
    )
    picked = select(func.count()).where(Related.article_id == Article.id).scalar_subquery()
    statement = (
        select(
            *_COLUMNS, ArticleText.body, ArticleText.updated_at, Article, Category.key, Category.names,
            files.exists().label("has_files"), picked.label("picked"),
        )
        .join(Article, Article.id == ArticleText.article_id)
        .join(Category)
        .join(Address, Address.article_id == Article.id)
        .where(Address.slug == slug, ArticleText.published, audience.may_read)
        .order_by(ArticleText.locale)
    )  # fmt: skip
    rows: Sequence[Any] = session.execute(statement).all()
    addressed = [row for row in rows if row.slug == slug] if as_addressed else []
    for row in addressed or _in_language(rows, locale):
        article: Article = row.Article
        return Page(
            article.id, row.slug, row.locale, row.title, row.summary, row.body, row.updated_at,
            article.category_id, row.key, _name(row.names, row.locale if addressed else locale),
            article.audience, article.topics, article.views, article.useful, article.useless,
            row.has_files, row.picked, {other.locale: other.slug for other in rows},
        )  # fmt: skip
    return None


def files(session: Session, article: int) -> Sequence[ArticleFile]:
    """What can be downloaded with an article; pictures in its text aren't among them."""
    statement = select(ArticleFile).where(
        ArticleFile.article_id == article, ArticleFile.inline.is_(False), ArticleFile.removed.is_(False)
    )
    return session.scalars(statement.order_by(ArticleFile.id)).all()


def find_file(session: Session, audience: Audience, key: int) -> tuple[ArticleFile, str] | None:
    """A file that somebody may have, and whom its article is for.

    Readers get those of articles that they can read, and pictures, as what was removed, only while a text that they
    can read shows it; a technician gets those of drafts and of older versions too.
    """
    statement = (
        select(ArticleFile, Article.audience)
        .join(Article, Article.id == ArticleFile.article_id)
        .where(ArticleFile.id == key, audience.may_read)
    )
    if not audience.technician:
        text = select(ArticleText.id).where(ArticleText.article_id == Article.id, ArticleText.published)
        shown = text.where(ArticleText.body.contains(f"/kb/files/{key}/", autoescape=True))
        offered = ArticleFile.removed.is_(False) & ArticleFile.inline.is_(False)
        statement = statement.where(or_(offered & text.exists(), shown.exists()))
    row = session.execute(statement).first()
    return (row[0], row[1]) if row is not None else None


_COLUMNS = (
    ArticleText.id, ArticleText.article_id, ArticleText.locale, ArticleText.slug, ArticleText.title,
    ArticleText.summary, Article.audience,
)  # fmt: skip
_ORDER = (Category.position, Category.id, Article.position, Article.id)


def _listed(audience: Audience) -> Any:
    return (
        select(*_COLUMNS)
        .join(Article, Article.id == ArticleText.article_id)
        .where(ArticleText.published, audience.may_read)
    )


def _in_language(rows: Iterable[Row[Any]], locale: str) -> list[Row[Any]]:
    """One row for each article, in the order given: the reader's language, else the one there is."""
    chosen: dict[int, Row[Any]] = {}
    for row in rows:
        if row.article_id not in chosen or row.locale == locale:
            chosen[row.article_id] = row
    return list(chosen.values())


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.slug, row.locale, row.title, row.summary, row.audience)


def _name(names: dict[str, str], locale: str) -> str:
    return names.get(locale) or next(iter(names.values()), "")
