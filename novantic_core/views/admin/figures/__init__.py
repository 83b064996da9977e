"""What the dashboard shows: a period, tables of it, pictures of those."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.security import TECHNICIAN
from novantic_core.views.admin.routes import Route, add_routes

TABLES = ("days", "ages", "answers", "solutions", "categories", "organisations", "technicians", "brands")
ROUTES: tuple[Route, ...] = (("admin_figures_csv", rf"/admin/figures/{{table:{'|'.join(TABLES)}}}.csv", TECHNICIAN),)


def includeme(config: Configurator) -> None:
    """Its tables as files; the page is ``/admin``."""
    add_routes(config, ROUTES)
