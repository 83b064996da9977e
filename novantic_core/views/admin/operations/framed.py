"""A mail's HTML within a page: in a frame that can do nothing, by an address of its own."""

from __future__ import annotations

from pyramid.response import Response

from novantic_core.security import CSP

FRAMING = f"{CSP}; frame-src 'self'"
"""The rules of a page that has such a frame."""
_FRAMED = (
    # the styles of a mail stand in it; nothing is fetched for it, nothing in it runs or leads anywhere
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def framing(page: Response) -> Response:
    """A page that shows a frame of the desk's own."""
    page.headers["Content-Security-Policy"] = FRAMING
    return page


def framed(html: str) -> Response:
    """What the frame shows."""
    response = Response(html, content_type="text/html", charset="utf-8")
    response.headers["Content-Security-Policy"] = _FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
