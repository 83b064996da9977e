"""Knowledge base: articles that help clients by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from pyramid.config import Configurator
from pyramid.request import Request

from novantic_core.plugin import NavigationItem, PagePart, SearchSource, Setting, Text, _, hookimpl
from novantic_faq import articles

MOST_ON_THE_HOME_PAGE = 20


def parse_count(text: str) -> int:
    """How many articles the home page shows."""
    count = int(text)
    if not 0 <= count <= MOST_ON_THE_HOME_PAGE:
        raise ValueError
    return count


@hookimpl
def novantic_settings_schema() -> Iterable[Setting]:
    """How much of it stands on the home page."""
    return [
        Setting(
            "home_articles", _("a whole number from 0 to 20"), parse_count, 4, label=_("Articles on the home page"),
            help=_("The first ones of the knowledge base, below the search."),
        )
    ]  # fmt: skip


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
    count = request.desk.plugin_settings("faq")["home_articles"]
    entries = articles.first(request.dbsession, request.locale_name, count)
    return [PagePart("kb/home.pt", {"entries": entries})] if entries else []


@hookimpl
def novantic_search_sources() -> Iterable[SearchSource]:
    """Articles are among what the home page's search finds."""
    return [SearchSource("faq", _("Knowledge base"), _find)]


def _find(request: Request, words: str, limit: int) -> Iterable[tuple[Text, str, str]]:
    for entry in articles.find(request.dbsession, words, request.locale_name, limit):
        yield entry.title, request.route_path("kb_article", slug=entry.slug), entry.summary
