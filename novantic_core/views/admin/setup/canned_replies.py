"""Canned replies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chameleon.utils import Markup
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.canned_reply import CannedReplyForm
from novantic_core.html import html_to_text
from novantic_core.i18n import _
from novantic_core.models import CannedReply, Ticket
from novantic_core.services import edit_canned_reply
from novantic_core.services.canned_reply import fill_canned_reply
from novantic_core.views.admin.base import actor, draw, find_row
from novantic_core.views.admin.setup.base import fresh_site, step


def example_ticket(request: Request) -> Ticket:
    """A ticket that nobody opened, to show what a text will look like."""
    site = request.registry.site
    say = request.page.words
    return Ticket(
        number="482913", subject=say(_("Printer offline since this morning")),
        category_key=next(iter(site.categories), None), priority=site.default_priority.key,
        team=site.settings.default_team, name="Claire Lefèvre", email="claire@example.com", phone="01 44 55 66 77",
        company="Boulangerie Lefèvre", locale=request.locale_name, theme=request.theme,
        created_at=request.desk.now - timedelta(days=1),
    )  # fmt: skip


def _preview(request: Request, html: str) -> Markup:
    filled = fill_canned_reply(request.registry.site, html, example_ticket(request), request.technician)
    return Markup(filled)


@view_config(route_name="admin_canned_replies", request_method="GET")
def canned_replies(request: Request) -> Response:
    """All of them, each with its text as a client would read it."""
    site = request.registry.site
    rows: list[dict[str, Any]] = [
        {"reply": reply, "preview": _preview(request, reply.html), "start": html_to_text(reply.html)[:160],
         "category": site.category_label(reply.category_key) if reply.category_key else None}
        for reply in edit_canned_reply.all_canned_replies(request.dbsession)
    ]  # fmt: skip
    return draw(request, "admin/setup/canned_replies.pt", rows=rows)


def _list(request: Request, anchor: str | None = None) -> Response:
    return HTTPSeeOther(request.route_path("admin_canned_replies", _anchor=anchor))


def _draw(
    request: Request, form: CannedReplyForm, reply: CannedReply | None, preview: Markup | None = None
) -> Response:
    title = _("New canned reply") if reply is None else _("Canned reply: ${title}", mapping={"title": reply.title})
    remove = None if reply is None else request.route_path("admin_canned_reply_remove", id=reply.id)
    cancel = request.route_path("admin_canned_replies")
    drawn = form.draw_for(request.path, cancel, preview=preview, remove=remove)
    return draw(request, "admin/setup/canned_reply.pt", form.status, form=drawn, title=title)


@view_config(route_name="admin_canned_reply_new", request_method="GET")
def new_canned_reply(request: Request) -> Response:
    """The form of another one."""
    fresh_site(request)
    return _draw(request, CannedReplyForm(request), None)


@view_config(route_name="admin_canned_reply_new", request_method="POST", require_csrf=False)
def add_canned_reply(request: Request) -> Response:
    """Add it, or show what it will look like."""
    return _save(request, None)


@view_config(route_name="admin_canned_reply", request_method="GET")
def canned_reply(request: Request) -> Response:
    """One, with what a client would read."""
    fresh_site(request)
    reply = find_row(request, CannedReply)
    return _draw(request, CannedReplyForm(request, reply), reply, _preview(request, reply.html))


@view_config(route_name="admin_canned_reply", request_method="POST", require_csrf=False)
def change_canned_reply(request: Request) -> Response:
    """Save it, or show what it will look like."""
    return _save(request, find_row(request, CannedReply))


def _save(request: Request, reply: CannedReply | None) -> Response:
    site = fresh_site(request)
    form = CannedReplyForm(request, reply)
    values = form.submit()
    if form.good and "preview" in request.POST:
        return _draw(request, form, reply, _preview(request, form.text))
    if values is None:
        return _draw(request, form, reply, _preview(request, form.text) if form.text else None)
    edit_canned_reply.save_canned_reply(site, request.dbsession, reply, values, actor(request), request.desk.now)
    request.page.tell(_("Saved."))
    return _list(request)


@view_config(route_name="admin_canned_reply_move", request_method="POST")
def move_canned_reply(request: Request) -> Response:
    """One place up or down."""
    reply = find_row(request, CannedReply)
    edit_canned_reply.move_canned_reply(request.dbsession, reply, step(request), actor(request), request.desk.now)
    return _list(request, f"row-{reply.id}")


@view_config(route_name="admin_canned_reply_remove", request_method="GET")
def ask(request: Request) -> Response:
    """Whether it really is to go."""
    return draw(request, "admin/setup/canned_reply_remove.pt", reply=find_row(request, CannedReply))


@view_config(route_name="admin_canned_reply_remove", request_method="POST")
def remove_canned_reply(request: Request) -> Response:
    """Remove it."""
    reply = find_row(request, CannedReply)
    edit_canned_reply.remove_canned_reply(request.dbsession, reply, actor(request), request.desk.now)
    request.page.tell(_("The canned reply was removed. The audit trail keeps its text."))
    return _list(request)
