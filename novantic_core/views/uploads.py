"""Forms that a script sends to show their progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response


def address_tween_factory(handler: Callable[..., Any], registry: Any) -> Callable[..., Any]:
    """Tell a script where a form leads to.

    A script that sends a form follows its redirection unseen: the page would be fetched for nothing, and what is
    shown on it once ("Your answer has been sent.") would be gone. So it gets the address in ``X-Location``, and goes
    there.
    """

    def tween(request: Request) -> Response:
        response = handler(request)
        if request.is_xhr and response.status_int in {302, 303}:
            told = Response(status_int=204, headerlist=[("X-Location", response.headers["Location"])])
            for cookie in response.headers.getall("Set-Cookie"):
                told.headers.add("Set-Cookie", cookie)
            return told
        return response

    return tween


def includeme(config: Configurator) -> None:
    """Around everything, so that errors and retries are over."""
    config.add_tween("novantic_core.views.uploads.address_tween_factory")
