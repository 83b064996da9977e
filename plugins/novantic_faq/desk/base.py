"""What the pages of the knowledge base's back office share."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from novantic_core.plugin import Text, _, actor, draw_page
from novantic_faq.desk import overview
from novantic_faq.desk.forms import AUDIENCE_WORDS
from novantic_faq.desk.pictures import offered
from novantic_faq.desk.write import Author, text_of, working
from novantic_faq.models import Article, ArticleText, Category, Revision

STATE_WORDS: dict[str, Text] = {
    overview.LIVE: _("Published"),
    overview.CHANGED: _("Published, with a newer draft"),
    overview.DRAFTED: _("Draft"),
    overview.GONE: _("Withdrawn"),
}
KIND_WORDS: dict[str, Text] = {
    "draft": _("Saved as a draft"),
    "published": _("Published"),
    "withdrawn": _("Withdrawn"),
    "restored": _("Brought back"),
}
STEPS = {"up": -1, "down": 1}


def author(request: Request) -> Author:
    """Who writes."""
    return Author(request.technician.id, actor(request))


def find_article(request: Request) -> Article:
    """The article of the address.

    :raises HTTPNotFound: if there is none
    """
    found: Article = _find(request, Article)
    return found


def find_shelf(request: Request) -> Category:
    """The shelf of the address.

    :raises HTTPNotFound: if there is none
    """
    found: Category = _find(request, Category)
    return found


def _find(request: Request, model: Any) -> Any:
    found = request.dbsession.get(model, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound
    return found


def find_locale(request: Request) -> str:
    """The language of the address.

    :raises HTTPNotFound: if it is none of the site's
    """
    locale: str = request.matchdict["locale"]
    if locale not in languages(request):
        raise HTTPNotFound
    return locale


def find_text(request: Request, article: Article) -> ArticleText:
    """The text of the address.

    :raises HTTPNotFound: if it hasn't been written
    """
    found = text_of(request.dbsession, article.id, find_locale(request))
    if found is None:
        raise HTTPNotFound
    return found


def find_version(request: Request, article: Article, key: str) -> Revision:
    """A version of the text of the address, by its number.

    :raises HTTPNotFound: if it has none of that number
    """
    found: Revision | None = request.dbsession.get(Revision, int(key)) if key.isdecimal() and len(key) < 10 else None
    if found is None or (found.article_id, found.locale) != (article.id, find_locale(request)):
        raise HTTPNotFound
    return found


def languages(request: Request) -> dict[str, str]:
    """The site's languages, each by its own name."""
    return {code: name for code, name, _current in request.page.languages}


def step(request: Request) -> int:
    """Which way a row is to go: -1 up, 1 down.

    :raises HTTPBadRequest: for neither
    """
    direction = request.typed("direction")
    if direction not in STEPS:
        raise HTTPBadRequest
    return STEPS[direction]


def to(request: Request, route: str, anchor: str | None = None, **parts: Any) -> Response:
    """To another page, after something was done."""
    return HTTPSeeOther(request.route_path(route, _anchor=anchor, **parts))


def draw_article(request: Request, article: Article, template: str, status: int = 200, **values: Any) -> Response:
    """A page of an article, below its tabs."""
    session, codes = request.dbsession, languages(request)
    tabs = []
    for code, name in codes.items():
        text, last = text_of(session, article.id, code), working(session, article.id, code)
        state = overview.state_of(text, last.id) if text is not None and last is not None else None
        tabs.append({"locale": code, "name": name, "state": state and STATE_WORDS[state], "key": state,
                     "title": last.title if last is not None else None})  # fmt: skip
    written = {tab["locale"]: tab["title"] for tab in tabs if tab["title"]}
    locale = request.matchdict.get("locale", request.locale_name)
    title = written.get(locale) or written.get(request.locale_name) or next(iter(written.values()), f"#{article.id}")
    return draw_page(
        request, template, status, article=article, tabs=tabs, title=title, here=request.matched_route.name,
        audience=AUDIENCE_WORDS[article.audience][0],
        locale=request.matchdict.get("locale"), files_count=len(offered(session, article.id)), **values,
    )  # fmt: skip
