"""Asking for a link, opening it, renewing it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.plugin import StatusForm, render_page


def _draw(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    response = Response(render_page(request, name, values))
    response.status_int = status
    return response


@view_config(route_name="ticket_status", request_method="GET")
def ask(request: Request) -> Response:
    """The form; whoever has a ticket open meant its page."""
    return _draw(request, "access/status.pt", form=StatusForm(request).untouched())


@view_config(route_name="ticket_status", request_method="POST", require_csrf=False)
def asked(request: Request) -> Response:
    """The same answer whatever was typed. The form checks its token itself."""
    form = StatusForm(request)
    if form.submit():
        return _draw(request, "access/requested.pt", renewed=False)
    return _draw(request, "access/status.pt", form.status, form=form.render())


@view_config(route_name="access", request_method="GET")
def enter(request: Request) -> Response:
    """Open the ticket of a link. The link stays good: mail scanners open links before people do."""
    desk, token = request.desk, request.matchdict["token"]
    entry = desk.enter(token)
    if entry.elsewhere:
        # the ticket is read under the name by which its client knows the desk, and the browser's session is to be
        # there. The token goes only to an address of the .ini file
        return HTTPSeeOther(entry.elsewhere + request.route_path("access", token=token))
    if not entry.alive:
        # only wrong links count: a whole company may open its good ones from behind one client address
        if not desk.within_limit(desk.site.settings.limit_access, "access-link", request.client_addr or ""):
            return _draw(request, "access/too_often.pt", 429)
        return _draw(request, "access/dead.pt", 410 if entry.known else 404, token=token if entry.known else None)
    # a fresh session: what another ticket's link left behind ends here
    request.session.invalidate()
    request.session["ticket"] = {"grant": entry.grant_id, "number": entry.number}
    return HTTPSeeOther(request.route_path("ticket", number=entry.number))


@view_config(route_name="access_renew", request_method="POST")
def renew(request: Request) -> Response:
    """Mail a new link for a dead one, to the address that the dead one was for. The answer tells nothing."""
    desk, token = request.desk, request.matchdict["token"]
    if not desk.within_limit(desk.site.settings.limit_access, "access", token, request.client_addr or ""):
        return _draw(request, "access/too_often.pt", 429)
    desk.renew(token, request.locale_name)
    return _draw(request, "access/requested.pt", renewed=True)


@view_config(route_name="access_renew", request_method="GET")
def renew_by_address(request: Request) -> Response:
    """Nothing changes by a GET."""
    return HTTPSeeOther(request.route_path("ticket_status"))
