"""Static files of the theme's path, and the editor's from deform."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import FileResponse, Response
from pyramid.view import view_config

from novantic_core.security import EVERYBODY

YEAR = 365 * 24 * 3600


@view_config(route_name="asset", request_method="GET")
def asset(request: Request) -> Response:
    """A file of the theme's path. Its address changes with its content, so it may be kept for ever."""
    themes = request.registry.site.themes
    theme, name = request.matchdict["theme"], request.matchdict["path"]
    found = themes.asset(theme, name) if theme in themes.themes else None
    if found is None:
        raise HTTPNotFound
    data, media_type = found
    if isinstance(data, Path):
        response = FileResponse(str(data), request=request, content_type=media_type)
    else:
        response = Response(data, content_type=media_type, charset="utf-8")
    response.headers["Cache-Control"] = "no-cache"
    if request.matchdict["version"] == themes.version(theme, name):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@view_config(route_name="favicon", request_method="GET")
def favicon(request: Request) -> Response:
    """Browsers ask for this address by themselves: the theme's own icon."""
    found = request.registry.site.themes.asset(request.theme, "favicon.svg")
    if found is None:
        raise HTTPNotFound
    return FileResponse(str(found[0]), request=request, content_type="image/svg+xml", cache_max_age=86400)


def includeme(config: Configurator) -> None:
    """``/static/THEME/VERSION/PATH``; of deform only the editor is served, never its old jQuery."""
    config.add_route("asset", "/static/{theme}/{version}/{path:.+}")
    config.add_route("favicon", "/favicon.ico")
    for name in ("asset", "favicon"):
        config.allow(name, EVERYBODY)
    version = metadata.version("deform")
    config.registry.editor_url = f"/vendor/deform-{version}/tinymce"
    config.add_static_view(f"vendor/deform-{version}/tinymce", "deform:static/tinymce", cache_max_age=YEAR)
    config.scan("novantic_core.views.assets")
