"""A ticket on behalf of a client who rings: who it is, what is known of them, and the form."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.on_behalf import OnBehalfForm
from novantic_core.i18n import _
from novantic_core.models import Contact
from novantic_core.services import visibility
from novantic_core.services.suggest_contacts import KnownContact, find_contact, suggest_contacts
from novantic_core.views.admin.base import STATUS_WORDS, draw

LONGEST_SEARCH = 100


@view_config(route_name="admin_new_ticket", request_method="GET")
def ask(request: Request) -> Response:
    """The form, filled in for the contact that ``?contact=ID`` names; ``?q=`` looks for one."""
    return _draw(request, OnBehalfForm(request, _known(request)))


@view_config(route_name="admin_new_ticket", request_method="POST", require_csrf=False)
def create(request: Request) -> Response:
    """Open the ticket; the form checks its token itself, so that an old page loses no words."""
    form = OnBehalfForm(request, _known(request))
    ticket = form.submit()
    if ticket is None:
        return _draw(request, form)
    request.page.tell(_("Ticket #${number} is open.", mapping={"number": ticket.number}))
    site, session = request.registry.site, request.dbsession
    if visibility.find_ticket(site, session, request.technician, ticket.number) is None:
        # it was routed to a private team: what this technician may do with it is done
        return HTTPSeeOther(request.route_path("admin_tickets"))
    return HTTPSeeOther(request.route_path("admin_ticket", number=ticket.number))


@view_config(route_name="admin_contact_suggest", request_method="GET", renderer="json")
def suggest(request: Request) -> list[dict[str, Any]]:
    """Contacts that fit what is being typed, for the page's script."""
    request.response.headers["Cache-Control"] = "no-store"
    return [{"id": one.id, "name": one.name, "email": one.email, "company": one.company} for one in _found(request)]


def _found(request: Request) -> list[Contact]:
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    return suggest_contacts(request.registry.site, request.dbsession, request.technician, words)


def _known(request: Request) -> KnownContact | None:
    key = request.GET.get("contact", "")
    if not key.isdecimal() or len(key) > 9:
        return None
    return find_contact(request.registry.site, request.dbsession, request.technician, int(key))


def _draw(request: Request, form: OnBehalfForm) -> Response:
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    here = request.route_path("admin_new_ticket")
    values = {
        "known": form.known, "words": words, "found": _found(request) if words else [], "status_words": STATUS_WORDS,
        "form": form.draw_for(here, request.route_path("admin_tickets")), "refused": not form.good,
    }  # fmt: skip
    return draw(request, "admin/relations/new.pt", form.status, **values)
