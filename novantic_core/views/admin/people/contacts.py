"""Contacts: the list, a person's page, putting right what is known."""

from __future__ import annotations

from chameleon.utils import Markup
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.forms.people import ContactForm, organisation_names
from novantic_core.i18n import _
from novantic_core.models import Contact, Organisation, Ticket
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.page import render_page
from novantic_core.services.find_contacts import find_contacts
from novantic_core.services.visibility import may_know
from novantic_core.views.admin.base import actor, draw, draw_form, find_row
from novantic_core.views.admin.people.lists import (
    address,
    numbers_of,
    of_contact,
    place,
    ticket_list,
    to_contact,
    typed,
)


@view_config(route_name="admin_contacts", request_method="GET")
def contacts(request: Request) -> Response:
    """Everybody who ever asked for help, by name."""
    words = typed(request)
    whose = (request.registry.site, request.dbsession, request.technician)
    found = find_contacts(*whose, words, place(request, "before"), place(request, "after"))
    return draw(
        request, "admin/people/contacts.pt", contacts=found.rows, q=words, seek=_("Search contacts"),
        numbers=numbers_of(request, Ticket.contact_id, found.rows),
        organisations=organisations_of(request, [row.organisation_id for row in found.rows]),
        previous=address(request, q=words, before=found.before) if found.before else None,
        next=address(request, q=words, after=found.after) if found.after else None,
    )  # fmt: skip


@view_config(route_name="admin_contact", request_method="GET")
def contact(request: Request) -> Response:
    """All that is known of a person, and their tickets."""
    row = find_person(request)
    session = request.dbsession
    merged = session.scalars(select(Contact).where(Contact.merged_into_id == row.id).order_by(Contact.id)).all()
    return draw(
        request, "admin/people/contact.pt", contact=row, merged=merged,
        organisation=session.get(Organisation, row.organisation_id) if row.organisation_id else None,
        number=numbers_of(request, Ticket.contact_id, [row]).get(row.id, 0),
        missed=lambda one: request.missed_mails.at(row.id, one.email),
        may_erase=request.technician.role == ADMINISTRATOR, **ticket_list(request, of_contact(row)),
    )  # fmt: skip


@view_config(route_name="admin_contact_edit", request_method=("GET", "POST"), require_csrf=False)
def edit(request: Request) -> Response:
    """Name, address, phone, company, organisation, notes."""
    row = find_known(request)
    form = ContactForm(request, row)
    if request.method == "POST" and form.submit(actor(request)):
        return to_contact(request, row, _("What is known of ${name} is saved.", mapping={"name": row.name}))
    back = request.route_path("admin_contact", id=row.id)
    return draw_form(
        request, form, _("Edit ${name}", mapping={"name": row.name}), back, more=organisation_list(request)
    )


def organisation_list(request: Request) -> Markup:
    """The names that browsers offer in a field for an organisation."""
    return Markup(
        render_page(request, "admin/people/names.pt", {"names": organisation_names(request.dbsession)})
    )  # fmt: skip


def organisations_of(request: Request, ids: list[int | None]) -> dict[int, Organisation]:
    """Organisations by id."""
    wanted = {key for key in ids if key is not None}
    rows = request.dbsession.scalars(select(Organisation).where(Organisation.id.in_(wanted))) if wanted else ()
    return {row.id: row for row in rows}


def find_person(request: Request) -> Contact:
    """The person of the address.

    :raises HTTPNotFound: if there is none that this technician may know
    :raises HTTPSeeOther: to whom they were merged into
    """
    row: Contact = find_row(request, Contact)
    if not may_know(request.registry.site, request.dbsession, request.technician, row):
        raise HTTPNotFound
    if row.merged_into_id is not None:
        raise HTTPSeeOther(request.route_path("admin_contact", id=row.merged_into_id))
    return row


def find_known(request: Request) -> Contact:
    """The same, of whom there is something to change or to hand out.

    :raises HTTPSeeOther: to their page, with a sentence, if they were erased
    """
    row = find_person(request)
    if row.erased_at is not None:
        raise to_contact(request, row, _("This person was erased: there is nothing left to change."))
    return row
