"""What pages of the back office share."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPConflict, HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from novantic_core import security
from novantic_core.forms.desk import DeskForm
from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.page import draw_page
from novantic_core.services import visibility
from novantic_core.services.family import root_of
from novantic_core.values import Text

STATUS_WORDS = {"open": _("Open"), "waiting": _("Waiting for the client"), "closed": _("Closed")}
"""What technicians call them; a client reads other words."""


actor = security.actor
draw = draw_page


class TicketMerged(HTTPConflict):
    """Something was to be done to a ticket that somebody merged into another meanwhile."""


def find_ticket(request: Request) -> Ticket:
    """The ticket of the address.

    :raises HTTPNotFound: if there is none that this technician may see; which of the two is not told
    :raises HTTPSeeOther: to the ticket in which it goes on, for a page of one that was merged
    :raises TicketMerged: for anything that would change one that was merged
    """
    found = find_any_ticket(request)
    if found.merged_into_id is None:
        return found
    root = root_of(request.dbsession, found)
    numbers = {"number": found.number, "other": root.number}
    if request.method not in {"GET", "HEAD"}:
        raise TicketMerged(_(
            "Nothing was changed or sent: ticket #${number} now goes on in ticket #${other}. Go back if you want to "
            "copy what you typed.", mapping=numbers,
        ))  # fmt: skip
    if visibility.may_see(request.registry.site, request.technician, root):
        request.page.tell(_("Ticket #${number} was merged into this one.", mapping=numbers))
    raise to_ticket(request, root)


def find_any_ticket(request: Request) -> Ticket:
    """The ticket of the address, also one that was merged.

    :raises HTTPNotFound: if there is none that this technician may see; which of the two is not told
    """
    found = visibility.find_ticket(
        request.registry.site, request.dbsession, request.technician, request.matchdict["number"]
    )
    if found is None:
        raise HTTPNotFound
    return found


def find_row(request: Request, model: Any, name: str = "id") -> Any:
    """The row of the address, by its whole-number key.

    :raises HTTPNotFound: if there is none
    """
    key = request.matchdict[name]
    row = request.dbsession.get(model, int(key)) if key.isdecimal() and len(key) < 10 else None
    if row is None:
        raise HTTPNotFound
    return row


def to_ticket(request: Request, ticket: Ticket, anchor: str | None = None) -> Response:
    """Back to the ticket's page."""
    return HTTPSeeOther(request.route_path("admin_ticket", number=ticket.number, _anchor=anchor))


def draw_form(request: Request, form: DeskForm, title: Text, cancel: str | None = None, **values: Any) -> Response:
    """A page that is a form: with its errors if it was refused."""
    drawn = form.draw_for(request.path, cancel)
    return draw(request, "admin/form.pt", form.status, form=drawn, title=title, cancel=cancel, **values)
