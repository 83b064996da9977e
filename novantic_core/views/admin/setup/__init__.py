"""What is set up without a file."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import ADMINISTRATOR, TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (
    ("admin_settings", "/admin/settings", ADMINISTRATOR),
    ("admin_categories", "/admin/categories", ADMINISTRATOR),
    ("admin_canned_replies", "/admin/canned-replies", TECHNICIAN),
)
MENU: tuple[Entry, ...] = (
    ("admin_settings", _("Settings"), 10, "settings"),
    ("admin_categories", _("Categories"), 30, "settings"),
    ("admin_canned_replies", _("Canned replies"), 40, "settings"),
)


def includeme(config: Configurator) -> None:
    """Its pages, and its entries in the menu."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
