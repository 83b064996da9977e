"""The list of all articles as writers see it: with drafts, in order, by shelf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_faq.desk.write import WITHDRAWN
from novantic_faq.models import Article, ArticleText, Category, Revision
from novantic_faq.words import fold, search_words

LIVE, CHANGED, DRAFTED, GONE = STATES = ("published", "changed", "draft", "withdrawn")
"""What readers see of a text: its last version, an older one, nothing yet, nothing any more."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A text of an article: its state, and its last change."""

    locale: str
    title: str
    state: str
    author: str
    at: datetime


@dataclass(slots=True)
class Line:
    """An article of the list."""

    article: Article
    texts: dict[str, TextLine] = field(default_factory=dict)

    def title(self, locale: str) -> str:
        """What it is called, in a language or in the one there is."""
        text = self.texts.get(locale) or next(iter(self.texts.values()), None)
        return text.title if text is not None else f"#{self.article.id}"

    @property
    def last(self) -> TextLine | None:
        """Its last change."""
        return max(self.texts.values(), key=lambda text: text.at, default=None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles; empty for all."""

    words: str = ""
    state: str = ""
    audience: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.state or self.audience)


def state_of(text: Any, working_id: int) -> str:
    """The state of a text whose last version is known."""
    if not text.published:
        return DRAFTED if text.revision_id is None else GONE
    return LIVE if text.revision_id in (None, working_id) else CHANGED


def overview(session: Session, wanted: Wanted) -> list[tuple[Category, list[Line]]]:
    """All shelves in order with their articles in order, those that are wanted."""
    shelves = session.scalars(select(Category).order_by(Category.position, Category.id)).all()
    statement = select(Article).order_by(Article.position, Article.id)
    if wanted.audience:
        statement = statement.where(Article.audience == wanted.audience)
    lines = {article.id: Line(article) for article in session.scalars(statement)}
    _add_texts(session, lines)
    having = _having(session, wanted.words)
    shown = [line for line in lines.values() if _is_wanted(line, wanted, having)]
    return [(shelf, [one for one in shown if one.article.category_id == shelf.id]) for shelf in shelves]


def _add_texts(session: Session, lines: Mapping[int, Line]) -> None:
    last = (
        select(Revision.article_id, Revision.locale, func.max(Revision.id).label("id"))
        .where(Revision.kind != WITHDRAWN)
        .group_by(Revision.article_id, Revision.locale)
        .subquery()
    )
    statement = (
        select(
            ArticleText.article_id, ArticleText.locale, ArticleText.published, ArticleText.revision_id,
            ArticleText.title.label("shown"), ArticleText.updated_at, Revision.id, Revision.title, Revision.author,
            Revision.at,
        )
        .outerjoin(last, (last.c.article_id == ArticleText.article_id) & (last.c.locale == ArticleText.locale))
        .outerjoin(Revision, Revision.id == last.c.id)
        .order_by(ArticleText.locale)
    )  # fmt: skip
    for row in session.execute(statement):
        line = lines.get(row.article_id)
        if line is not None:
            line.texts[row.locale] = TextLine(
                row.locale, row.title or row.shown, state_of(row, row.id), row.author or "", row.at or row.updated_at
            )


def _having(session: Session, words: str) -> set[int] | None:
    """Ids of the articles that readers find by some words; None for all."""
    beginnings = search_words(words)
    if not beginnings:
        return None
    statement = select(ArticleText.article_id)
    for word in beginnings:
        statement = statement.where(ArticleText.folded_text.contains(f" {word}", autoescape=True))
    return set(session.scalars(statement))


def _is_wanted(line: Line, wanted: Wanted, having: set[int] | None) -> bool:
    if wanted.state and wanted.state not in {text.state for text in line.texts.values()}:
        return False
    return having is None or line.article.id in having or _entitled(line.texts.values(), wanted.words)


def _entitled(texts: Iterable[TextLine], words: str) -> bool:
    """Whether a draft's title has the words, which readers don't find yet."""
    beginnings = search_words(words)
    return any(all(f" {word}" in fold(text.title) for word in beginnings) for text in texts)


def titles(session: Session, words: str, locale: str, limit: int, without: int) -> list[tuple[int, str]]:
    """Articles to choose from by words: id and title."""
    having = _having(session, words)
    return _titled(session, sorted(having or ()), locale, without)[:limit]


def titles_of(session: Session, ids: Iterable[int], locale: str) -> list[tuple[int, str]]:
    """Id and title of some articles, in the order of the ids."""
    return _titled(session, list(ids), locale, 0)


def _titled(session: Session, ids: list[int], locale: str, without: int) -> list[tuple[int, str]]:
    if not ids:
        return []
    statement = select(ArticleText.article_id, ArticleText.locale, ArticleText.title).order_by(ArticleText.locale)
    found: dict[int, str] = {}
    for row in session.execute(statement.where(ArticleText.article_id.in_(ids))):
        if row.article_id not in found or row.locale == locale:
            found[row.article_id] = row.title
    return [(key, found[key]) for key in ids if key in found and key != without]
