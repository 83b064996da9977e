"""A ticket's page as one comes to it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.forms.desk_message import DeskNoteForm, DeskReplyForm, join, quotation
from novantic_core.models import CannedReply, Message, Organisation, Ticket
from novantic_core.models.message import NOTE
from novantic_core.services.canned_reply import fill_canned_reply
from novantic_core.services.save_draft import find_drafts
from novantic_core.views.admin.base import find_row, find_ticket, to_ticket
from novantic_core.views.admin.tickets.page import draw_ticket
from novantic_core.views.admin.tickets.thread import attribution


@view_config(route_name="admin_ticket", request_method="GET")
def show(request: Request) -> Response:
    """The page; ``?quote=ID`` puts a message into the reply, as a quotation."""
    ticket = find_ticket(request)
    quoted = _quoted(request, ticket)
    if quoted is None:
        return draw_ticket(request, ticket)
    # a technicians' note must not slip into what a client reads
    kind: Any = DeskNoteForm if quoted.kind == NOTE else DeskReplyForm
    draft = find_drafts(request.dbsession, request.technician.id, ticket.id).get(kind.kind)
    text = join(draft.html if draft else "", quotation(attribution(request, ticket, quoted), quoted.html))
    form = kind(request, ticket, text)
    return draw_ticket(request, ticket, **{"note" if quoted.kind == NOTE else "reply": form})


def _quoted(request: Request, ticket: Ticket) -> Message | None:
    typed = request.GET.get("quote")
    if typed is None:
        return None
    found: Message | None = (
        request.dbsession.get(Message, int(typed)) if typed.isdecimal() and len(typed) < 10 else None
    )
    if found is None or found.ticket_id != ticket.id:
        raise HTTPNotFound
    return found


@view_config(route_name="admin_ticket_replies", request_method="GET")
@view_config(route_name="admin_ticket_notes", request_method="GET")
@view_config(route_name="admin_ticket_status", request_method="GET")
@view_config(route_name="admin_ticket_assignee", request_method="GET")
@view_config(route_name="admin_ticket_priority", request_method="GET")
@view_config(route_name="admin_ticket_category", request_method="GET")
def back(request: Request) -> Response:
    """Somebody reloads the address of a form by hand: the ticket's page is what they want."""
    return to_ticket(request, find_ticket(request))


@view_config(route_name="admin_ticket_canned", request_method="GET", renderer="json")
def canned(request: Request) -> dict[str, str]:
    """A canned reply with its variables filled in."""
    ticket = find_ticket(request)
    return {"html": filled(request, ticket, find_row(request, CannedReply))}


def filled(request: Request, ticket: Ticket, reply: CannedReply) -> str:
    """A canned reply in the ticket's own words."""
    name = None
    if ticket.organisation_id is not None:
        name = request.dbsession.scalar(select(Organisation.name).where(Organisation.id == ticket.organisation_id))
    return fill_canned_reply(request.registry.site, reply.html, ticket, request.technician, name or "")
