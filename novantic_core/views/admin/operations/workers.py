"""The workers that are alive, and how what they watch goes."""

from __future__ import annotations

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.delivery.troubles import part_of, troubles
from novantic_core.models import Worker
from novantic_core.services.say_fault import say_fault
from novantic_core.services.watch_tasks import task_states
from novantic_core.views.admin.base import draw

HERE = frozenset({"worker", "tasks", "search"})
"""The parts whose troubles are said on this page; the others have a page of their own."""


@view_config(route_name="admin_workers", request_method="GET")
def workers(request: Request) -> Response:
    """Who works, since when; who does which task, and when what it watches last answered."""
    site, session, now = request.registry.site, request.dbsession, request.desk.now
    return draw(
        request, "admin/operations/workers.pt",
        workers=session.scalars(select(Worker).order_by(Worker.started_at, Worker.id)).all(),
        tasks=task_states(site, session, now), say_fault=say_fault,
        troubles=[one for one in troubles(site, session, now) if part_of(one) in HERE],
    )  # fmt: skip
