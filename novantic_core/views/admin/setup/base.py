"""What the pages of this part share."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPBadRequest, HTTPNotFound
from pyramid.request import Request

from novantic_core.site import Site

STEPS = {"up": -1, "down": 1}


def fresh_site(request: Request) -> Site:
    """The site as it is set up at this moment.

    Others may wait two seconds for what was changed. Who changed it comes to another process by the next click, and
    must not find it undone there.
    """
    site: Site = request.registry.site
    site.preferences_cache.forget()
    return site


def step(request: Request) -> int:
    """Which way a row is to go: -1 up, 1 down.

    :raises HTTPBadRequest: for neither
    """
    direction = request.typed("direction")
    if direction not in STEPS:
        raise HTTPBadRequest
    return STEPS[direction]


def hidden(request: Request) -> bool:
    """Whether a row is to be hidden or shown.

    :raises HTTPBadRequest: for neither
    """
    wanted = request.typed("hidden")
    if wanted not in {"true", "false"}:
        raise HTTPBadRequest
    return bool(wanted == "true")


def key_of(request: Request, known: object) -> str:
    """The key of the address.

    :raises HTTPNotFound: if it isn't among those known
    """
    key: str = request.matchdict["key"]
    if key not in known:  # type: ignore[operator]
        raise HTTPNotFound
    return key
