"""The home page, and the search that starts there."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

LONGEST_SEARCH = 200
RESULTS = 10


@view_config(route_name="home", renderer="home.pt", request_method="GET")
def home(request: Request) -> dict[str, Any]:
    """What the service is for, and the next step."""
    return {"parts": request.page.parts("home"), "can_search": bool(request.registry.site.search_sources)}


@view_config(route_name="search", renderer="search.pt", request_method="GET")
def search(request: Request) -> dict[str, Any]:
    """What the enabled plugins find for some words."""
    site = request.registry.site
    words = request.params.get("q", "").strip()[:LONGEST_SEARCH]
    found: list[tuple[Any, list[Any], str | None]] = []
    for plugin, source in site.search_sources if words else ():
        with site.plugins.guarded(plugin, f"searching {source.name}", request.dbsession):
            rows = list(source.find(request, words, RESULTS))
            if rows:
                all_of_them = source.more(request, words) if source.more and len(rows) >= RESULTS else None
                found.append((source.label, rows, all_of_them))
    return {"words": words, "found": found}
