"""How a request is run so that a plugin that hangs costs its client seconds, and not the page."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from pyramid.response import Response

from novantic_core.plugins import Plugins
from novantic_core.watch import TookTooLong

PIECE = 64 * 1024
SEEKABLE = "webob.is_body_seekable"
"""WebOb's word for it that a body was read whole, into a file or into memory."""
COOKIES = "novantic.cookies"
"""Key of the environment: the cookies as the browser sent them."""


def take_cookies_back(event: Any) -> None:
    """Before another attempt: what the one before put among the request's cookies was never sent to the browser.

    The token against forged requests would be taken for the browser's own, and its next form be refused.
    """
    cookies = event.environ.get(COOKIES)
    if cookies is None:
        event.environ.pop("HTTP_COOKIE", None)
    else:
        event.environ["HTTP_COOKIE"] = cookies


class PatientPolicy:
    """An execution policy around another: each request is an attempt, made again without the plugin that hung.

    Each attempt has an environment and a body of its own: one that was given up may still read from its.
    """

    def __init__(self, policy: Callable[[dict[str, Any], Any], Any]) -> None:
        self._policy = policy

    def __call__(self, environ: dict[str, Any], router: Any) -> Any:
        plugins: Plugins = router.registry.site.plugins
        made: list[dict[str, Any]] = []

        def run() -> Any:
            own = dict(environ)
            if made and made[-1].get(SEEKABLE):
                own.update({name: made[-1][name] for name in (SEEKABLE, "CONTENT_LENGTH") if name in made[-1]})
                own["wsgi.input"] = _copy(made[-1]["wsgi.input"])
            own[COOKIES] = environ.get("HTTP_COOKIE")
            made.append(own)
            return self._policy(own, router)

        try:
            response = plugins.in_time(run)
        except TookTooLong:
            return Response("Something went wrong on our side.", status=503, content_type="text/plain", charset="utf-8")
        _close_body(made[-1], environ)
        return _with_its_location(response)


def _close_body(own: Mapping[str, Any], environ: Mapping[str, Any]) -> None:
    """Give a large body's disk space back now: WebOb, which copied it into a file, leaves that to chance.

    Only where the attempt has ended; one that was given up may still read.
    """
    if own.get(SEEKABLE) and own["wsgi.input"] is not environ["wsgi.input"]:
        own["wsgi.input"].close()


def _with_its_location(response: Any) -> Any:
    """The answer, a path in its ``Location`` left as it is.

    WebOb makes a whole address of it, with the host and the scheme of the environment that the server made. What a
    proxy of ours said of them isn't there, and the host may be made up.
    """
    place = response.headers.get("Location")
    if place is None or not place.startswith("/"):
        return response

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *raised: Any) -> Any:
            kept = [(name, place if name.lower() == "location" else value) for name, value in headers]
            return start_response(status, kept, *raised)

        return response(environ, start)

    return answer


def _copy(body: Any) -> Any:
    """The same body once more, wherever somebody else is reading it."""
    if isinstance(body, io.BytesIO):
        return io.BytesIO(body.getvalue())
    copy, at = tempfile.TemporaryFile(), 0  # noqa: SIM115 - closed with the request that reads it, as WebOb's own
    while piece := _read_at(body, at):
        copy.write(piece)
        at += len(piece)
    copy.seek(0)
    return copy


def _read_at(body: Any, at: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(body.fileno(), PIECE, at)
    body.seek(at)
    return bytes(body.read(PIECE))
