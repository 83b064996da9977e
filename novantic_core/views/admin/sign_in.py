"""Signing in and out of the back office, and making its first administrator."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.base import Form
from novantic_core.forms.sign_in import FirstAdministratorForm, SignInForm
from novantic_core.i18n import _
from novantic_core.page import render_page
from novantic_core.security import TECHNICIAN_COOKIE, secure_cookies
from novantic_core.services.sign_in import find_setup_link, sign_out
from novantic_core.views.portal.visit import local_path


def _draw(request: Request, form: Form, title: object, button: object) -> Response:
    drawn = form.render(button=button, next=local_path(request.params.get("next", "")))
    response = Response(render_page(request, "admin/sign_in.pt", {"form": drawn, "title": title}))
    response.status_int = form.status
    return response


def _enter(request: Request, token: str, path: str) -> Response:
    response = HTTPSeeOther(path)
    response.set_cookie(
        TECHNICIAN_COOKIE, token, httponly=True, samesite="Lax", path="/",
        secure=secure_cookies(request.registry.site.settings),
    )  # fmt: skip
    return response


@view_config(route_name="admin_login", request_method="GET")
def login_page(request: Request) -> Response:
    """The form."""
    if request.technician is not None:
        return HTTPSeeOther(request.route_path("admin"))
    return _draw(request, SignInForm(request), _("Sign in"), _("Sign in"))


@view_config(route_name="admin_login", request_method="POST", require_csrf=False)
def login(request: Request) -> Response:
    """Sign in; the form checks its token itself."""
    form = SignInForm(request)
    token = form.submit()
    if token is None:
        return _draw(request, form, _("Sign in"), _("Sign in"))
    path = local_path(request.POST.get("next", ""))
    return _enter(request, token, path if path.startswith("/admin") else request.route_path("admin"))


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
    token = form.submit(link) if request.method == "POST" else None
    if token is None:
        return _draw(request, form, _("Create the first administrator"), _("Create"))
    return _enter(request, token, request.route_path("admin"))
