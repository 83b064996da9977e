"""Tickets that have to do with one another, and those that go on in this one."""

from __future__ import annotations

from collections.abc import Iterable

import colander
import deform
from chameleon.utils import Markup
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import DeskForm
from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.page import render_page
from novantic_core.services import visibility
from novantic_core.services.family import merged_into
from novantic_core.services.link_tickets import link_tickets, linked_tickets, unlink_tickets
from novantic_core.services.number_ticket import normalise_number
from novantic_core.values import FieldError
from novantic_core.views.admin.base import STATUS_WORDS, actor, draw_form, find_ticket, to_ticket

NO_SUCH_TICKET = _("There is no ticket with this number that you may see.")


def ticket_of_number(request: Request, typed: str) -> Ticket | None:
    """The ticket whose number somebody typed, if they may see it."""
    number = normalise_number(typed)
    return visibility.find_ticket(request.registry.site, request.dbsession, request.technician, number)


def number_node(name: str, title: object) -> colander.SchemaNode:
    """A field that takes a ticket's number."""
    return node(
        colander.String(), name, title, preparer=one_line, max_length=40,
        widget=deform.widget.TextInputWidget(attributes={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class LinkForm(DeskForm):
    """The number of another ticket."""

    name = "link"
    button = _("Link them")

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield number_node("other", _("Number of the other ticket"))

    def submit(self, ticket: Ticket) -> Ticket | None:
        """Tie the two together: the other one; None if something is wrong, which the form then shows."""
        values = self.validate()
        if not self.good:
            return None
        other = ticket_of_number(self.request, values["other"])
        if other is None:
            self.refuse(FieldError(NO_SUCH_TICKET, "other"))
            return None
        try:
            link_tickets(self.site, self.desk.session, ticket, other, actor(self.request), self.desk.now)
        except FieldError as error:
            self.refuse(error)
            return None
        return other


def related_card(request: Request, ticket: Ticket) -> Markup:
    """Linked and merged tickets, those that one may see by their subject, and the ways to more of them."""
    site, session = request.registry.site, request.dbsession

    def may_see(other: Ticket) -> bool:
        return visibility.may_see(site, request.technician, other)

    return Markup(
        render_page(request, "admin/relations/related_card.pt", {
            "ticket": ticket, "linked": [one for one in linked_tickets(session, ticket) if may_see(one)],
            "merged": [(one, may_see(one)) for one in merged_into(session, ticket)], "words": STATUS_WORDS,
        })
    )  # fmt: skip


@view_config(route_name="admin_ticket_links", request_method="GET")
def ask(request: Request) -> Response:
    """The form by itself, for who reloads the address by hand."""
    ticket = find_ticket(request)
    return _draw(request, ticket, LinkForm(request))


@view_config(route_name="admin_ticket_links", request_method="POST", require_csrf=False)
def link(request: Request) -> Response:
    """Link this ticket to another one."""
    ticket = find_ticket(request)
    form = LinkForm(request)
    other = form.submit(ticket)
    if other is None:
        return _draw(request, ticket, form)
    request.page.tell(_("Linked to ticket #${number}.", mapping={"number": other.number}))
    return to_ticket(request, ticket)


def _draw(request: Request, ticket: Ticket, form: LinkForm) -> Response:
    title = _("Link ticket #${number} to another", mapping={"number": ticket.number})
    return draw_form(request, form, title, request.route_path("admin_ticket", number=ticket.number))


@view_config(route_name="admin_ticket_unlink", request_method="POST")
def unlink(request: Request) -> Response:
    """Untie two tickets."""
    ticket = find_ticket(request)
    other = ticket_of_number(request, request.matchdict["other"])
    if other is None:
        raise HTTPNotFound
    site, session, now = request.registry.site, request.dbsession, request.desk.now
    if unlink_tickets(site, session, ticket, other, actor(request), now):
        request.page.tell(_("No longer linked to ticket #${number}.", mapping={"number": other.number}))
    return to_ticket(request, ticket)


@view_config(route_name="admin_ticket_unlink", request_method="GET")
@view_config(route_name="admin_ticket_unmerge", request_method="GET")
@view_config(route_name="admin_ticket_follow", request_method="GET")
@view_config(route_name="admin_ticket_unfollow", request_method="GET")
def back(request: Request) -> Response:
    """Nothing changes by a GET."""
    return HTTPSeeOther(request.route_path("admin_ticket", number=request.matchdict["number"]))
