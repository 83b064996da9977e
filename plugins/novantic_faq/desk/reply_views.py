"""Articles in the form of a reply."""

from __future__ import annotations

import re

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import PagePart, TicketInfo, render_page, visible_ticket
from novantic_faq.desk.reply import find_for, text_for

BUTTON = re.compile(r"faq:(link|text):(\d{1,9})")
LONGEST_SEARCH = 200


def part(request: Request, ticket: TicketInfo) -> list[PagePart]:
    """The field in which articles are looked for; what it finds, for a browser without the script."""
    words = _words(request.typed("faq_words")) if request.method == "POST" else ""
    found = find_for(request.desk, ticket, words) if words else None
    return [PagePart("admin/faq/reply.pt", {"ticket": ticket, "words": words, "found": found})]


def chosen_text(request: Request, ticket: TicketInfo, chosen: str) -> str | None:
    """The text for one of its buttons; none for the one that only looks."""
    if not chosen.startswith("faq:"):
        return None
    button = BUTTON.fullmatch(chosen)
    return text_for(request.desk, ticket, int(button[2]), button[1]) if button is not None else ""


def _words(typed: str) -> str:
    return typed.replace("\0", "")[:LONGEST_SEARCH].strip()


@view_config(route_name="admin_faq_for_reply", request_method="GET")
def look(request: Request) -> Response:
    """For the script: what is found, as it is shown."""
    ticket = visible_ticket(request)
    found = find_for(request.desk, ticket, _words(request.GET.get("q", "")))
    return Response(render_page(request, "admin/faq/reply_found.pt", {"found": found, "ticket": ticket}))


@view_config(route_name="admin_faq_in_reply", request_method="GET", renderer="json")
def put(request: Request) -> dict[str, str]:
    """For the script: what is put into the text."""
    ticket = visible_ticket(request)
    how = request.GET.get("as")
    if how not in {"link", "text"}:
        raise HTTPNotFound
    html = text_for(request.desk, ticket, int(request.matchdict["id"]), how)
    if not html:
        raise HTTPNotFound
    return {"html": html}
