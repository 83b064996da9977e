"""Knowledge base: articles that help clients by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from pyramid.config import Configurator
from pyramid.request import Request

from novantic_core.plugin import NavigationItem, PagePart, SearchSource, Text, _, hookimpl
from novantic_faq import articles

ON_THE_HOME_PAGE = 4


@hookimpl
def novantic_configure(config: Configurator) -> None:
    """The list, which is the search too, and the page of an article."""
    # an address has nothing but these signs, so that no odd one reaches the database
    for name, pattern in (("kb", "/kb"), ("kb_article", "/kb/{slug:[a-z0-9-]+}")):
        config.add_route(name, pattern)
        config.allow(name, "everybody")
    config.scan("novantic_faq.views")


@hookimpl
def novantic_navigation(request: Request) -> Iterable[NavigationItem]:
    """The second tab."""
    return [NavigationItem("kb", _("Knowledge base"), order=20)]


@hookimpl
def novantic_page_parts(request: Request, place: str) -> Iterable[PagePart]:
    """The first articles, on the home page."""
    if place != "home":
        return []
    entries = articles.first(request.dbsession, request.locale_name, ON_THE_HOME_PAGE)
    return [PagePart("kb/home.pt", {"entries": entries})] if entries else []


@hookimpl
def novantic_search_sources() -> Iterable[SearchSource]:
    """Articles are among what the home page's search finds."""
    return [SearchSource("faq", _("Knowledge base"), _find)]


def _find(request: Request, words: str, limit: int) -> Iterable[tuple[Text, str, str]]:
    for entry in articles.find(request.dbsession, words, request.locale_name, limit):
        yield entry.title, request.route_path("kb_article", slug=entry.slug), entry.summary
