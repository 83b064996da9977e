"""The list of articles, their search, and an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from babel.core import Locale
from babel.dates import format_date
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import _, file_response, plural
from novantic_faq import articles, finding
from novantic_faq.audience import BACK_OFFICE, Audience, audience_of
from novantic_faq.models import PUBLIC

LONGEST_SEARCH = 200
RELATED = 4
"""How many other articles are shown with one."""
ENOUGH = 2
"""So many that somebody chose need no others."""
LARGEST_ID = 2**31
VIEWS = plural("Read ${n} time", "Read ${n} times")


def _language(request: Request, locale: str) -> str:
    """The name of a language, in the reader's."""
    return str(Locale.parse(locale).get_display_name(request.locale_name))


@view_config(route_name="kb", renderer="kb/list.pt", request_method="GET")
def index(request: Request) -> dict[str, Any]:
    """All articles by category, or those that have some words."""
    words = finding.clean_words(request.params.get("q", "")[:LONGEST_SEARCH])
    session, locale, audience = request.dbsession, request.locale_name, audience_of(request)
    number = _page_number(request)

    found = finding.find(request.desk, audience, words, locale, number) if words else finding.Found()
    return {
        "words": words,
        "found": found,
        "number": number,
        "newer": finding.address(request, words, number - 1) if number > 1 else None,
        "older": finding.address(request, words, number + 1) if found.more and number < finding.LAST_PAGE else None,
        "shelves": [] if words else articles.shelves(session, audience, locale),
        "address": request.desk.url("/kb"),
    }


def _page_number(request: Request) -> int:
    typed = request.params.get("page", "")
    return min(max(int(typed), 1), finding.LAST_PAGE) if re.fullmatch("[0-9]{1,4}", typed) else 1


def find_article(request: Request) -> tuple[articles.Page, Audience]:
    """The article of the address, for whoever reads, and who that is.

    :raises HTTPNotFound: for what isn't there, or isn't for them
    """
    audience = audience_of(request)
    slug = request.matchdict["slug"]
    unsaid = not request.says_language
    article = articles.read(request.dbsession, audience.anywhere, slug, request.locale_name, as_addressed=unsaid)
    if article is None:
        raise HTTPNotFound
    return article, audience


@view_config(route_name="kb_article", renderer="kb/article.pt", request_method="GET")
def read(request: Request) -> Any:
    """An article in the reader's language, at its address of today and of that language.

    Who says no language, as crawlers do, reads the one of the address.
    """
    article, audience = find_article(request)
    if article.slug != request.matchdict["slug"]:
        # not for ever: another reader, or this one tomorrow, is led elsewhere
        return HTTPFound(request.route_path("kb_article", slug=article.slug))
    if not request.says_language:
        request.answer_in(article.locale)
    return page_values(request, article, audience)


def page_values(request: Request, article: articles.Page, audience: Audience = BACK_OFFICE) -> dict[str, Any]:
    """What the page of an article shows."""
    locale, desk = request.locale_name, request.desk
    day = article.updated_at.astimezone(desk.site.settings.timezone)
    return {
        "article": article,
        "technician": audience.technician,
        "figures": figures(request, article) if audience.technician else [],
        "public": article.audience == PUBLIC,
        "address": desk.url(f"/kb/{article.slug}"),
        "alternates": _alternates(request, article),
        "language": None if article.locale == locale else _language(request, article.locale),
        "others": [
            (code, slug, _language(request, code)) for code, slug in article.addresses.items() if code != article.locale
        ],
        "updated": format_date(day, "long", locale=locale),
        "files": articles.files(request.dbsession, article.id) if article.has_files else [],
        "related": related(request, audience, article),
        **said(request, article, request.GET.get("useful", "")),
    }  # fmt: skip


def _alternates(request: Request, article: articles.Page) -> list[tuple[str, str]]:
    """For search engines: the article's address in each language, and in the one for all the others."""
    if article.audience != PUBLIC or len(article.addresses) == 1:
        return []
    found = [(code, request.desk.url(f"/kb/{slug}")) for code, slug in article.addresses.items()]
    fallback = dict(found).get(request.desk.brand.locale)
    return [*found, ("x-default", fallback)] if fallback else found


def related(request: Request, audience: Audience, article: articles.Page) -> Sequence[articles.Entry]:
    """What to read next: what somebody chose; where that is little, also what is alike in its category."""
    texts = finding.alike(request.desk, audience, article, RELATED) if article.picked < ENOUGH else []
    if not texts and not article.picked:
        return []
    return articles.related(request.dbsession, audience, article, texts, request.locale_name, RELATED)


def said(request: Request, article: articles.Page, answer: str) -> dict[str, Any]:
    """What the page says to somebody who just answered whether it was of use; for no, the way to a ticket."""
    query = {"subject": article.title}
    if article.topics:
        query["topic"] = article.topics[0]
    return {"answer": answer, "ticket": request.page.route("new_ticket", _query=query)}


def figures(request: Request, article: articles.Page) -> list[str]:
    """For technicians, in the place of the question: how much it is read, and what readers say of it."""
    answers = article.useful + article.useless
    said = _("Nobody has said yet whether it is useful")
    if answers:
        said = _("Found useful by ${some} of ${all}", mapping={"some": article.useful, "all": answers})
    return [request.localizer.plural(VIEWS, article.views), request.page.words(said)]


@view_config(route_name="kb_file", request_method="GET")
def file(request: Request) -> Response:
    """A file of an article, or a picture in its text, for whom the article is."""
    key = int(request.matchdict["id"])
    found = articles.find_file(request.dbsession, audience_of(request).anywhere, key) if key < LARGEST_ID else None
    if found is None:
        raise HTTPNotFound
    row, audience = found
    return file_response(request, row.key, row.filename, row.media_type, row.size, public=audience == PUBLIC)
