"""The discussion of a ticket, as its requester sees it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import bindparam, select

from novantic_core.forms.reply import ReplyForm
from novantic_core.i18n import _
from novantic_core.models import Attachment, Event, Message
from novantic_core.models.message import NOTE
from novantic_core.models.ticket import CLOSED
from novantic_core.page import render_page
from novantic_core.security import lead_to_status
from novantic_core.services.change_status import change_status
from novantic_core.services.describe import ticket_info
from novantic_core.services.find_reader import Reader, find_reader
from novantic_core.services.keep_file import attachment_path
from novantic_core.values import Actor, FieldError, FormContext, Text

STATUS_WORDS = {"open": _("Open"), "waiting": _("Waiting for your answer"), "closed": _("Closed")}
STATUS_EVENTS = {
    "open": _("Ticket opened again"),
    "waiting": _("We are waiting for your answer"),
    "closed": _("Ticket closed"),
}
RESUMED = _("We go on with your ticket")
"""A ticket that only waited for the client was never closed: it isn't opened again."""

OTHERS_READ = _(
    "Meanwhile we have put your ticket together with somebody else's, who reads what you write here. "
    "Please look at your text again, then send it."
)

# made once: making a statement takes longer than running it
_MESSAGES = select(Message).where(Message.ticket_id == bindparam("ticket"), Message.kind != NOTE).order_by(Message.id)
_FILES = (
    select(Attachment).where(Attachment.message_id.in_(bindparam("messages", expanding=True))).order_by(Attachment.id)
)
_CHANGES = (
    select(Event)
    .where(Event.ticket_id == bindparam("ticket"), Event.kind.in_(["status_changed", "replied", "merged", "unmerged"]))
    .order_by(Event.id)
)


def reading(request: Request) -> Reader | None:
    """Who reads the ticket of the address, if it is the one that this browser's link is for, or went on in it."""
    reader = find_reader(request.dbsession, request.visitor)
    number = request.matchdict["number"]
    return reader if reader is not None and number in {reader.ticket.number, reader.came_by.number} else None


@view_config(route_name="ticket", request_method="GET")
def discussion(request: Request) -> Response:
    """The ticket's page."""
    reader = reading(request)
    if reader is None:
        return lead_to_status(request)
    if reader.ticket.number != request.matchdict["number"]:
        return HTTPSeeOther(request.route_path("ticket", number=reader.ticket.number))
    return draw(request, reader, ReplyForm(request).untouched(reader.ticket))


@view_config(route_name="ticket_replies", request_method="POST", require_csrf=False)
def reply(request: Request) -> Response:
    """An answer. The form checks its token itself, so that an old page gives the words back."""
    reader = reading(request)
    if reader is None:
        return lead_to_status(request)
    form = ReplyForm(request)
    ticket = reader.ticket
    if not reader.is_requester and ticket.number != request.matchdict["number"]:
        # written before the merge, for other eyes
        form.refuse(FieldError(OTHERS_READ), status=409)
    if form.submit(ticket, Actor("requester", reader.name, reader.email)):
        request.session.flash("replied")
        return HTTPSeeOther(request.route_path("ticket", number=ticket.number, _anchor="last"))
    response = draw(request, reader, form.render(number=ticket.number))
    response.status_int = form.status
    return response


@view_config(route_name="ticket_replies", request_method="GET")
@view_config(route_name="ticket_close", request_method="GET")
def back(request: Request) -> Response:
    """Somebody reloads the address of a form by hand: the ticket's page is what they want."""
    return HTTPSeeOther(request.route_path("ticket", number=request.matchdict["number"]))


@view_config(route_name="ticket_close", request_method="POST")
def close(request: Request) -> Response:
    """The requester says that it is solved; who only follows a ticket can't."""
    reader = reading(request)
    if reader is None:
        return lead_to_status(request)
    if reader.is_requester:
        actor = Actor("requester", reader.name, reader.email)
        change_status(request.registry.site, request.dbsession, reader.ticket, CLOSED, actor, request.desk.now)
        request.session.flash("closed")
    return HTTPSeeOther(request.route_path("ticket", number=reader.ticket.number))


def draw(request: Request, reader: Reader, form: Any) -> Response:
    """The page of a ticket around a form. Notes are left out where rows are read, not where they are drawn."""
    session, site, ticket = request.dbsession, request.registry.site, reader.ticket
    messages = session.scalars(_MESSAGES, {"ticket": ticket.id}).all()
    files: dict[int, list[Attachment]] = {}
    for file in session.scalars(_FILES, {"messages": [message.id for message in messages]}):
        files.setdefault(file.message_id, []).append(file)
    changes = session.scalars(_CHANGES, {"ticket": ticket.id})
    entries: list[dict[str, Any]] = [
        {"at": message.created_at, "message": message, "files": [f for f in files.get(message.id, []) if not f.inline],
         "ours": message.kind != "message"}
        for message in messages
    ]  # fmt: skip
    entries += [
        {"at": event.at, "message": None, "words": _status_words(*event.changes["status"]), "by": event.actor_name}
        for event in changes
        if "status" in event.changes
    ]
    # a reply and the change of status it brings have one time: the words first
    entries.sort(key=lambda entry: (entry["at"], entry["message"] is None))
    label = None if ticket.category_key is None else site.category_label(ticket.category_key)
    values = {
        "ticket": ticket, "reader": reader, "entries": entries, "form": form, "facts": _facts(request, reader),
        "status": STATUS_WORDS[ticket.status], "closed": ticket.status == CLOSED, "category": label,
        "priority": site.priority_label(ticket.priority), "path": attachment_path,
        "team": site.team_label(ticket.team),
        "parts": request.page.parts("ticket", ticket_info(ticket)), "flash": request.session.pop_flash(),
    }  # fmt: skip
    return Response(render_page(request, "tickets/ticket.pt", values))


def _status_words(before: str, after: str) -> Text:
    return RESUMED if (before, after) == ("waiting", "open") else STATUS_EVENTS[after]


def _facts(request: Request, reader: Reader) -> list[tuple[Any, Any]]:
    """Label and value of each field that a plugin added: the requester's own, as the way to their computer."""
    facts: list[tuple[Any, Any]] = []
    if not reader.is_requester:
        return facts
    ticket = reader.ticket
    site = request.registry.site
    fields = site.ticket_fields(FormContext("portal", request.locale_name))
    for plugin, field in fields:
        value = ticket.critical if field.name == "critical" else ticket.fields.get(field.name)
        if value in (None, "") or (value is False and field.show_empty is None):
            if field.show_empty is not None:
                facts.append((field.label, field.show_empty))
            continue
        facts.append((field.label, site.show_field(plugin, field, value)))
    return [*facts, *site.facts_of_others(ticket.fields, [field.name for _by, field in fields])]
