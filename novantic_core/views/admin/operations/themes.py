"""The themes, and looking at the site in another one."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.colours import is_colour, pairs, theme_tokens
from novantic_core.i18n import _
from novantic_core.models import ThemeFault
from novantic_core.page import PREVIEW
from novantic_core.services.note_theme_faults import theme_faults, try_again
from novantic_core.views.admin.base import actor, draw
from novantic_core.views.portal.visit import local_path


@view_config(route_name="admin_themes", request_method="GET")
def themes(request: Request) -> Response:
    """Each that was found, the one in use first."""
    site = request.registry.site
    used = {brand.theme for brand in site.brands.values()}
    names = sorted(site.themes.themes, key=lambda name: (name != site.settings.theme, name not in used, name))
    broken = theme_faults(request.dbsession)
    return draw(
        request, "admin/operations/themes.pt",
        rows=[_row(request, name, [fault for fault in broken if fault.theme == name]) for name in names],
        several=len(site.brands) > 1, hooked=site.plugins.answers("novantic_theme_for"),
        number=lambda value: format_decimal(value, locale=request.locale_name),
    )  # fmt: skip


def _row(request: Request, name: str, broken: list[ThemeFault]) -> dict[str, Any]:
    site = request.registry.site
    looks: list[dict[str, Any]] = []
    for look, tokens in zip(("light", "dark"), theme_tokens(site.themes, name), strict=True):
        colours = [(token, value) for token, value in tokens.items() if is_colour(value)]
        looks.append({"look": look, "colours": colours, "pairs": pairs(tokens)})
    return {
        "theme": site.themes.themes[name], "brand": site.themes.brand(name, request.locale_name), "looks": looks,
        "parents": [link.name for link in site.themes.chain(name)[1:]], "broken": broken,
        "in_use": [brand.key for brand in site.brands.values() if brand.theme == name],
        "previewed": name == request.session.get(PREVIEW),
        "faults": sum(not pair.is_enough for look in looks for pair in look["pairs"]),
    }  # fmt: skip


@view_config(route_name="admin_theme_again", request_method="POST")
def again(request: Request) -> Response:
    """Draw with a file again that was left out because it was broken."""
    theme, template = request.matchdict["theme"], request.typed("template")
    found = try_again(request.registry.site, request.dbsession, theme, template, actor(request), request.desk.now)
    if not found:
        raise HTTPNotFound
    request.page.tell(_("The file is used again, in all processes within a few seconds."))
    return HTTPSeeOther(request.route_path("admin_themes"))


@view_config(route_name="admin_theme_preview", request_method="POST")
def preview(request: Request) -> Response:
    """Look at the site in another theme; nobody else does."""
    name = request.matchdict["theme"]
    if name not in request.registry.site.themes.themes:
        raise HTTPNotFound
    request.session[PREVIEW] = name
    return HTTPSeeOther(request.route_path("home"))


@view_config(route_name="admin_preview_end", request_method="POST")
def end_preview(request: Request) -> Response:
    """Back to the theme that everybody sees, on the page where one is."""
    request.session.pop(PREVIEW, None)
    return HTTPSeeOther(local_path(request.typed("back")))
