"""What the page says and asks while it is open: who else is there, what is new, and to keep what is being typed."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.request import Request
from pyramid.view import view_config

from novantic_core.html import is_blank
from novantic_core.i18n import _
from novantic_core.models.message import NOTE, REPLY
from novantic_core.services.look_at_ticket import look_at, look_away, others_present
from novantic_core.services.save_draft import LONGEST, forget_draft, save_draft
from novantic_core.views.admin.base import find_ticket
from novantic_core.views.admin.tickets.meanwhile import MOST, newer_events, news_of
from novantic_core.views.admin.tickets.page import presence_words


@view_config(route_name="admin_ticket_presence", request_method="POST", renderer="json")
def presence(request: Request) -> dict[str, Any]:
    """Say that one is here (``writing``) or has left (``left``); hear who else is, and what is new since ``seen``."""
    ticket, session, me = find_ticket(request), request.dbsession, request.technician
    posted = request.POST
    if posted.get("left"):
        look_away(session, ticket.id, me.id)
        return {}
    look_at(session, ticket.id, me.id, request.desk.now, writing=posted.get("writing") == "1")
    others = others_present(session, ticket.id, me.id, request.desk.now)
    events = newer_events(request, ticket, str(posted.get("seen", "")))
    news = news_of(request, events[:MOST])
    if len(events) > MOST:
        news.append(request.page.words(_("and more")))
    return {"others": presence_words(request, others), "news": "; ".join(news)}


@view_config(route_name="admin_ticket_draft", request_method="POST", renderer="json")
def draft(request: Request) -> dict[str, str]:
    """Keep what is being typed (``kind``, ``message``); an empty text is no draft."""
    ticket, session, me = find_ticket(request), request.dbsession, request.technician
    kind, typed = request.typed("kind"), request.typed("message")
    # a file in its place must not pass for an empty text, which would forget the draft
    if kind not in {REPLY, NOTE} or not isinstance(request.POST.get("message", ""), str):
        raise HTTPBadRequest
    if len(typed) > LONGEST:
        raise HTTPRequestEntityTooLarge
    if is_blank(typed):
        forget_draft(session, me.id, ticket.id, kind)
        return {"said": ""}
    save_draft(session, me.id, ticket.id, kind, typed, request.desk.now)
    when = request.page.date(request.desk.now, "time")
    return {"said": request.page.words(_("Draft saved at ${time}", mapping={"time": when}))}
