"""What technicians see. Each part of the house has a folder with its routes in its ``includeme``."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import EVERYBODY, TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (
    ("admin_login", "/admin/login", EVERYBODY),
    ("admin_logout", "/admin/logout", TECHNICIAN),
    ("admin_setup", "/admin/setup/{token}", EVERYBODY),
    ("admin", "/admin", TECHNICIAN),
    ("admin_shortcuts", "/admin/shortcuts", TECHNICIAN),
)
MENU: tuple[Entry, ...] = (("admin", _("Dashboard"), 10, "steering"),)


def includeme(config: Configurator) -> None:
    """The way in, the way out, and the parts in the order of a technician's day."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
    # the queue, and one ticket, beside which the other parts add their cards
    config.include("novantic_core.views.admin.queue")
    config.include("novantic_core.views.admin.tickets")
    config.include("novantic_core.views.admin.relations")
    # for whom: contacts and their organisations, and the time it took
    config.include("novantic_core.views.admin.people")
    config.include("novantic_core.views.admin.time")
    # the tables of the dashboard
    config.include("novantic_core.views.admin.figures")
    # one's own account, and those of all technicians
    config.include("novantic_core.views.admin.account")
    # what administrators set up, and what they watch
    config.include("novantic_core.views.admin.setup")
    config.include("novantic_core.views.admin.operations")
    config.scan("novantic_core.views.admin")
