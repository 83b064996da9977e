"""The person beside a ticket: their card, and giving the ticket to somebody else."""

from __future__ import annotations

from typing import Any

from chameleon.utils import Markup
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.people import TicketOrganisationForm
from novantic_core.i18n import _
from novantic_core.models import Contact, Organisation, Ticket
from novantic_core.page import render_page
from novantic_core.services.change_contact import change_contact
from novantic_core.services.find_contacts import find_contacts, find_tickets
from novantic_core.services.visibility import may_know
from novantic_core.values import FieldError
from novantic_core.views.admin.base import STATUS_WORDS, actor, draw, find_ticket, to_ticket
from novantic_core.views.admin.people.contacts import organisation_list, organisations_of
from novantic_core.views.admin.people.lists import numbers_of, of_contact, typed

LATEST = 5
OFFERED = 12
ANCHOR = "person"


def person_card(request: Request, ticket: Ticket) -> Markup:
    """Who asks, for which organisation, and what else they asked lately."""
    session = request.dbsession
    missed = request.missed_mails.at(ticket.contact_id, ticket.email)
    contact = session.get_one(Contact, ticket.contact_id)
    whose = of_contact(contact)
    latest = find_tickets(
        request.registry.site, session, request.technician, whose & (Ticket.id != ticket.id), limit=LATEST
    )
    organisation = session.get(Organisation, ticket.organisation_id) if ticket.organisation_id else None
    return Markup(
        render_page(request, "admin/people/card.pt", {
            "ticket": ticket, "person": contact, "organisation": organisation, "latest": latest.rows,
            "number": numbers_of(request, Ticket.contact_id, [contact]).get(contact.id, 0),
            "status_words": STATUS_WORDS,
            "missed": missed,
            "same_address": ticket.email.casefold() == contact.email_key,
        })
    )  # fmt: skip


@view_config(route_name="admin_ticket_contact", request_method="GET")
def choose(request: Request) -> Response:
    """Whose ticket it shall be; once somebody is chosen, what that means."""
    ticket = find_ticket(request)
    chosen = request.GET.get("contact", "")
    if chosen:
        return _confirm(request, ticket, _contact(request, chosen))
    return _choose(request, ticket, TicketOrganisationForm(request, ticket))


def _choose(request: Request, ticket: Ticket, form: TicketOrganisationForm) -> Response:
    words = typed(request)
    found = []
    if words:
        page = find_contacts(request.registry.site, request.dbsession, request.technician, words)
        found = [one for one in page.rows if one.id != ticket.contact_id or one.email != ticket.email][:OFFERED]
    action = request.route_path("admin_ticket_organisation", number=ticket.number)
    return draw(
        request, "admin/people/ticket_contact.pt", form.status, ticket=ticket, found=found, q=words,
        organisations=organisations_of(request, [one.organisation_id for one in found]),
        form=form.draw_for(action), names=organisation_list(request),
    )  # fmt: skip


def _confirm(request: Request, ticket: Ticket, contact: Contact, error: Any = None) -> Response:
    organisation = None
    if contact.organisation_id is not None and contact.organisation_id != ticket.organisation_id:
        organisation = request.dbsession.get(Organisation, contact.organisation_id)
    return draw(
        request, "admin/people/ticket_contact_confirm.pt", 422 if error else 200, ticket=ticket, contact=contact,
        organisation=organisation, error=error, locked_out=ticket.email.casefold() != contact.email_key,
    )  # fmt: skip


def _contact(request: Request, key: str) -> Contact:
    row: Contact | None = None
    if key.isdecimal() and len(key) < 10:
        row = request.dbsession.get(Contact, int(key))
    if row is None or not may_know(request.registry.site, request.dbsession, request.technician, row):
        raise HTTPNotFound
    return row


@view_config(route_name="admin_ticket_contact", request_method="POST")
def change(request: Request) -> Response:
    """Give the ticket to somebody else."""
    ticket = find_ticket(request)
    contact = _contact(request, request.typed("contact"))
    former = ticket.name
    try:
        changed = change_contact(
            request.registry.site, request.dbsession, ticket, contact, actor(request), request.desk.now
        )
    except FieldError as refused:
        return _confirm(request, ticket, contact, refused.message)
    if changed:
        request.page.tell(_("This is a ticket of ${name} now. Links that ${former} had to it are dead.", mapping={
            "name": ticket.name, "former": former
        }))  # fmt: skip
    return to_ticket(request, ticket, ANCHOR)


@view_config(route_name="admin_ticket_organisation", request_method=("GET", "POST"), require_csrf=False)
def move(request: Request) -> Response:
    """Give the ticket to another organisation; its contact stays."""
    ticket = find_ticket(request)
    form = TicketOrganisationForm(request, ticket)
    if request.method == "POST" and form.submit(actor(request)):
        request.page.tell(_("The ticket's organisation is saved."))
        return to_ticket(request, ticket, ANCHOR)
    return _choose(request, ticket, form)
