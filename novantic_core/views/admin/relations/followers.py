"""Who follows a ticket: technicians, and people outside."""

from __future__ import annotations

from collections.abc import Iterable

import colander
import deform
from chameleon.utils import Markup
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.forms import checks
from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import DeskForm
from novantic_core.i18n import _
from novantic_core.models import Follower, Technician, Ticket
from novantic_core.page import render_page
from novantic_core.services.follow import MAX_FOLLOWERS, follow, follow_from_outside, followers_of, unfollow
from novantic_core.services.visibility import may_see
from novantic_core.values import FieldError
from novantic_core.views.admin.base import actor, draw_form, find_row, find_ticket, to_ticket


class FollowerForm(DeskForm):
    """A technician out of a list, or somebody outside by name and address."""

    name = "follower"
    button = _("Add")

    def __init__(self, request: Request, ticket: Ticket) -> None:
        self.ticket = ticket
        super().__init__(request)

    def nodes(self) -> Iterable[colander.SchemaNode]:
        text, wide = colander.String, deform.widget.TextInputWidget
        choices = [("", "—"), *((str(one.id), one.name) for one in self._colleagues())]
        yield node(text(), "technician", _("A technician"), missing="",
                   widget=deform.widget.SelectWidget(values=choices))  # fmt: skip
        yield node(text(), "email", _("Or somebody outside: e-mail address"), preparer=one_line, max_length=254,
                   missing="", validator=checks.email_address, widget=wide(type="email", autocomplete="off"),
                   description=_("They read the whole discussion and answer on it, by a link of their own; never your "
                                 "notes."))  # fmt: skip
        yield node(text(), "name", _("Their name"), preparer=one_line, max_length=120, missing="",
                   widget=wide(autocomplete="off"))  # fmt: skip

    def _colleagues(self) -> list[Technician]:
        following = {one.technician_id for one in followers_of(self.desk.session, self.ticket)}
        at_work = self.desk.session.scalars(select(Technician).where(Technician.active).order_by(Technician.name))
        return [one for one in at_work if one.id not in following and may_see(self.site, one, self.ticket)]

    def submit(self) -> str | None:
        """Add somebody: their name; None if something is wrong, which the form then shows."""
        values = self.validate()
        if self.good and bool(values["technician"]) == bool(values["email"] or values["name"]):
            self.refuse(FieldError(_("Choose a technician, or give a name and an address."), "technician"))
        if not self.good:
            return None
        session, by, now = self.desk.session, actor(self.request), self.desk.now
        try:
            if not values["technician"]:
                added = follow_from_outside(
                    self.site, session, self.ticket, values["email"], values["name"], self.ticket.locale, by, now
                )
            else:
                colleague = {str(one.id): one for one in self._colleagues()}.get(values["technician"])
                if colleague is None:
                    raise FieldError(_("Please choose somebody from the list."), "technician")
                added = follow(self.site, session, self.ticket, colleague, by, now)
        except FieldError as error:
            self.refuse(error)
            return None
        return added.name


def followers_card(request: Request, ticket: Ticket) -> Markup:
    """Who follows, and the ways to do so oneself and to add others."""
    followers = followers_of(request.dbsession, ticket)
    own = next((one for one in followers if one.technician_id == request.technician.id), None)
    values = {"ticket": ticket, "followers": followers, "own": own, "full": len(followers) >= MAX_FOLLOWERS}
    return Markup(render_page(request, "admin/relations/followers_card.pt", values))


@view_config(route_name="admin_ticket_followers", request_method="GET")
def ask(request: Request) -> Response:
    """The form."""
    ticket = find_ticket(request)
    return _draw(request, ticket, FollowerForm(request, ticket))


@view_config(route_name="admin_ticket_followers", request_method="POST", require_csrf=False)
def add(request: Request) -> Response:
    """Add a follower."""
    ticket = find_ticket(request)
    form = FollowerForm(request, ticket)
    name = form.submit()
    if name is None:
        return _draw(request, ticket, form)
    request.page.tell(_("${name} follows this ticket.", mapping={"name": name}))
    return to_ticket(request, ticket)


def _draw(request: Request, ticket: Ticket, form: FollowerForm) -> Response:
    title = _("Add a follower to ticket #${number}", mapping={"number": ticket.number})
    return draw_form(request, form, title, request.route_path("admin_ticket", number=ticket.number))


@view_config(route_name="admin_ticket_follow", request_method="POST")
def follow_it(request: Request) -> Response:
    """Follow a ticket oneself."""
    ticket = find_ticket(request)
    try:
        follow(request.registry.site, request.dbsession, ticket, request.technician, actor(request), request.desk.now)
    except FieldError as error:
        request.page.tell(error.message)
    else:
        request.page.tell(_("You follow this ticket."))
    return to_ticket(request, ticket)


@view_config(route_name="admin_ticket_unfollow", request_method="POST")
def stop(request: Request) -> Response:
    """Remove a follower."""
    ticket = find_ticket(request)
    follower: Follower = find_row(request, Follower)
    if follower.ticket_id != ticket.id:
        raise HTTPNotFound
    name = follower.name
    try:
        unfollow(request.registry.site, request.dbsession, ticket, follower, actor(request), request.desk.now)
    except FieldError as error:
        request.page.tell(error.message)
    else:
        request.page.tell(_("${name} no longer follows this ticket.", mapping={"name": name}))
    return to_ticket(request, ticket)
