"""Is the process up, and is what it needs as it should be."""

from __future__ import annotations

import logging

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.delivery.troubles import part_of, troubles
from novantic_core.security import EVERYBODY
from novantic_core.services.health import problems

log = logging.getLogger(__name__)


@view_config(route_name="healthz", request_method="GET")
def healthz(request: Request) -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain", charset="utf-8")


@view_config(route_name="readyz", request_method="GET")
def readyz(request: Request) -> Response:
    """Database, migrations and storage are as they should be; what isn't goes to the log, its name to the asker."""
    found = problems(request.registry.site)
    for name, words in found:
        log.error("not ready: %s: %s", name, words)
    text = "".join(f"{name}: not ready\n" for name, _words in found) or "ready\n"
    if not found:
        # the site serves; what is done meanwhile lags behind
        text += "".join(f"{part}: {_LAGS.get(part, 'late')}\n" for part in _lagging(request))
    return Response(text, status=503 if found else 200, content_type="text/plain", charset="utf-8")


_LAGS = {"worker": "none alive", "plugins": "set aside"}


def _lagging(request: Request) -> list[str]:
    """What lags, each once; its words go to the log."""
    found = troubles(request.registry.site, request.dbsession, request.desk.now)
    for one in found:
        log.warning("%s: %s", one.name, one.words)
    return list(dict.fromkeys(map(part_of, found)))


def includeme(config: Configurator) -> None:
    """``/healthz`` and ``/readyz``."""
    for name in ("healthz", "readyz"):
        config.add_route(name, f"/{name}")
        config.allow(name, EVERYBODY)
    config.scan("novantic_core.views.health")
