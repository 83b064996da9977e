"""Saved views: made on the queue's page, put in order on one of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.i18n import _
from novantic_core.models import SavedView
from novantic_core.services.saved_view import move_view, remove_view, rename_view, save_view, saved_views
from novantic_core.values import FieldError
from novantic_core.views.admin.base import draw, find_row
from novantic_core.views.admin.queue.choices import Choices, filter_words
from novantic_core.views.admin.queue.menu import address, read_query
from novantic_core.views.admin.queue.page import show


@view_config(route_name="admin_views", request_method="GET")
def views_page(request: Request) -> Response:
    """One's own views, to rename, order and remove."""
    return _draw(request)


@view_config(route_name="admin_views", request_method="POST")
def save(request: Request) -> Response:
    """Keep the filters of the queue under a name."""
    chosen = read_query(request.typed("query"))
    name = request.typed("name")
    try:
        view = save_view(request.dbsession, request.technician.id, name, urlencode(chosen.query))
    except FieldError as error:
        return show(request, chosen, 422, view_error=error.message, view_name=name)
    request.page.tell(_("The view “${name}” was saved.", mapping={"name": view.name}))
    return HTTPSeeOther(address(chosen))


@view_config(route_name="admin_view", request_method="POST")
def change(request: Request) -> Response:
    """Rename a view, move it up or down, or remove it."""
    view, wanted = _own_view(request), request.typed("do")
    if wanted == "rename":
        name = request.typed("name")
        try:
            rename_view(request.dbsession, view, name)
        except FieldError as error:
            return _draw(request, 422, wrong=view.id, error=error.message, typed=name)
        request.page.tell(_("The view is now called “${name}”.", mapping={"name": view.name}))
    elif wanted == "remove":
        remove_view(request.dbsession, view)
        request.page.tell(_("The view “${name}” was removed.", mapping={"name": view.name}))
    elif wanted in ("up", "down"):
        move_view(request.dbsession, view, wanted)
    return HTTPSeeOther(request.route_path("admin_views"))


def _own_view(request: Request) -> SavedView:
    view: SavedView = find_row(request, SavedView)
    if view.technician_id != request.technician.id:
        raise HTTPNotFound
    return view


def _draw(request: Request, status: int = 200, **values: Any) -> Response:
    choices, rows = Choices(request), []
    for view in saved_views(request.dbsession, request.technician.id):
        chosen = read_query(view.query)
        said = filter_words(request, chosen, choices)
        filters = [request.page.words(_("${label}: ${value}", mapping=one)) for one in said]
        rows.append({"id": view.id, "name": view.name, "path": address(chosen), "filters": ", ".join(filters)})
    return draw(
        request, "admin/tickets/views.pt", status, views=rows, **{"wrong": None, "error": None, "typed": "", **values}
    )
