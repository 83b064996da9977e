"""What technicians see."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.security import EVERYBODY, TECHNICIAN


def includeme(config: Configurator) -> None:
    """The way in, the way out, the dashboard."""
    for name, pattern, role in (
        ("admin_login", "/admin/login", EVERYBODY),
        ("admin_logout", "/admin/logout", TECHNICIAN),
        ("admin_setup", "/admin/setup/{token}", EVERYBODY),
        ("admin", "/admin", TECHNICIAN),
    ):
        config.add_route(name, pattern)
        config.allow(name, role)
    config.scan("novantic_core.views.admin")
