"""What is offered beside the form of a ticket, and what becomes of it when somebody has found their answer there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.events import ContextFound
from pyramid.httpexceptions import HTTPBadRequest, HTTPNoContent, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import PagePart, Period, _, csv_response, read_period, render_page
from novantic_faq import articles, avoided
from novantic_faq.audience import audience_of
from novantic_faq.suggest import LONGEST, suggest

ROUTES = (
    ("kb_suggest", "/kb/suggest", "everybody"),
    ("kb_offer", "/kb/suggest/{slug:[a-z0-9-]+}", "everybody"),
    ("kb_solved", "/kb/solved", "everybody"),
    ("kb_solved_undo", "/kb/solved/undo", "everybody"),
    ("admin_faq_avoided", "/admin/figures/avoided.csv", "technician"),
)
"""Before those of the articles: ``suggest`` and ``solved`` are no articles' names."""

SOLVED = "kb_solved"
"""Key of the visitor's session: the forms beside which they said that it is solved, the last one last."""
MOST_REMEMBERED = 5
"""Of these. They stand in a cookie."""
MOST_SOLVED = "60 per hour"
"""From one client address, behind which there may be a whole company."""
TOP = 10
"""Articles that the dashboard names."""
STEP, MOST_LETTERS = 30, 26
"""From one line of its picture to the next, and what of a title there is room for."""


def part(request: Request) -> list[PagePart]:
    """The place beside the form where articles appear; nothing where they are switched off."""
    return [PagePart("kb/beside_form.pt")] if request.desk.plugin_settings("faq")["suggestions"] else []


def _draw(request: Request, template: str, **values: Any) -> Response:
    return Response(render_page(request, template, values))


@view_config(route_name="kb_suggest", request_method="GET")
def offers(request: Request) -> Response:
    """Articles that fit what is being typed: ``q`` the subject, ``text`` the message, ``topic`` the topic's key."""
    if not request.desk.plugin_settings("faq")["suggestions"]:
        raise HTTPNotFound
    typed = {name: request.GET.get(name, "")[:LONGEST] for name in ("q", "text", "topic")}
    found = suggest(request, typed["q"], typed["text"], typed["topic"])
    return _draw(request, "kb/offers.pt", offers=found) if found else HTTPNoContent()


@view_config(route_name="kb_offer", request_method="GET")
def offer(request: Request) -> Response:
    """An article to be read beside the form."""
    return _draw(request, "kb/offer.pt", article=_article(request, request.matchdict["slug"]))


def _article(request: Request, slug: str) -> articles.Page:
    found = articles.read(request.dbsession, audience_of(request), slug, request.locale_name)
    if found is None:
        raise HTTPNotFound
    return found


@view_config(route_name="kb_solved", request_method="POST")
def solved(request: Request) -> Response:
    """Somebody says that an article solved it: no ticket has to be opened."""
    key = request.typed("submission")
    if not avoided.is_key(key):
        raise HTTPBadRequest
    article, desk = _article(request, request.typed("article")), request.desk
    topic = request.typed("topic")
    # who says it too often is thanked all the same
    if desk.within_limit(MOST_SOLVED, "faq-solved", request.client_addr or ""):
        known = topic if topic in desk.site.categories else ""
        avoided.note(request.dbsession, article.id, key, known, desk.now)
    request.session[SOLVED] = [*_without(request, key), key][-MOST_REMEMBERED:]
    if request.is_xhr:
        return _draw(request, "kb/glad.pt", key=key)
    return HTTPSeeOther(request.route_path("kb_solved"))


@view_config(route_name="kb_solved", request_method="GET")
def glad(request: Request) -> Response:
    """Thanks, and the way back. A form in another tab asks for it as a piece of its own page."""
    keys = request.session.get(SOLVED)
    if not keys:
        return HTTPSeeOther(request.route_path("kb"))
    key = keys[-1]
    if request.is_xhr:
        return _draw(request, "kb/glad.pt", key=key)
    return _draw(request, "kb/solved.pt", key=key, undone="")


@view_config(route_name="kb_solved_undo", request_method="POST")
def undo(request: Request) -> Response:
    """It wasn't solved after all."""
    key = request.typed("submission")
    _take_back(request, key)
    return HTTPNoContent() if request.is_xhr else _draw(request, "kb/solved.pt", key="", undone=key)


def _without(request: Request, key: str) -> list[str]:
    return [one for one in request.session.get(SOLVED, ()) if one != key]


def _take_back(request: Request, key: str) -> None:
    avoided.take_back(request.dbsession, key)
    request.session[SOLVED] = _without(request, key)


def sent_after_all(event: ContextFound) -> None:
    """Who sends a form beside which they had said that an article solved it needs help: no ticket was avoided.

    Of every other form the database hears nothing of this: it is this browser's own session that remembers.
    """
    request = event.request
    if request.method == "POST" and request.matched_route is not None and request.matched_route.name == "new_ticket":
        key = request.typed("submission")
        if key in request.session.get(SOLVED, ()):
            _take_back(request, key)


@view_config(route_name="kb_solved_undo", request_method="GET")
def nothing_undone(request: Request) -> Response:
    """Nothing changes by a GET."""
    return HTTPSeeOther(request.route_path("kb_solved"))


# ------------------------------------------------------------------ the dashboard


class Bar:
    """A line of the dashboard's picture, in its own units: 460 are its width."""

    def __init__(self, place: int, one: avoided.Spared, most: int) -> None:
        title = one.title or ""
        self.title = title if len(title) <= MOST_LETTERS else f"{title[: MOST_LETTERS - 1].rstrip()}…"
        self.tickets = one.tickets
        self.top = STEP * place + 6
        self.middle = self.top + 17
        self.width = max(2, round(200 * one.tickets / most))
        self.end = 220 + self.width


def figures(request: Request, period: Period) -> list[PagePart]:
    """How many tickets were avoided in a period, and by which articles."""
    found = avoided.tally(request.dbsession, period, request.locale_name)
    top = found.articles[:TOP]
    most = max((one.tickets for one in top), default=1)
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    values: Mapping[str, Any] = {
        "tally": found, "top": top, "more": len(found.articles) > TOP, "days": days,
        "bars": [Bar(place, one, most) for place, one in enumerate(top)], "height": STEP * len(top) + 8,
    }  # fmt: skip
    return [PagePart("kb/avoided.pt", values)]


@view_config(route_name="admin_faq_avoided", request_method="GET")
def avoided_csv(request: Request) -> Response:
    """The same of all articles, as a file."""
    period = read_period(request).period
    found = avoided.tally(request.dbsession, period, request.locale_name)
    header = (_("Article"), _("Address"), _("Avoided tickets"), _("Useful"), _("Not useful"))
    words = request.page.words
    rows = [
        (
            words(_("Articles that are gone")) if one.title is None else one.title,
            request.desk.url(request.route_path("kb_article", slug=one.slug)) if one.slug else "",
            one.tickets, one.useful, one.useless,
        )
        for one in found.articles
    ]  # fmt: skip
    return csv_response(request, f"avoided-{period.first}-{period.last}.csv", header, rows)
