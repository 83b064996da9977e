"""What the queue's script asks for: whether anything happened, and the counts of the menu."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from novantic_core.services.filter_tickets import read_filter
from novantic_core.services.list_news import latest_event, list_news


@view_config(route_name="admin_tickets_news", request_method="GET", renderer="json")
def news(request: Request) -> dict[str, Any]:
    """What others did since an event: on which tickets of the filter, and the counts as they are now.

    ``{"latest": ID}`` alone, after one statement, when nothing happened.
    """
    request.response.headers["Cache-Control"] = "no-store"
    since, latest = request.GET.get("since", ""), latest_event(request.dbsession)
    if not (since.isdecimal() and len(since) < 19 and int(since) < latest):
        return {"latest": latest}
    found = list_news(
        request.registry.site, request.dbsession, request.technician, read_filter(request.GET), int(since), latest
    )
    request.queue_menu.count()
    return {"latest": latest, "tickets": found, "counts": request.queue_menu.words()}


@view_config(route_name="admin_tickets_counts", request_method="GET", renderer="json")
def counts(request: Request) -> dict[str, Any]:
    """The counts of the menu, for the pages that don't count themselves."""
    request.response.headers["Cache-Control"] = "no-store"
    request.queue_menu.count()
    return {"counts": request.queue_menu.words()}
