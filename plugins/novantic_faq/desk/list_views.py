"""The list of all articles, and what is done to one from there."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.plugin import draw_page
from novantic_faq.desk.base import STATE_WORDS, find_article, languages, step, to
from novantic_faq.desk.forms import AUDIENCE_WORDS, pick, shelf_name
from novantic_faq.desk.overview import STATES, Wanted, overview
from novantic_faq.desk.place import brands_of_shelves, move_article
from novantic_faq.models import AUDIENCES, ArticleText

LONGEST_SEARCH = 200


@view_config(route_name="admin_faq", request_method="GET")
def index(request: Request) -> Response:
    """Shelves and their articles, drafts too; those that are wanted."""
    asked = {name: request.GET.get(name, "").replace("\0", "")[:LONGEST_SEARCH].strip() for name in
             ("q", "state", "audience")}  # fmt: skip
    wanted = Wanted(
        asked["q"],
        asked["state"] if asked["state"] in STATES else "",
        asked["audience"] if asked["audience"] in AUDIENCES else "",
    )
    shelves = overview(request.dbsession, wanted)
    return draw_page(
        request, "admin/faq/list.pt", wanted=wanted, states=STATE_WORDS, codes=languages(request),
        audiences={key: words[0] for key, words in AUDIENCE_WORDS.items()},
        shelves=[(shelf, shelf_name(shelf, request.locale_name), lines) for shelf, lines in shelves],
        found=sum(len(lines) for _shelf, lines in shelves),
        shown_under=brand_words(request),
        several=len(request.desk.brands(request.locale_name)) > 1,
        may_remove_shelves=request.technician.role == "administrator",
    )  # fmt: skip


def brand_words(request: Request) -> dict[int, str]:
    """By shelf, under which brands alone it is shown, in words."""
    names = request.desk.brands(request.locale_name)
    return {
        shelf: ", ".join(names.get(key, key) for key in keys)
        for shelf, keys in brands_of_shelves(request.dbsession).items()
    }


@view_config(route_name="admin_faq_article", request_method="GET")
def article(request: Request) -> Response:
    """To its text in the reader's language, or in the one there is."""
    found = find_article(request)
    statement = select(ArticleText.locale).where(ArticleText.article_id == found.id).order_by(ArticleText.id)
    written = request.dbsession.scalars(statement).all()
    locale = written[0] if written and request.locale_name not in written else request.locale_name
    return to(request, "admin_faq_text", id=found.id, locale=locale)


@view_config(route_name="admin_faq_move", request_method="POST")
def move(request: Request) -> Response:
    """One place up or down on its shelf."""
    found = find_article(request)
    move_article(request.desk, found, step(request))
    return to(request, "admin_faq", anchor=f"article-{found.id}")


@view_config(route_name="admin_faq_pick", request_method="GET", renderer="json")
def choices(request: Request) -> list[dict[str, object]]:
    """For the script of a form: organisations or articles that have some words."""
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH]
    without = request.GET.get("without", "")
    if not without.isdecimal() or len(without) > 9:
        raise HTTPNotFound
    found = pick(request, request.matchdict["kind"], words, int(without)) if words.strip() else []
    return [{"id": key, "label": label} for key, label in found]
