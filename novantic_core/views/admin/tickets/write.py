"""Replies and notes. Their forms check their token themselves, so that an old page gives the words back."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.desk_message import DeskMessageForm, DeskNoteForm, DeskReplyForm
from novantic_core.i18n import _
from novantic_core.models import CannedReply, Ticket
from novantic_core.models.ticket import CLOSED, WAITING
from novantic_core.services.describe import ticket_info
from novantic_core.views.admin.base import actor, find_ticket, to_ticket
from novantic_core.views.admin.tickets.meanwhile import tell_meanwhile
from novantic_core.views.admin.tickets.page import draw_ticket
from novantic_core.views.admin.tickets.show import filled

CANNED = "1"
"""The value of the button that puts a canned reply in."""


@view_config(route_name="admin_ticket_replies", request_method="POST", require_csrf=False)
def reply(request: Request) -> Response:
    """An answer that the client reads; ``insert`` only puts a text into it, for want of a script."""
    ticket = find_ticket(request)
    form = DeskReplyForm(request, ticket)
    if "insert" in request.POST:
        form.put_in(_chosen_text(request, ticket))
        return draw_ticket(request, ticket, reply=form)
    before = ticket.status
    return _send(request, ticket, form, lambda: _sent_words(ticket, before), reply=form)


@view_config(route_name="admin_ticket_notes", request_method="POST", require_csrf=False)
def note(request: Request) -> Response:
    """A note that no client ever reads."""
    ticket = find_ticket(request)
    form = DeskNoteForm(request, ticket)
    return _send(request, ticket, form, lambda: _("The note is kept: technicians only can read it."), note=form)


def _send(request: Request, ticket: Ticket, form: DeskMessageForm, words: Any, **forms: Any) -> Response:
    tell_meanwhile(request, ticket)
    said = form.submit(actor(request), request.technician)
    if said is None:
        return draw_ticket(request, ticket, status=form.status, **forms)
    request.page.tell(words())
    return to_ticket(request, ticket, f"m{said.id}")


def _sent_words(ticket: Ticket, before: str) -> Any:
    if ticket.status == before:
        return _("Your reply is on its way.")
    return {
        CLOSED: _("Your reply is on its way and the ticket is closed."),
        WAITING: _("Your reply is on its way; the ticket waits for the client."),
    }[ticket.status]


def _chosen_text(request: Request, ticket: Ticket) -> str:
    """A canned reply, or what a plugin has for a button of its own."""
    chosen = _chosen(request)
    if request.typed("insert") == CANNED:
        return filled(request, ticket, chosen) if chosen is not None else ""
    found = request.registry.site.plugins.first(
        "novantic_reply_text", session=request.dbsession, request=request, ticket=ticket_info(ticket),
        chosen=request.typed("insert"),
    )  # fmt: skip
    return found[1] if found is not None else ""


def _chosen(request: Request) -> CannedReply | None:
    typed = request.typed("canned")
    if not isinstance(typed, str) or not typed.isdecimal() or len(typed) > 9:
        return None
    found: CannedReply | None = request.dbsession.get(CannedReply, int(typed))
    return found
