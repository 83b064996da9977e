"""A technician's own account, and the list of all."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import ADMINISTRATOR, TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (
    ("admin_account", "/admin/account", TECHNICIAN),
    ("admin_technicians", "/admin/technicians", ADMINISTRATOR),
)
MENU: tuple[Entry, ...] = (("admin_technicians", _("Technicians"), 20, "settings"),)


def includeme(config: Configurator) -> None:
    """Its pages, and its entries in the menu."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
