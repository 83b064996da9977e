"""The plugins: which there are, and how they fare."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.finding import installed, version_of
from novantic_core.fitting import VERSION, deprecated_uses
from novantic_core.i18n import _
from novantic_core.services.note_faults import bring_back, plugin_states
from novantic_core.views.admin.base import actor, draw


@view_config(route_name="admin_plugins", request_method="GET")
def plugins(request: Request) -> Response:
    """Each that was found, the enabled ones first, in their order."""
    site, states, points = request.registry.site, plugin_states(request.dbsession), installed()
    rows: list[dict[str, Any]] = [
        {"name": plugin.name, "version": plugin.version, "state": states.get(plugin.name),
         "hooks": [hook.removeprefix("novantic_") for hook in site.plugins.hooks_of(plugin)],
         "uses": [str(use) for use in deprecated_uses(plugin.module)],
         "settings": bool(site.plugin_schemas.get(plugin.name))}
        for plugin in site.plugins
    ]  # fmt: skip
    absent = [
        {"name": name, "why": one.why, "safe_mode": one.safe_mode, "state": states.get(name)}
        for name, one in site.plugins.left_out.items()
    ]
    enabled = {plugin.name for plugin in site.plugins} | site.plugins.left_out.keys()
    others = [{"name": name, "version": version_of(points[name])} for name in sorted(points.keys() - enabled)]
    return draw(request, "admin/operations/plugins.pt", rows=rows, absent=absent, others=others, contract=VERSION)


@view_config(route_name="admin_plugin_back", request_method="POST")
def use_again(request: Request) -> Response:
    """Use one again that was set aside."""
    site, name = request.registry.site, request.matchdict["plugin"]
    if site.plugins.get(name) is None:
        raise HTTPNotFound
    bring_back(site, request.dbsession, name, actor(request), request.desk.now)
    request.page.tell(_("The plugin is used again, in all processes within a few seconds."))
    return HTTPSeeOther(request.route_path("admin_plugins"))
