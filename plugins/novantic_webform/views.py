"""The form's pages."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import TicketForm, render_page

OPENED = "opened"
"""Key of the visitor's session: what the page that thanks for the ticket just opened says of it."""


def _draw(request: Request, form: TicketForm, drawn: Any) -> Response:
    parts = request.page.parts("ticket_form", form)
    return Response(render_page(request, "tickets/new.pt", {"form": drawn, "parts": parts}))


@view_config(route_name="new_ticket", request_method="GET")
def new(request: Request) -> Response:
    """The form, empty but for what the link that led here says it is about."""
    form = TicketForm(request)
    return _draw(request, form, form.begin(request.GET))


@view_config(route_name="new_ticket", request_method="POST", require_csrf=False)
def create(request: Request) -> Response:
    """Open the ticket, or show what is wrong. The form checks its token itself, so that an old page loses no words."""
    form = TicketForm(request)
    ticket = form.submit()
    if ticket is None:
        response = _draw(request, form, form.render())
        response.status_int = form.status
        return response
    phone = ticket.phone if ticket.call_back else ""
    request.session[OPENED] = {
        "number": ticket.number, "name": ticket.name, "email": ticket.email, "call_back": phone,
    }  # fmt: skip
    return HTTPSeeOther(request.route_path("ticket_opened"))


@view_config(route_name="ticket_opened", request_method="GET", renderer="tickets/opened.pt")
def opened(request: Request) -> Any:
    """The number, and what happens next. Reloading shows it again and opens nothing."""
    ticket = request.session.get(OPENED)
    if not ticket:
        return HTTPSeeOther(request.route_path("new_ticket"))
    return {name: ticket.get(name, "") for name in ("number", "name", "email", "call_back")}
