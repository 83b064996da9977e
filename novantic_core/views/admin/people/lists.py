"""What pages of people share: where a page of a longer list begins, and tickets with their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import ColumnElement

from novantic_core.models import Contact, Organisation, Ticket
from novantic_core.services.find_contacts import count_tickets, find_tickets
from novantic_core.values import Text
from novantic_core.views.admin.base import STATUS_WORDS

SHOWN = 20
"""Tickets on a page of somebody: below them stands more."""


def typed(request: Request) -> str:
    """What is searched for."""
    return str(request.GET.get("q", ""))[:200].strip()


def place(request: Request, name: str) -> int | None:
    """The id in the address at which a page begins or ends; None for none, or nonsense."""
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def address(request: Request, **query: Any) -> str:
    """This page with another query; what is None or empty is left out."""
    return str(request.current_route_path(_query={name: value for name, value in query.items() if value}))


def ticket_list(request: Request, whose: ColumnElement[bool]) -> dict[str, Any]:
    """Values for ``admin/people/tickets.pt``: somebody's tickets, newest first, and the way to the older ones."""
    older = place(request, "older")
    site = request.registry.site
    found = find_tickets(site, request.dbsession, request.technician, whose, older, SHOWN)
    return {
        "tickets": found.rows,
        "status_words": STATUS_WORDS,
        "priority_words": {key: level.label for key, level in site.priorities.items()},
        "newest": address(request) if older else None,
        "older": address(request, older=found.after) if found.after else None,
    }


def numbers_of(request: Request, column: Any, rows: Sequence[Any]) -> dict[int, int]:
    """How many tickets each of some rows has."""
    ids = [row.id for row in rows]
    return count_tickets(request.registry.site, request.dbsession, request.technician, column, ids)


def to_contact(request: Request, contact: Contact, words: Text | None = None) -> Response:
    """Back to a person's page, with a sentence."""
    if words is not None:
        request.page.tell(words)
    return HTTPSeeOther(request.route_path("admin_contact", id=contact.id))


def to_organisation(request: Request, row: Organisation, words: Text | None = None) -> Response:
    """Back to an organisation's page, with a sentence."""
    if words is not None:
        request.page.tell(words)
    return HTTPSeeOther(request.route_path("admin_organisation", id=row.id))


def of_contact(contact: Contact) -> ColumnElement[bool]:
    """The condition for a person's tickets."""
    return Ticket.contact_id == contact.id
