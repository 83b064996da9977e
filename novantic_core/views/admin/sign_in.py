"""Signing in and out of the back office, and making its first administrator."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.base import Form
from novantic_core.forms.sign_in import FirstAdministratorForm, SignInForm
from novantic_core.i18n import LANGUAGE_COOKIE, _
from novantic_core.models import Technician
from novantic_core.security import TECHNICIAN_COOKIE, secure_cookies
from novantic_core.services.sign_in import find_setup_link, sign_out
from novantic_core.values import Text
from novantic_core.views.admin.base import draw
from novantic_core.views.portal.visit import keep_language, local_path


def draw_way_in(
    request: Request, form: Form, title: Text, button: Text, template: str = "admin/sign_in.pt", **values: Any
) -> Response:
    """A page of the way in, which is one form."""
    drawn = form.render(button=button, next=local_path(request.params.get("next", "")))
    return draw(request, template, form.status, form=drawn, title=title, **values)


def target(request: Request) -> str:
    """Where somebody wanted to go before they were asked who they are."""
    path = local_path(request.typed("next"))
    return path if path.startswith("/admin") else str(request.route_path("admin"))


def enter(request: Request, token: str, path: str, technician: Technician | None = None) -> Response:
    """Let a browser in with a session's token.

    :param technician: whose language the browser takes, unless somebody chose one there
    """
    response = HTTPSeeOther(path)
    response.set_cookie(
        TECHNICIAN_COOKIE, token, httponly=True, samesite="Lax", path="/",
        secure=secure_cookies(request.registry.site.settings),
    )  # fmt: skip
    if technician is not None and LANGUAGE_COOKIE not in request.cookies:
        keep_language(request, response, technician.locale)
    return response


@view_config(route_name="admin_login", request_method="GET")
def login_page(request: Request) -> Response:
    """The form."""
    if request.technician is not None or request.lacks_second_factor:
        return HTTPSeeOther(request.route_path("admin"))
    return draw_way_in(request, SignInForm(request), _("Sign in"), _("Sign in"), forgotten=True)


@view_config(route_name="admin_login", request_method="POST", require_csrf=False)
def login(request: Request) -> Response:
    """Sign in, or take the first of two steps; the form checks its token itself."""
    form = SignInForm(request)
    signed_in = form.submit()
    if signed_in is None:
        return draw_way_in(request, form, _("Sign in"), _("Sign in"), forgotten=True)
    path = target(request)
    if signed_in.pending:
        path = request.route_path("admin_login_code", _query={"next": path})
    return enter(request, signed_in.token, path, form.technician)


@view_config(route_name="admin_logout", request_method="POST")
def logout(request: Request) -> Response:
    """Sign out of this browser."""
    sign_out(request.dbsession, request.cookies.get(TECHNICIAN_COOKIE, ""))
    response = HTTPSeeOther(request.route_path("admin_login"))
    response.delete_cookie(TECHNICIAN_COOKIE, path="/")
    return response


@view_config(route_name="admin_setup", request_method=("GET", "POST"), require_csrf=False)
def setup(request: Request) -> Response:
    """The one-time link that ``novantic init`` prints."""
    link = find_setup_link(request.dbsession, request.matchdict["token"], request.desk.now)
    if link is None:
        raise HTTPNotFound
    form = FirstAdministratorForm(request)
    signed_in = form.submit(link) if request.method == "POST" else None
    if signed_in is None:
        return draw_way_in(request, form, _("Create the first administrator"), _("Create"))
    return enter(request, signed_in.token, request.route_path("admin"))
