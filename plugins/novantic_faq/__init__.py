"""Knowledge base: articles that help clients by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.events import ContextFound
from pyramid.request import Request
from sqlalchemy.orm import Session

from novantic_core.plugin import (
    ActionKind,
    ContactInfo,
    NavigationItem,
    OrganisationInfo,
    PagePart,
    PeriodicJob,
    SearchIndex,
    SearchSource,
    Setting,
    Text,
    TicketInfo,
    _,
    hookimpl,
    parse_bool,
)
from novantic_faq import articles, desk, finding, offer
from novantic_faq.audience import audience_of
from novantic_faq.desk import place, reply_views, ticket_views
from novantic_faq.desk.forget import forget_person
from novantic_faq.feedback import forget_answers

novantic_api = ">=1.3,<2"

MOST_ON_THE_HOME_PAGE = 20
DAY = 24 * 3600
# an address has nothing but these signs, so that no odd one reaches the database
SLUG = "{slug:[a-z0-9-]+}"
ROUTES = (
    ("kb", "/kb"),
    ("kb_feed", "/kb/feed.xml"),
    ("kb_file", r"/kb/files/{id:\d{1,18}}/{filename}"),
    ("kb_article", f"/kb/{SLUG}"),
    ("kb_useful", f"/kb/{SLUG}/useful"),
    ("kb_read", f"/kb/{SLUG}/read"),
    ("sitemap", "/sitemap.xml"),
    ("robots", "/robots.txt"),
)


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
            help=_("Those that readers find the most useful, below the search."),
        ),
        Setting(
            "suggestions", _("yes or no"), parse_bool, True, label=_("Articles beside the form of a new ticket"),
            help=_("While somebody writes, articles that may help are offered. Who finds an answer there says so, and "
                   "the dashboard counts a ticket that was avoided."),
        ),
    ]  # fmt: skip


@hookimpl
def novantic_configure(config: Configurator) -> None:
    """The list, which is the search too, the page of an article with what belongs to it, and what is offered."""
    for name, pattern, role in offer.ROUTES:
        config.add_route(name, pattern)
        config.allow(name, role)
    for name, pattern in ROUTES:
        config.add_route(name, pattern)
        # the views themselves ask whom an article is for
        config.allow(name, "everybody")
    config.add_subscriber(offer.sent_after_all, ContextFound)
    for module in ("views", "feedback_views", "feeds", "offer"):
        config.scan(f"novantic_faq.{module}")
    desk.set_up(config)


@hookimpl
def novantic_navigation(request: Request) -> Iterable[NavigationItem]:
    """The second tab, and where technicians write."""
    return [NavigationItem("kb", _("Knowledge base"), order=20), desk.MENU]


@hookimpl
def novantic_action_kinds() -> Iterable[ActionKind]:
    """What is done to articles, for the audit trail."""
    return desk.ACTIONS


@hookimpl
def novantic_page_parts(request: Request, place: str, subject: Any) -> Iterable[PagePart]:
    """What fits beside a ticket, its form and a reply, what that spared, and the most useful on the home page."""
    draw = PARTS.get(place)
    return [] if draw is None else draw(request, subject)


def _home(request: Request, _subject: Any) -> Iterable[PagePart]:
    count = request.desk.plugin_settings("faq")["home_articles"]
    entries = articles.most_useful(request.dbsession, audience_of(request), request.locale_name, count) if count else []
    return [PagePart("kb/home.pt", {"entries": entries})] if entries else []


PARTS: Mapping[str, Callable[[Request, Any], Iterable[PagePart]]] = {
    "home": _home,
    "ticket_form": lambda request, _form: offer.part(request),
    "admin_dashboard": offer.figures,
    "admin_ticket": ticket_views.card,
    "admin_reply": reply_views.part,
}
"""What the knowledge base adds to pages, by the place."""


@hookimpl
def novantic_search_indexes() -> Iterable[SearchIndex]:
    """The published texts of articles."""
    return [finding.TEXTS_INDEX]


@hookimpl
def novantic_reply_text(request: Request, ticket: TicketInfo, chosen: str) -> str | None:
    """An article's link or text, for a browser without a script."""
    return reply_views.chosen_text(request, ticket, chosen)


@hookimpl
def novantic_contact_erase(contact: ContactInfo, session: Session) -> Mapping[str, Iterable[int]]:
    """They are taken out of articles that were made of their tickets."""
    return forget_person(contact, session)


@hookimpl
def novantic_organisation_merged(kept: OrganisationInfo, gone: OrganisationInfo, session: Session) -> None:
    """Its people go on reading what was theirs to read."""
    place.follow_organisation(session, kept, gone)


@hookimpl
def novantic_search_sources() -> Iterable[SearchSource]:
    """Articles are among what the home page's search finds."""
    return [SearchSource("faq", _("Knowledge base"), _find, finding.address)]


def _find(request: Request, words: str, limit: int) -> Iterable[tuple[Text, str, str]]:
    for entry, sentence in finding.rows(request.desk, audience_of(request), words, request.locale_name, limit):
        yield entry.title, request.route_path("kb_article", slug=entry.slug), sentence


@hookimpl
def novantic_periodic_jobs() -> Iterable[PeriodicJob]:
    """Whose answers were counted is forgotten after a while."""
    return [PeriodicJob("forget answers", DAY, forget_answers)]
