"""The queue of tickets: its pages, what is done to many of them at once, and its filters in the menu."""

from __future__ import annotations

from pyramid.config import Configurator

from novantic_core.security import TECHNICIAN
from novantic_core.views.admin.queue.menu import QueueMenu
from novantic_core.views.admin.routes import Route, add_routes

ROUTES: tuple[Route, ...] = (
    ("admin_tickets", "/admin/tickets", TECHNICIAN),
    ("admin_tickets_news", "/admin/tickets/news", TECHNICIAN),
    ("admin_tickets_counts", "/admin/tickets/counts", TECHNICIAN),
    ("admin_tickets_bulk", "/admin/tickets/bulk", TECHNICIAN),
    ("admin_views", "/admin/tickets/views", TECHNICIAN),
    ("admin_view", r"/admin/tickets/views/{id:\d+}", TECHNICIAN),
    ("admin_ticket_acknowledge", r"/admin/tickets/{number:\d+}/acknowledge", TECHNICIAN),
    ("admin_ticket_called_back", r"/admin/tickets/{number:\d+}/called-back", TECHNICIAN),
)


def includeme(config: Configurator) -> None:
    """Its pages, and ``request.queue_menu`` for the menu that every page has."""
    add_routes(config, ROUTES)
    config.add_request_method(QueueMenu, "queue_menu", reify=True)
