"""The brands as the .ini file has them, and what is wrong with them."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from novantic_core.models import Ticket
from novantic_core.models.ticket import CLOSED
from novantic_core.page import LANGUAGES
from novantic_core.services.filter_tickets import TicketFilter, of_brand
from novantic_core.services.tell_brands import brand_faults, brand_labels, topics_of
from novantic_core.services.visibility import visible_tickets
from novantic_core.values import Brand
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.queue.menu import address


@view_config(route_name="admin_brands", request_method="GET")
def brands(request: Request) -> Response:
    """Each of them, the main one first."""
    rows = [_row(request, brand) for brand in request.registry.site.brands.values()]
    return draw(request, "admin/operations/brands.pt", rows=rows)


def _row(request: Request, brand: Brand) -> dict[str, Any]:
    site, fallback = request.registry.site, str(request.registry.settings.get("mail.default_sender", ""))
    return {
        "brand": brand, "label": brand_labels(site, request.locale_name)[brand.key],
        "theme": site.themes.themes[brand.theme].label or brand.theme, "language": LANGUAGES[brand.locale],
        "sender": site.brand_words(brand, request.locale_name).get("noreply") or fallback,
        "topics": [topic.label for topic in topics_of(site, brand).values()], "all_topics": not brand.topics,
        "faults": brand_faults(site, brand, fallback), "open": _open_tickets(request, brand),
        "queue": address(TicketFilter(brand=brand.key)),
    }  # fmt: skip


def _open_tickets(request: Request, brand: Brand) -> int:
    statement = select(func.count()).select_from(Ticket).where(Ticket.status != CLOSED, *of_brand(brand.key))
    seen = visible_tickets(request.registry.site, request.technician)
    return int(request.dbsession.scalar(statement if seen is None else statement.where(seen)) or 0)
