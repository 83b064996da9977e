"""Time spent."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (("admin_time", "/admin/time", TECHNICIAN),)
MENU: tuple[Entry, ...] = (("admin_time", _("Time spent"), 20, "steering"),)


def includeme(config: Configurator) -> None:
    """Its pages, and its entries in the menu."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
