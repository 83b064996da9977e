"""Knowledge base: articles that help clients by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy.orm import Session

from novantic_core.plugin import (
    NavigationItem,
    PagePart,
    SearchSource,
    Setting,
    Text,
    TicketDraft,
    _,
    hookimpl,
    parse_bool,
)
from novantic_faq import articles, avoided, offer

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
        ),
        Setting(
            "suggestions", _("yes or no"), parse_bool, True, label=_("Articles beside the form of a new ticket"),
            help=_("While somebody writes, articles that may help are offered. Who finds an answer there says so, and "
                   "the dashboard counts a ticket that was avoided."),
        ),
    ]  # fmt: skip


@hookimpl
def novantic_configure(config: Configurator) -> None:
    """The list, which is the search too, and the page of an article."""
    # an address has nothing but these signs, so that no odd one reaches the database
    for name, pattern, role in offer.ROUTES:
        config.add_route(name, pattern)
        config.allow(name, role)
    config.scan("novantic_faq.offer")
    for name, pattern in (("kb", "/kb"), ("kb_article", "/kb/{slug:[a-z0-9-]+}")):
        config.add_route(name, pattern)
        config.allow(name, "everybody")
    config.scan("novantic_faq.views")


@hookimpl
def novantic_navigation(request: Request) -> Iterable[NavigationItem]:
    """The second tab."""
    return [NavigationItem("kb", _("Knowledge base"), order=20)]


@hookimpl
def novantic_page_parts(request: Request, place: str, subject: Any) -> Iterable[PagePart]:
    """The first articles on the home page, what fits beside a ticket's form, and what that spared on the dashboard."""
    if place == "ticket_form":
        return offer.part(request)
    if place == "admin_dashboard":
        return offer.figures(request, subject)
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


@hookimpl
def novantic_prepare_draft(draft: TicketDraft, session: Session) -> None:
    """A ticket of a form beside which somebody said that an article solved it wasn't avoided after all."""
    if draft.form_key:
        avoided.take_back(session, draft.form_key)
