"""Making one of two that are the same: contacts, whose merge can be undone, and organisations, whose can't."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from novantic_core.i18n import _
from novantic_core.models import Contact, Organisation, Ticket
from novantic_core.services.find_contacts import find_contacts, find_organisations, similar_organisations
from novantic_core.services.keep_organisation import merge_organisations
from novantic_core.services.merge_contacts import likely_duplicates, merge_contacts, separate_contact
from novantic_core.services.visibility import may_know
from novantic_core.values import FieldError
from novantic_core.views.admin.base import actor, draw
from novantic_core.views.admin.people.contacts import find_known, organisations_of
from novantic_core.views.admin.people.lists import numbers_of, to_contact, to_organisation, typed
from novantic_core.views.admin.people.organisations import find_organisation

OFFERED = 12


@view_config(route_name="admin_contact_merge", request_method="GET")
def choose(request: Request) -> Response:
    """Who may be the same person; once one is chosen, what will happen."""
    row = find_known(request)
    chosen = request.GET.get("other", "")
    if chosen:
        return _confirm(request, row, _other(request, row, chosen))
    whose = (request.registry.site, request.dbsession, request.technician)
    words = typed(request)
    likely = likely_duplicates(*whose, row)
    found = [one for one in find_contacts(*whose, words).rows if one.id != row.id][:OFFERED] if words else []
    shown = [*(one.contact for one in likely), *found]
    return draw(
        request, "admin/people/merge.pt", contact=row, likely=likely, found=found, q=words,
        numbers=numbers_of(request, Ticket.contact_id, shown),
        organisations=organisations_of(request, [one.organisation_id for one in shown]),
    )  # fmt: skip


def _confirm(request: Request, row: Contact, other: Contact, error: Any = None) -> Response:
    return draw(
        request, "admin/people/merge_confirm.pt", 422 if error else 200, contact=row, other=other, error=error,
        numbers=numbers_of(request, Ticket.contact_id, [row, other]),
    )  # fmt: skip


def _other(request: Request, row: Contact, key: str) -> Contact:
    other: Contact | None = None
    if key.isdecimal() and len(key) < 10:
        other = request.dbsession.get(Contact, int(key))
    if other is None or other.id == row.id or other.merged_into_id is not None or other.erased_at is not None:
        raise HTTPNotFound
    if not may_know(request.registry.site, request.dbsession, request.technician, other):
        raise HTTPNotFound
    return other


@view_config(route_name="admin_contact_merge", request_method="POST")
def merge(request: Request) -> Response:
    """Merge the other one into this one, or this one into it."""
    row = find_known(request)
    other = _other(request, row, request.typed("other"))
    into, gone = (other, row) if request.typed("keep") == str(other.id) else (row, other)
    try:
        merge_contacts(request.registry.site, request.dbsession, gone, into, actor(request), request.desk.now)
    except FieldError as refused:
        return _confirm(request, row, other, refused.message)
    words = _("${address} now leads to ${name}, with all its tickets.", mapping={
        "address": gone.email, "name": into.name
    })  # fmt: skip
    return to_contact(request, into, words)


@view_config(route_name="admin_contact_unmerge", request_method="POST")
def separate(request: Request) -> Response:
    """Undo a merge."""
    row = find_known(request)
    key = request.typed("other")
    other = request.dbsession.get(Contact, int(key)) if key.isdecimal() and len(key) < 10 else None
    if other is None or other.merged_into_id != row.id:
        raise HTTPNotFound
    try:
        separate_contact(request.dbsession, other, actor(request), request.desk.now)
    except FieldError as refused:
        return to_contact(request, row, refused.message)
    words = _("${address} is a contact of its own again, with the tickets that came from it.", mapping={
        "address": other.email
    })  # fmt: skip
    return to_contact(request, other, words)


# ------------------------------------------------------------------------------------------------ organisations


@view_config(route_name="admin_organisation_merge", request_method="GET")
def choose_organisation(request: Request) -> Response:
    """Which organisation is the same one; once it is chosen, what will happen."""
    row, session = find_organisation(request), request.dbsession
    chosen = request.GET.get("other", "")
    if chosen:
        other = _other_organisation(request, row, chosen)
        counts = {
            one.id: {
                "contacts": session.scalar(select(func.count()).where(Contact.organisation_id == one.id)),
                "tickets": session.scalar(select(func.count()).where(Ticket.organisation_id == one.id)),
            }
            for one in (row, other)
        }
        return draw(
            request, "admin/people/organisation_merge_confirm.pt", organisation=row, other=other, counts=counts
        )  # fmt: skip
    words = typed(request)
    likely = [] if words else similar_organisations(session, row, OFFERED)
    found = [one for one in find_organisations(session, words).rows if one.id != row.id][:OFFERED] if words else []
    return draw(request, "admin/people/organisation_merge.pt", organisation=row, likely=likely, found=found, q=words)


def _other_organisation(request: Request, row: Organisation, key: str) -> Organisation:
    other: Organisation | None = None
    if key.isdecimal() and len(key) < 10:
        other = request.dbsession.get(Organisation, int(key))
    if other is None or other.id == row.id:
        raise HTTPNotFound
    return other


@view_config(route_name="admin_organisation_merge", request_method="POST")
def merge_organisation(request: Request) -> Response:
    """Merge the other one into this one."""
    row = find_organisation(request)
    other = _other_organisation(request, row, request.typed("other"))
    merge_organisations(request.registry.site, request.dbsession, other, row, actor(request), request.desk.now)
    words = _("${other} is merged into ${name}.", mapping={"other": other.name, "name": row.name})
    return to_organisation(request, row, words)
