"""The first page of the back office."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config


@view_config(route_name="admin", request_method="GET", renderer="admin/dashboard.pt")
def dashboard(request: Request) -> dict[str, Any]:
    """Who is signed in, and what plugins show here."""
    return {"technician": request.technician, "parts": request.page.parts("admin_dashboard")}
