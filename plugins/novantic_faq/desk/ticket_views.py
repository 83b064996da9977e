"""Making an article of a ticket."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import PagePart, TicketInfo, _, draw_page, visible_ticket
from novantic_faq.desk.base import author, to
from novantic_faq.desk.forms import shelf_name
from novantic_faq.desk.from_ticket import articles_of, make_article
from novantic_faq.desk.place import all_shelves, likely_shelf


def card(request: Request, ticket: TicketInfo) -> list[PagePart]:
    """Beside a ticket: the article that was made of it, or the way to make one once it is solved."""
    made = articles_of(request.dbsession, ticket.number)
    if not made and (ticket.status != "closed" or _is_private(request, ticket)):
        return []
    return [PagePart("admin/faq/card.pt", {"made": made, "ticket": ticket})]


def _is_private(request: Request, ticket: TicketInfo) -> bool:
    """Whether a ticket isn't for all technicians, who may all read a draft."""
    team = request.desk.site.teams.get(ticket.team)
    return team is not None and team.private


def _ticket(request: Request) -> TicketInfo:
    """The ticket of the address.

    :raises HTTPSeeOther: back to it, if no article may be made of it
    """
    ticket = visible_ticket(request)
    if _is_private(request, ticket):
        request.page.tell(_(
            "No article is made of a ticket of a private team: every technician could read it. Write one without it, "
            "or give the ticket to another team."
        ))  # fmt: skip
        raise HTTPSeeOther(request.route_path("admin_ticket", number=ticket.number))
    return ticket


@view_config(route_name="admin_faq_of_ticket", request_method="GET")
def ask(request: Request) -> Response:
    """What will be in it."""
    return _draw(request, _ticket(request))


def _draw(request: Request, ticket: TicketInfo, status: int = 200) -> Response:
    session = request.dbsession
    shelves = [(shelf.id, shelf_name(shelf, request.locale_name)) for shelf in all_shelves(session)]
    return draw_page(
        request, "admin/faq/of_ticket.pt", status, ticket=ticket, shelves=shelves,
        made=articles_of(session, ticket.number), likely=likely_shelf(session, ticket.category),
        notes=sum(one.kind == "note" for one in request.desk.discussion(ticket)),
    )  # fmt: skip


@view_config(route_name="admin_faq_of_ticket", request_method="POST")
def make(request: Request) -> Response:
    """Make a draft."""
    ticket = _ticket(request)
    chosen = request.typed("shelf")
    shelf = next((one for one in all_shelves(request.dbsession) if str(one.id) == chosen), None)
    if shelf is None:
        return _draw(request, ticket, 422)
    article = make_article(request.desk, ticket, shelf, author(request), notes=request.typed("notes") == "true")
    request.page.tell(_(
        "Here is the draft, for technicians only. Names, addresses and numbers are masked as far as they can be found: "
        "please read it through before others may."
    ))  # fmt: skip
    return to(request, "admin_faq_text", id=article.id, locale=ticket.locale)
