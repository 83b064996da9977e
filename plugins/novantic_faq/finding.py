"""Finding articles by words: the index of their texts, and the pages of what is found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyramid.request import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.plugin import (
    Desk,
    SearchDocument,
    SearchIndex,
    SearchPiece,
    SearchQuery,
    SearchTerm,
    SearchText,
    _,
    html_to_text,
    read_query,
    search_excerpt,
    search_mark,
)
from novantic_faq import articles
from novantic_faq.audience import Audience
from novantic_faq.models import Article, ArticleText
from novantic_faq.spelling import nearest

INDEX = "faq"
FOUND = 10
"""Articles of a page."""
LAST_PAGE = 50
TEXTS = 2
"""An article may be found by each of its languages."""
LEAST_BEGINNING = 3
"""Letters by which a word is looked for as the beginning of others."""

HELD = "\u202f"

_LINK = re.compile(r'\shref="[^"]*"')
_MARKER = re.compile(r"^ *(?:- |\d+\. )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found: its title and the sentence that has the words, each in pieces."""

    entry: articles.Entry
    title: Sequence[SearchPiece]
    sentence: Sequence[SearchPiece]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found."""

    hits: Sequence[Hit] = ()
    more: bool = False
    meant: str = ""
    """The words that it was found by, where those that were typed are in no article and are like these."""
    some: bool = False
    """Whether no article has all of the words, and these have some of them or words that begin so."""


def plain_text(body: str) -> str:
    """What is read of an article's HTML: the words of its links, not their addresses, of its lists, not their signs."""
    # spaces that hold French signs to their words would become common ones, at which a line may break
    held = _LINK.sub("", body).replace("&nbsp;", HELD).replace("\u00a0", HELD)
    return _MARKER.sub("", html_to_text(held)).replace(HELD, "\u00a0")


# ---------------------------------------------------------------- the index


def _read(session: Session, ids: Sequence[int]) -> Iterable[SearchDocument]:
    for text in session.scalars(select(ArticleText).where(ArticleText.id.in_(ids), ArticleText.published)):
        words = (("A", text.title), ("B", text.summary), ("C", plain_text(text.body)))
        yield SearchDocument(text.id, [SearchText(said, weight, text.locale) for weight, said in words])  # type: ignore[arg-type]


def _ids(session: Session, after: int, limit: int) -> Sequence[int]:
    ids = select(ArticleText.id).where(ArticleText.published, ArticleText.id > after)
    return session.scalars(ids.order_by(ArticleText.id).limit(limit)).all()


TEXTS_INDEX = SearchIndex(INDEX, _("Knowledge base"), _read, _ids)
"""A document for each published text; whom it is for is asked when somebody looks for it."""


# ---------------------------------------------------------------- what is looked for


def find(desk: Desk, audience: Audience, typed: str, locale: str, page: int = 1, limit: int = FOUND) -> Found:
    """A page of the articles that have the words, the best first, each in the reader's language if it can be.

    A word that no article has is taken for the one that it is nearest to; then, those that have some of the words, or
    words that begin so.

    :param page: from 1
    """
    query = read_query(typed)
    if found := _look(desk, audience, query, locale, page, limit):
        return found
    if page > 1 and _look(desk, audience, query, locale, 1, limit):
        return Found()
    meant = nearest(desk, typed) or ""
    if meant and (found := _look(desk, audience, read_query(meant), locale, page, limit)):
        return replace(found, meant=meant)
    found = _look(desk, audience, _wider(read_query(meant or typed)), locale, page, limit)
    return replace(found, meant=meant, some=True) if found else Found()


def _look(desk: Desk, audience: Audience, query: SearchQuery, locale: str, page: int, limit: int) -> Found | None:
    end = page * limit
    hits = desk.find(INDEX, query, within=audience.texts(), limit=TEXTS * end + 1)
    found = articles.of_texts(desk.session, audience, [hit.id for hit in hits], locale)
    shown = [_hit(entry, body, query) for entry, body in found[end - limit : end]]
    return Found(shown, more=len(found) > end) if shown else None


def _hit(entry: articles.Entry, body: str, query: SearchQuery) -> Hit:
    # found by its text in another language, it has none of the words in this one
    sentence = search_excerpt([entry.summary, plain_text(body)], query) or [SearchPiece(entry.summary, False)]
    return Hit(entry, search_mark(entry.title, query), sentence)


def _wider(query: SearchQuery) -> SearchQuery:
    """Any of the terms, and of single words also what begins like them."""
    terms = [
        replace(term, prefix=len(term.words) == 1 and len(term.words[0]) >= LEAST_BEGINNING and not term.excluded)
        for term in query.terms
    ]
    return SearchQuery(tuple(terms), any_of=True)


def alike(desk: Desk, audience: Audience, article: articles.Page, limit: int) -> list[int]:
    """The texts of its category that have words of an article's title, the most alike first."""
    query = SearchQuery(tuple(SearchTerm((word,)) for word in article.title.split()), any_of=True)
    others = audience.texts().where(Article.category_id == article.category_id, Article.id != article.id)
    return [hit.id for hit in desk.find(INDEX, query, within=others, limit=TEXTS * limit)]


def rows(desk: Desk, audience: Audience, typed: str, locale: str, limit: int) -> list[tuple[articles.Entry, str]]:
    """The best articles and of each the sentence that has the words, for the search of the home page."""
    found = find(desk, audience, typed, locale, limit=limit)
    return [(hit.entry, "".join(piece.text for piece in hit.sentence)) for hit in found.hits]


def address(request: Request, words: str, page: int = 1) -> str:
    """Where a page of what is found stands."""
    query = {"q": words, "page": page} if page > 1 else {"q": words}
    return str(request.route_path("kb", _query=query))


def clean_words(typed: Any) -> str:
    """What was typed as it may be shown again: a page has no control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in str(typed)).strip()
