"""Categories and priorities: their words, order, and which are offered."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.setup import LANGUAGES, CategoryForm, PrioritiesForm, Saved
from novantic_core.i18n import _
from novantic_core.services import set_up_categories
from novantic_core.services.set_up_words import rename_priorities
from novantic_core.views.admin.base import actor, draw, draw_form
from novantic_core.views.admin.setup.base import fresh_site, hidden, key_of, step


def _list(request: Request, anchor: str | None = None) -> Response:
    return HTTPSeeOther(request.route_path("admin_categories", _anchor=anchor))


@view_config(route_name="admin_categories", request_method="GET")
def categories(request: Request) -> Response:
    """All of them, hidden ones too."""
    site = fresh_site(request)
    rows: list[dict[str, Any]] = []
    for key, category in site.all_categories.items():
        kept = site.preferences.categories.get(key)
        plugin = site.category_plugin(key)
        rows.append({
            "key": key, "label": category.label, "plugin": plugin, "hidden": kept is not None and kept.hidden,
            "renamed": bool(plugin and site.preferences.words(set_up_categories.words_key(key))),
            "offered": site.plugin_categories[key][1].label if plugin else "",
            "others": _others(request, category.label),
        })  # fmt: skip
    return draw(request, "admin/setup/categories.pt", rows=rows)


def _others(request: Request, label: Any) -> list[tuple[str, str]]:
    """The words in the languages that aren't the reader's, each with its language."""
    themes = request.registry.site.themes
    return [
        (locale, themes.catalogue(request.theme, locale).translate(label))
        for locale in LANGUAGES
        if locale != request.locale_name
    ]


@view_config(route_name="admin_category_new", request_method="GET")
def new_category(request: Request) -> Response:
    """The form of one of the desk's own."""
    return _draw(request, CategoryForm(request), _("New category"))


@view_config(route_name="admin_category_new", request_method="POST", require_csrf=False)
def add_category(request: Request) -> Response:
    """Add it."""
    form = CategoryForm(request)
    words = form.submit()
    if words is None:
        return _draw(request, form, _("New category"))
    set_up_categories.add_category(fresh_site(request), request.dbsession, words, actor(request), request.desk.now)
    request.page.tell(_("The category was added. It is offered at the end of the list."))
    return _list(request)


def _form(request: Request) -> tuple[str, CategoryForm]:
    site = fresh_site(request)
    key = key_of(request, site.all_categories)
    kept = site.preferences.words(set_up_categories.words_key(key))
    plugin = site.category_plugin(key)
    words = {locale: kept.get(locale, "") for locale in LANGUAGES}
    if not plugin and not kept:
        words = dict.fromkeys(LANGUAGES, str(site.all_categories[key].label))
    offered = site.plugin_categories[key][1].label if plugin else ""
    return key, CategoryForm(request, Saved(**words), offered)


def _draw(request: Request, form: CategoryForm, title: Any) -> Response:
    return draw_form(request, form, title, request.route_path("admin_categories"))


@view_config(route_name="admin_category", request_method="GET")
def category(request: Request) -> Response:
    """The words of one."""
    key, form = _form(request)
    return _draw(request, form, _title(request, key))


@view_config(route_name="admin_category", request_method="POST", require_csrf=False)
def rename_category(request: Request) -> Response:
    """Give it other words."""
    key, form = _form(request)
    words = form.submit()
    if words is None:
        return _draw(request, form, _title(request, key))
    site = request.registry.site
    set_up_categories.rename_category(site, request.dbsession, key, words, actor(request), request.desk.now)
    request.page.tell(_("Saved."))
    return _list(request)


def _title(request: Request, key: str) -> Any:
    return _("Category: ${label}", mapping={"label": request.registry.site.category_label(key)})


@view_config(route_name="admin_category_words", request_method="POST")
def plugin_words(request: Request) -> Response:
    """Back to the words of the plugin."""
    site = fresh_site(request)
    key = key_of(request, site.plugin_categories)
    set_up_categories.rename_category(site, request.dbsession, key, {}, actor(request), request.desk.now)
    request.page.tell(_("It has the plugin's words again."))
    return _list(request)


@view_config(route_name="admin_category_move", request_method="POST")
def move_category(request: Request) -> Response:
    """One place up or down."""
    site = fresh_site(request)
    key = key_of(request, site.all_categories)
    set_up_categories.move_category(site, request.dbsession, key, step(request), actor(request), request.desk.now)
    return _list(request, f"row-{key}")


@view_config(route_name="admin_category_hidden", request_method="POST")
def hide_category(request: Request) -> Response:
    """Offer it no more, or again."""
    site = fresh_site(request)
    key, away = key_of(request, site.all_categories), hidden(request)
    set_up_categories.hide_category(site, request.dbsession, key, away, actor(request), request.desk.now)
    words = _("It is no longer offered. Tickets that have it keep it.") if away else _("It is offered again.")
    request.page.tell(words)
    return _list(request)


@view_config(route_name="admin_priorities", request_method="GET")
def priorities(request: Request) -> Response:
    """The words of the priorities."""
    fresh_site(request)
    return _draw_priorities(request, PrioritiesForm(request))


@view_config(route_name="admin_priorities", request_method="POST", require_csrf=False)
def rename(request: Request) -> Response:
    """Give them other words."""
    site = fresh_site(request)
    form = PrioritiesForm(request)
    words = form.submit()
    if words is None:
        return _draw_priorities(request, form)
    rename_priorities(site, request.dbsession, words, actor(request), request.desk.now)
    request.page.tell(_("Saved."))
    return HTTPSeeOther(request.route_path("admin_priorities"))


def _draw_priorities(request: Request, form: PrioritiesForm) -> Response:
    lead = _(
        "The words that clients and technicians read, the most urgent first. An empty field leaves the word that "
        "stands in it in grey. Which levels there are, and how urgent each one is, a plugin decides."
    )
    return draw_form(request, form, _("Priorities"), lead=lead)
