"""The page of keyboard shortcuts: for who has no JavaScript to open them by a key, and for who prints them."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config


@view_config(route_name="admin_shortcuts", request_method="GET", renderer="admin/shortcuts.pt")
def shortcuts(request: Request) -> dict[str, Any]:
    """The list."""
    return {}
