"""Shelves of articles."""

from __future__ import annotations

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import FieldError, Text, _, actor, draw_page
from novantic_faq.desk.base import find_shelf, step, to
from novantic_faq.desk.forms import shelf_name
from novantic_faq.desk.place import count_on, move_shelf, remove_shelf
from novantic_faq.desk.shelf_form import ShelfForm
from novantic_faq.models import Category


def _draw(request: Request, form: ShelfForm, shelf: Category | None) -> Response:
    cancel = request.route_path("admin_faq")
    title: Text = _("New shelf")
    if shelf is not None:
        title = _("Shelf: ${name}", mapping={"name": shelf_name(shelf, request.locale_name)})
    return draw_page(request, "admin/form.pt", form.status, form=form.draw_for(request.path, cancel), title=title)


@view_config(route_name="admin_faq_shelf_new", request_method="GET")
def new(request: Request) -> Response:
    """The form of another one."""
    return _draw(request, ShelfForm(request), None)


@view_config(route_name="admin_faq_shelf_new", request_method="POST", require_csrf=False)
def add(request: Request) -> Response:
    """Add it."""
    return _save(request, None)


@view_config(route_name="admin_faq_shelf", request_method="GET")
def show(request: Request) -> Response:
    """Its form."""
    shelf = find_shelf(request)
    return _draw(request, ShelfForm(request, shelf), shelf)


@view_config(route_name="admin_faq_shelf", request_method="POST", require_csrf=False)
def change(request: Request) -> Response:
    """Save it."""
    return _save(request, find_shelf(request))


def _save(request: Request, shelf: Category | None) -> Response:
    form = ShelfForm(request, shelf)
    saved = form.submit(actor(request))
    if saved is None:
        return _draw(request, form, shelf)
    request.page.tell(_("Saved."))
    return to(request, "admin_faq", anchor=f"shelf-{saved.id}")


@view_config(route_name="admin_faq_shelf_move", request_method="POST")
def move(request: Request) -> Response:
    """One place up or down."""
    shelf = find_shelf(request)
    move_shelf(request.desk, shelf, step(request))
    return to(request, "admin_faq", anchor=f"shelf-{shelf.id}")


@view_config(route_name="admin_faq_shelf_remove", request_method="GET")
def ask(request: Request) -> Response:
    """Whether it really is to go."""
    return _draw_remove(request, find_shelf(request))


def _draw_remove(request: Request, shelf: Category, error: Text | None = None) -> Response:
    return draw_page(
        request, "admin/faq/shelf_remove.pt", 422 if error else 200, shelf=shelf, error=error,
        name=shelf_name(shelf, request.locale_name), articles=count_on(request.dbsession, shelf),
    )  # fmt: skip


@view_config(route_name="admin_faq_shelf_remove", request_method="POST")
def remove(request: Request) -> Response:
    """Remove it."""
    shelf = find_shelf(request)
    try:
        remove_shelf(request.desk, shelf, actor(request))
    except FieldError as error:
        return _draw_remove(request, shelf, error.message)
    request.page.tell(_("The shelf is removed."))
    return to(request, "admin_faq")
