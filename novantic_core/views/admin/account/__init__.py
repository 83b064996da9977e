"""A technician's own account, and the list of all."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.i18n import _
from novantic_core.security import ADMINISTRATOR, EVERYBODY, TECHNICIAN
from novantic_core.views.admin.routes import Entry, Route, add_entries, add_routes

ROUTES: tuple[Route, ...] = (
    # the way in, beyond the password
    ("admin_login_code", "/admin/login/code", EVERYBODY),
    ("admin_forgotten", "/admin/forgotten", EVERYBODY),
    ("admin_password", "/admin/password/{token}", EVERYBODY),
    # one's own
    ("admin_account", "/admin/account", TECHNICIAN),
    ("admin_own_password", "/admin/account/password", TECHNICIAN),
    ("admin_second_factor", "/admin/account/second-factor", TECHNICIAN),
    ("admin_second_factor_off", "/admin/account/second-factor/off", TECHNICIAN),
    ("admin_recovery_codes", "/admin/account/recovery-codes", TECHNICIAN),
    ("admin_own_sessions_end", "/admin/account/sessions/end", TECHNICIAN),
    ("admin_own_session_end", "/admin/account/sessions/{id:\\d+}/end", TECHNICIAN),
    # everybody's
    ("admin_technicians", "/admin/technicians", ADMINISTRATOR),
    ("admin_technicians_require", "/admin/technicians/second-factor", ADMINISTRATOR),
    ("admin_technician_new", "/admin/technicians/new", ADMINISTRATOR),
    ("admin_technician", "/admin/technicians/{id:\\d+}", ADMINISTRATOR),
    ("admin_technician_active", "/admin/technicians/{id:\\d+}/active", ADMINISTRATOR),
    ("admin_technician_invitation", "/admin/technicians/{id:\\d+}/invitation", ADMINISTRATOR),
    ("admin_technician_second_factor", "/admin/technicians/{id:\\d+}/second-factor", ADMINISTRATOR),
    ("admin_technician_sessions", "/admin/technicians/{id:\\d+}/sessions", ADMINISTRATOR),
)
MENU: tuple[Entry, ...] = (("admin_technicians", _("Technicians"), 20, "settings"),)


def includeme(config: Configurator) -> None:
    """Its pages, and its entries in the menu."""
    add_routes(config, ROUTES)
    add_entries(config, MENU)
