"""Time spent: on a ticket's card, and added up by month."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes
from novantic_core.views.admin.time.card import time_card

ROUTES: tuple[Route, ...] = (
    ("admin_time", "/admin/time", TECHNICIAN),
    ("admin_time_csv", r"/admin/time/by-{what:organisation|technician|ticket|entry}.csv", TECHNICIAN),
    ("admin_time_sheet", r"/admin/time/{organisation:\d+|none}", TECHNICIAN),
    ("admin_time_sheet_csv", r"/admin/time/{organisation:\d+|none}.csv", TECHNICIAN),
    ("admin_ticket_time", r"/admin/tickets/{number:\d+}/time", TECHNICIAN),
    ("admin_ticket_time_entry", r"/admin/tickets/{number:\d+}/time/{id:\d+}", TECHNICIAN),
    ("admin_ticket_time_remove", r"/admin/tickets/{number:\d+}/time/{id:\d+}/remove", TECHNICIAN),
)
MENU: tuple[Entry, ...] = (("admin_time", _("Time spent"), 20, "steering"),)


def includeme(config: Configurator) -> None:
    """Its pages, its entries in the menu, and its card on the ticket."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
    config.add_ticket_card(40, time_card)
