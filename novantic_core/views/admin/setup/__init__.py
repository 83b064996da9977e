"""What is set up without a file."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import ADMINISTRATOR, TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (
    ("admin_settings", "/admin/settings", ADMINISTRATOR),
    ("admin_plugin_settings", "/admin/settings/plugins/{plugin}", ADMINISTRATOR),
    ("admin_categories", "/admin/categories", ADMINISTRATOR),
    ("admin_category_new", "/admin/categories/new", ADMINISTRATOR),
    # a plugin chooses its keys: they may hold anything
    ("admin_category", "/admin/categories/{key:.+}/edit", ADMINISTRATOR),
    ("admin_category_move", "/admin/categories/{key:.+}/move", ADMINISTRATOR),
    ("admin_category_hidden", "/admin/categories/{key:.+}/hidden", ADMINISTRATOR),
    ("admin_category_words", "/admin/categories/{key:.+}/words", ADMINISTRATOR),
    ("admin_priorities", "/admin/priorities", ADMINISTRATOR),
    ("admin_teams", "/admin/teams", ADMINISTRATOR),
    ("admin_team_new", "/admin/teams/new", ADMINISTRATOR),
    ("admin_team", "/admin/teams/{key:.+}/edit", ADMINISTRATOR),
    ("admin_team_move", "/admin/teams/{key:.+}/move", ADMINISTRATOR),
    ("admin_team_hidden", "/admin/teams/{key:.+}/hidden", ADMINISTRATOR),
    ("admin_canned_replies", "/admin/canned-replies", TECHNICIAN),
    ("admin_canned_reply_new", "/admin/canned-replies/new", TECHNICIAN),
    ("admin_canned_reply", r"/admin/canned-replies/{id:\d+}", TECHNICIAN),
    ("admin_canned_reply_move", r"/admin/canned-replies/{id:\d+}/move", TECHNICIAN),
    ("admin_canned_reply_remove", r"/admin/canned-replies/{id:\d+}/remove", TECHNICIAN),
)
MENU: tuple[Entry, ...] = (
    ("admin_settings", _("Settings"), 10, "settings"),
    ("admin_categories", _("Categories"), 30, "settings"),
    ("admin_priorities", _("Priorities"), 33, "settings"),
    ("admin_teams", _("Teams"), 36, "settings"),
    ("admin_canned_replies", _("Canned replies"), 40, "settings"),
)


def includeme(config: Configurator) -> None:
    """Its pages, and its entries in the menu."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
