"""Organisations: the list, one's page, adding and changing them."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from novantic_core.forms.people import OrganisationForm
from novantic_core.i18n import _, plural
from novantic_core.models import Contact, Organisation, OrganisationDomain, Ticket
from novantic_core.services.find_contacts import find_members, find_organisations
from novantic_core.services.keep_organisation import (
    add_domain,
    check_domain,
    delete_organisation,
    is_empty,
    remove_domain,
    would_join,
)
from novantic_core.values import FieldError
from novantic_core.views.admin.base import actor, draw, draw_form, find_row
from novantic_core.views.admin.people.lists import address, numbers_of, place, ticket_list, to_organisation, typed

NOBODY_JOINS = _("No contact of this domain is without an organisation now.")
CONTACTS = plural("${n} contact", "${n} contacts")
TICKETS = plural("${n} ticket", "${n} tickets")


@view_config(route_name="admin_organisations", request_method="GET")
def organisations(request: Request) -> Response:
    """The companies that are served, by name."""
    words, session = typed(request), request.dbsession
    found = find_organisations(session, words, place(request, "before"), place(request, "after"))
    ids = [row.id for row in found.rows]
    domains: dict[int, list[str]] = {}
    for domain in session.scalars(
        select(OrganisationDomain)
        .where(OrganisationDomain.organisation_id.in_(ids))
        .order_by(OrganisationDomain.domain)
    ):
        domains.setdefault(domain.organisation_id, []).append(domain.domain)
    known = (Contact.organisation_id.in_(ids), Contact.merged_into_id.is_(None))
    people = select(Contact.organisation_id, func.count()).where(*known).group_by(Contact.organisation_id)
    return draw(
        request, "admin/people/organisations.pt", organisations=found.rows, q=words, domains=domains,
        people=dict(session.execute(people).all()), numbers=numbers_of(request, Ticket.organisation_id, found.rows),
        seek=_("Search organisations"), **_pages(request, found, words),
    )  # fmt: skip


@view_config(route_name="admin_organisation", request_method="GET")
def organisation(request: Request) -> Response:
    """What is known of one, its people and its tickets."""
    row, session = find_organisation(request), request.dbsession
    whose = (request.registry.site, session, request.technician)
    found = find_members(*whose, row, place(request, "before"), place(request, "after"))
    domains = select(OrganisationDomain.domain).where(OrganisationDomain.organisation_id == row.id)
    return draw(
        request, "admin/people/organisation.pt", organisation=row, contacts=found.rows,
        domains=session.scalars(domains.order_by(OrganisationDomain.domain)).all(), empty=is_empty(session, row),
        number=session.scalar(
            select(func.count()).where(Contact.organisation_id == row.id, Contact.merged_into_id.is_(None))
        ),
        tickets_number=numbers_of(request, Ticket.organisation_id, [row]).get(row.id, 0),
        **_pages(request, found), **ticket_list(request, Ticket.organisation_id == row.id),
    )  # fmt: skip


def _pages(request: Request, found: Any, words: str = "") -> dict[str, Any]:
    return {
        "previous": address(request, q=words, before=found.before) if found.before else None,
        "next": address(request, q=words, after=found.after) if found.after else None,
    }


@view_config(route_name="admin_organisation_new", request_method=("GET", "POST"), require_csrf=False)
def new(request: Request) -> Response:
    """Add one."""
    form = OrganisationForm(request)
    if request.method == "POST":
        row = form.submit(actor(request))
        if row is not None:
            words = _("${name} is added. Now give it its mail domains.", mapping={"name": row.name})
            return to_organisation(request, row, words)
    return draw_form(request, form, _("New organisation"), "/admin/organisations")


@view_config(route_name="admin_organisation_edit", request_method=("GET", "POST"), require_csrf=False)
def edit(request: Request) -> Response:
    """Name, contract, notes."""
    row = find_organisation(request)
    form = OrganisationForm(request, row)
    if request.method == "POST" and form.submit(actor(request)) is not None:
        return to_organisation(request, row, _("${name} is saved.", mapping={"name": row.name}))
    title = _("Edit ${name}", mapping={"name": row.name})
    return draw_form(request, form, title, request.route_path("admin_organisation", id=row.id))


@view_config(route_name="admin_organisation_domains", request_method="GET")
def domain(request: Request) -> Response:
    """What adding a mail domain would do, before it is done."""
    row = find_organisation(request)
    given = str(request.GET.get("domain", ""))[:254]
    return _domain_page(request, row, given)


def _domain_page(request: Request, row: Organisation, given: str, status: int = 200) -> Response:
    session, found, error = request.dbsession, "", None
    joining = NOBODY_JOINS
    try:
        found = check_domain(session, row, given)
        contacts, tickets = would_join(session, found)
        if contacts:
            joining = _("${contacts} without an organisation and ${tickets} of theirs join it now.", mapping={
                "contacts": request.localizer.plural(CONTACTS, contacts),
                "tickets": request.localizer.plural(TICKETS, tickets),
            })  # fmt: skip
    except FieldError as refused:
        error, status = refused.message, 422
    return draw(
        request, "admin/people/domain.pt", status, organisation=row, typed=given, domain=found, joining=joining,
        error=error,
    )  # fmt: skip


@view_config(route_name="admin_organisation_domains", request_method="POST")
def keep_domain(request: Request) -> Response:
    """Add a mail domain."""
    row = find_organisation(request)
    given = request.typed("domain")[:254]
    try:
        contacts, tickets = add_domain(
            request.registry.site, request.dbsession, row, given, actor(request), request.desk.now
        )
    except FieldError:
        # somebody else was quicker: the page says what is wrong by now
        return _domain_page(request, row, given)
    words = _("The domain is added: ${contacts} and ${tickets} joined.", mapping={
        "contacts": request.localizer.plural(CONTACTS, contacts),
        "tickets": request.localizer.plural(TICKETS, tickets),
    })  # fmt: skip
    return to_organisation(request, row, words)


@view_config(route_name="admin_organisation_domain_remove", request_method="POST")
def drop_domain(request: Request) -> Response:
    """Take a mail domain away; who is in stays."""
    row = find_organisation(request)
    name = request.typed("domain")
    if not remove_domain(request.dbsession, row, name, actor(request), request.desk.now):
        raise HTTPNotFound
    words = _("${domain} is removed. Contacts that joined by it stay.", mapping={"domain": name})
    return to_organisation(request, row, words)


@view_config(route_name="admin_organisation_delete", request_method="POST")
def delete(request: Request) -> Response:
    """Delete an empty one."""
    row = find_organisation(request)
    try:
        delete_organisation(request.dbsession, row, actor(request), request.desk.now)
    except FieldError as refused:
        return to_organisation(request, row, refused.message)
    request.page.tell(_("${name} is deleted.", mapping={"name": row.name}))
    return HTTPSeeOther("/admin/organisations")


def find_organisation(request: Request) -> Organisation:
    """The organisation of the address.

    :raises HTTPNotFound: if there is none
    """
    row: Organisation = find_row(request, Organisation)
    return row
