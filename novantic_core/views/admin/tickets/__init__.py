"""One ticket: its page, and everything that is done to it."""

from __future__ import annotations

from collections.abc import Callable

from chameleon.utils import Markup
from pyramid.config import Configurator
from pyramid.request import Request

from novantic_core.models import Ticket
from novantic_core.security import ADMINISTRATOR, TECHNICIAN
from novantic_core.views.admin.routes import Route, add_routes

Card = Callable[[Request, Ticket], Markup | None]
"""Draws one card beside the discussion; None for nothing to show."""

_TICKET = r"/admin/tickets/{number:\d+}"
ROUTES: tuple[Route, ...] = (
    ("admin_ticket", _TICKET, TECHNICIAN),
    ("admin_ticket_replies", _TICKET + "/replies", TECHNICIAN),
    ("admin_ticket_notes", _TICKET + "/notes", TECHNICIAN),
    ("admin_ticket_status", _TICKET + "/status", TECHNICIAN),
    ("admin_ticket_assignee", _TICKET + "/assignee", TECHNICIAN),
    ("admin_ticket_priority", _TICKET + "/priority", TECHNICIAN),
    ("admin_ticket_category", _TICKET + "/category", TECHNICIAN),
    ("admin_ticket_why", _TICKET + "/why", ADMINISTRATOR),
    # what the page's script asks: a canned reply with its variables filled in, who else is there, to keep a draft
    ("admin_ticket_canned", _TICKET + r"/canned-replies/{id:\d+}", TECHNICIAN),
    ("admin_ticket_presence", _TICKET + "/presence", TECHNICIAN),
    ("admin_ticket_draft", _TICKET + "/draft", TECHNICIAN),
)


def add_ticket_card(config: Configurator, order: int, card: Card) -> None:
    """``config.add_ticket_card(30, person_card)``: a card beside the discussion, the smaller ``order`` higher."""
    config.registry.ticket_cards.append((order, card))


def cards(request: Request, ticket: Ticket) -> list[Markup]:
    """All cards of a ticket, drawn, in order."""
    made = sorted(request.registry.ticket_cards, key=lambda pair: pair[0])
    return [drawn for _order, card in made if (drawn := card(request, ticket)) is not None]


def includeme(config: Configurator) -> None:
    """Its pages, and the place where other parts add their card."""
    config.registry.ticket_cards = []
    config.add_directive("add_ticket_card", add_ticket_card)
    add_routes(config, ROUTES)
