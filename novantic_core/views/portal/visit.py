"""Leaving one's ticket, and changing the language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.i18n import LANGUAGE_COOKIE
from novantic_core.security import secure_cookies
from novantic_core.settings import LOCALES


@view_config(route_name="logout", request_method="POST")
def logout(request: Request) -> Response:
    """End the visitor's session; the mailed link goes on working."""
    request.session.invalidate()
    return HTTPSeeOther(request.route_path("home"))


@view_config(route_name="logout", request_method="GET")
def logout_by_address(request: Request) -> Response:
    """Nothing changes by a GET."""
    return HTTPSeeOther(request.route_path("home"))


@view_config(route_name="language", request_method="POST")
def language(request: Request) -> Response:
    """Keep the reader's choice for a year and go back to the page."""
    response = HTTPSeeOther(local_path(request.typed("back")))
    chosen = request.typed("lang")
    if chosen in LOCALES:
        keep_language(request, response, chosen)
    return response


def keep_language(request: Request, response: Response, chosen: str) -> None:
    """Let a browser read in this language for a year."""
    secure = secure_cookies(request.registry.site.settings)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=secure)


def local_path(text: Any) -> str:
    """A path of this site; anything that could lead elsewhere, or is no text, becomes ``/``."""
    if not isinstance(text, str):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    good = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return text if good and text.isprintable() else "/"
