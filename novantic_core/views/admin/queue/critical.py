"""A critical ticket: somebody takes note of it, somebody calls back. From the queue and from the ticket's own page."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.services.acknowledge import acknowledge
from novantic_core.services.call_back import call_back
from novantic_core.views.admin.base import actor, find_ticket, to_ticket
from novantic_core.views.admin.queue.menu import address, read_query

LONGEST_WORD = 2000


@view_config(route_name="admin_ticket_acknowledge", request_method="POST")
def take_note(request: Request) -> Response:
    """Take note of a critical ticket; who comes second is told that somebody did."""
    ticket = find_ticket(request)
    given = {"number": ticket.number}
    if acknowledge(request.registry.site, request.dbsession, ticket, actor(request), request.desk.now):
        request.page.tell(_("You took note of ticket ${number}.", mapping=given))
    elif ticket.critical:
        request.page.tell(_("Somebody has already taken note of ticket ${number}.", mapping=given))
    else:
        request.page.tell(_("Ticket ${number} isn't critical any more.", mapping=given))
    return _back(request, ticket)


@view_config(route_name="admin_ticket_called_back", request_method="POST")
def called_back(request: Request) -> Response:
    """Note that the requester was called back, with a word on the call if one was typed."""
    ticket = find_ticket(request)
    given = {"number": ticket.number, "name": ticket.name}
    word = request.typed("word")
    word = word[:LONGEST_WORD].replace("\0", "") if isinstance(word, str) else ""
    if call_back(request.registry.site, request.dbsession, ticket, actor(request), request.desk.now, word):
        request.page.tell(_("Noted: ${name} was called back about ticket ${number}.", mapping=given))
    else:
        request.page.tell(_("No call is waiting on ticket ${number} any more.", mapping=given))
    return _back(request, ticket)


def _back(request: Request, ticket: Ticket) -> Response:
    """To the queue for who came from it, by the filter that they had."""
    if "queue" not in request.POST:
        return to_ticket(request, ticket)
    return HTTPSeeOther(address(read_query(request.typed("queue"))))
