"""The list of articles, their search, and an article."""

from __future__ import annotations

from typing import Any

from babel.core import Locale
from babel.dates import format_date
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config

from novantic_faq import articles

LONGEST_SEARCH = 200
MOST_FOUND = 50


def _language(request: Request, locale: str) -> str:
    """The name of a language, in the reader's."""
    return str(Locale.parse(locale).get_display_name(request.locale_name))


@view_config(route_name="kb", renderer="kb/list.pt", request_method="GET")
def index(request: Request) -> dict[str, Any]:
    """All articles by category, or those that have some words."""
    typed = request.params.get("q", "")[:LONGEST_SEARCH]
    # they are shown again, and a page has no control characters
    words = "".join(sign if sign.isprintable() else " " for sign in typed).strip()
    session, locale = request.dbsession, request.locale_name
    return {
        "words": words,
        "found": articles.find(session, words, locale, MOST_FOUND) if words else [],
        "shelves": [] if words else articles.shelves(session, locale),
        "language": lambda code: _language(request, code),
    }


@view_config(route_name="kb_article", renderer="kb/article.pt", request_method="GET")
def read(request: Request) -> Any:
    """An article in the reader's language, at its address of today and of that language."""
    slug = request.matchdict["slug"]
    article = articles.read(request.dbsession, slug, request.locale_name)
    if article is None:
        raise HTTPNotFound
    if article.slug != slug:
        # not for ever: another reader, or this one tomorrow, is led elsewhere
        return HTTPFound(request.route_path("kb_article", slug=article.slug))
    day = article.updated_at.astimezone(request.desk.site.settings.timezone)
    return {
        "article": article,
        "language": None if article.locale == request.locale_name else _language(request, article.locale),
        "updated": format_date(day, "long", locale=request.locale_name),
    }
