"""Pages for what went wrong: a sentence and a way on, in the theme's look."""

from __future__ import annotations

import logging
import re
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import BadCSRFOrigin, BadCSRFToken
from pyramid.httpexceptions import HTTPError, HTTPMovedPermanently
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import is_error_retryable
from sqlalchemy.exc import OperationalError

from novantic_core.i18n import _
from novantic_core.page import PREVIEW, render_page
from novantic_core.security import VisitOver
from novantic_core.views.admin.base import TicketMerged

log = logging.getLogger(__name__)

WORDS: dict[int, tuple[Any, Any]] = {
    400: (_("This request can't be read"), _("Please go back and try again.")),
    403: (_("This page is not open to you"), _("You may have to sign in with another account.")),
    404: (_("This page doesn't exist"), _("The address may have been mistyped, or the page has moved.")),
    405: (_("This can't be done here"), _("Please go back and use the page's own buttons.")),
    411: (_("This request can't be read"), _("It doesn't say how large it is. Please use the site's own form.")),
    413: (
        _("What you sent is too large"),
        _("Nothing was kept. Please go back, remove or shrink some files and send it again."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("We have noted it. Please try again in a moment; what was already confirmed to you is safe."),
    ),
    503: (_("The site is busy"), _("Please try again in a moment.")),
}
EXPIRED = (
    _("This page had been open for too long"),
    _("Nothing was changed. Please go back, reload the page and try again."),
)
VISIT_OVER = (
    _("This ticket is no longer open in this browser"),
    _("Your answer has not been sent. Open the ticket's link in another tab, then send it again from here."),
)
MERGED = _("This ticket has been merged meanwhile")


def _draw(request: Request, status: int, words: tuple[Any, Any]) -> Response:
    # somebody at work stays in the back office, with its menu; but that asks the database, which may be what failed
    at_work = status < 500 and request.environ.get("PATH_INFO", "").startswith("/admin") and _signed_in(request)
    template = "admin/error.pt" if at_work else "error.pt"
    response = Response(render_page(request, template, {"title": words[0], "text": words[1], "status": status}))
    response.status_int = status
    return response


def _signed_in(request: Request) -> bool:
    try:
        return request.technician is not None
    except Exception:
        # the database may be what went wrong; the page that says so must not need it
        log.warning("who is signed in can't be told", exc_info=True)
        return False


def http_error(error: HTTPError, request: Request) -> Response:
    """Any 4xx or 5xx that a view raised."""
    status = error.status_int
    if isinstance(error, BadCSRFToken | BadCSRFOrigin):
        return _draw(request, status, EXPIRED)
    if isinstance(error, VisitOver):
        return _draw(request, status, VISIT_OVER)
    if isinstance(error, TicketMerged):
        return _draw(request, status, (MERGED, error.detail))
    return _draw(request, status, WORDS.get(status, WORDS[500 if status >= 500 else 400]))


def unreadable(error: UnicodeDecodeError, request: Request) -> Response:
    """An address or a form that isn't text."""
    return _draw(request, 400, WORDS[400])


def any_error(error: Exception, request: Request) -> Response:
    """What nobody expected: it is logged whole and told in a sentence."""
    if is_error_retryable(request, error):
        raise error  # a lost race: pyramid_retry runs the request again
    log.error("%s %s failed", request.method, without_token(request.path), exc_info=error)
    status = 503 if isinstance(error, OperationalError) else 500
    try:
        return _draw(request, status, WORDS[status])
    except Exception:
        # the page itself can't be drawn (a broken theme, a lost database): plain words then
        log.exception("the error page can't be drawn")
        # an administrator may be looking at a theme that draws nothing: the next page is theirs again
        request.session.pop(PREVIEW, None)
        return Response("Something went wrong on our side.", status=500, content_type="text/plain", charset="utf-8")


def without_token(path: str) -> str:
    """A path as a log may show it: a link's token opens a ticket, or the back office."""
    return re.sub(r"^/(access|admin/setup|admin/password)/[^/]+", r"/\1/…", path)


def without_slash(_error: HTTPError, request: Request) -> Response:
    """``/admin/`` is what many type; it is ``/admin``."""
    return HTTPMovedPermanently(request.route_path("admin", _query=request.GET))


def includeme(config: Configurator) -> None:
    """The views for exceptions; a development site shows unexpected ones as they are."""
    config.add_exception_view(http_error, context=HTTPError)
    config.add_notfound_view(http_error, append_slash=False)
    config.add_notfound_view(without_slash, path_info=r"^/admin/$", request_method="GET")
    config.add_forbidden_view(http_error)
    # bytes that are no UTF-8 where text is expected
    config.add_exception_view(unreadable, context=UnicodeDecodeError)
    if not config.registry.site.settings.debug:
        config.add_exception_view(any_error, context=Exception)
