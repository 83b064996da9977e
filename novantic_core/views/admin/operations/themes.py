"""The themes, and looking at the site in another one."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.colours import is_colour, pairs, theme_tokens
from novantic_core.page import PREVIEW
from novantic_core.views.admin.base import draw
from novantic_core.views.portal.visit import local_path


@view_config(route_name="admin_themes", request_method="GET")
def themes(request: Request) -> Response:
    """Each that was found, the one in use first."""
    site = request.registry.site
    names = sorted(site.themes.themes, key=lambda name: (name != site.settings.theme, name))
    return draw(
        request, "admin/operations/themes.pt", rows=[_row(request, name) for name in names],
        hooked=site.plugins.answers("novantic_theme_for"),
        number=lambda value: format_decimal(value, locale=request.locale_name),
    )  # fmt: skip


def _row(request: Request, name: str) -> dict[str, Any]:
    site = request.registry.site
    looks: list[dict[str, Any]] = []
    for look, tokens in zip(("light", "dark"), theme_tokens(site.themes, name), strict=True):
        colours = [(token, value) for token, value in tokens.items() if is_colour(value)]
        looks.append({"look": look, "colours": colours, "pairs": pairs(tokens)})
    return {
        "theme": site.themes.themes[name], "brand": site.themes.brand(name, request.locale_name), "looks": looks,
        "parents": [link.name for link in site.themes.chain(name)[1:]], "in_use": name == site.settings.theme,
        "previewed": name == request.session.get(PREVIEW),
        "faults": sum(not pair.is_enough for look in looks for pair in look["pairs"]),
    }  # fmt: skip


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
