"""Several tickets and several people: merge, link, split, follow, and open a ticket for a client who rings."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.security import TECHNICIAN
from novantic_core.views.admin.relations.followers import followers_card
from novantic_core.views.admin.relations.links import related_card
from novantic_core.views.admin.routes import Route, add_routes

_TICKET = r"/admin/tickets/{number:\d+}"
ROUTES: tuple[Route, ...] = (
    ("admin_new_ticket", "/admin/tickets/new", TECHNICIAN),
    ("admin_contact_suggest", "/admin/contacts/suggest", TECHNICIAN),
    ("admin_ticket_merge", _TICKET + "/merge", TECHNICIAN),
    ("admin_ticket_unmerge", _TICKET + "/unmerge", TECHNICIAN),
    ("admin_ticket_links", _TICKET + "/links", TECHNICIAN),
    ("admin_ticket_unlink", _TICKET + r"/links/{other:\d+}/remove", TECHNICIAN),
    ("admin_ticket_followers", _TICKET + "/followers", TECHNICIAN),
    ("admin_ticket_follow", _TICKET + "/follow", TECHNICIAN),
    ("admin_ticket_unfollow", _TICKET + r"/followers/{id:\d+}/remove", TECHNICIAN),
    ("admin_ticket_split", _TICKET + r"/messages/{message:\d+}/split", TECHNICIAN),
)


def includeme(config: Configurator) -> None:
    """Its pages, and its cards on the ticket."""
    add_routes(config, ROUTES)
    config.add_ticket_card(50, related_card)
    config.add_ticket_card(60, followers_card)
