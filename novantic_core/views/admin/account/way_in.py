"""The way in beyond address and password: the second step, a forgotten password, a mailed link."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.sign_in import CodeForm, ForgottenForm, NewPasswordForm
from novantic_core.i18n import _
from novantic_core.models import Technician, TechnicianSession
from novantic_core.security import TECHNICIAN_COOKIE
from novantic_core.services.personal_link import INVITATION, find_link
from novantic_core.services.second_factor import codes_left
from novantic_core.services.sign_in import find_pending
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.sign_in import draw_way_in, enter, target
from novantic_core.views.portal.visit import local_path


def _pending(request: Request) -> tuple[TechnicianSession, Technician] | None:
    return find_pending(request.dbsession, request.cookies.get(TECHNICIAN_COOKIE, ""), request.desk.now)


@view_config(route_name="admin_login_code", request_method="GET")
def code_page(request: Request) -> Response:
    """The form of the second step, for who has done the first."""
    if _pending(request) is None:
        return HTTPSeeOther(request.route_path("admin_login"))
    return _draw_code(request, CodeForm(request, recovery="recovery" in request.GET))


@view_config(route_name="admin_login_code", request_method="POST", require_csrf=False)
def code(request: Request) -> Response:
    """The second step; the form checks its token itself."""
    pending = _pending(request)
    if pending is None:
        return HTTPSeeOther(request.route_path("admin_login"))
    form = CodeForm(request, recovery="recovery" in request.GET)
    token = form.submit(*pending)
    if token is None:
        return _draw_code(request, form)
    if form.recovery:
        left = codes_left(request.dbsession, pending[1].id)
        request.page.tell(
            _("You have signed in with a recovery code. ${count} of them are left.", mapping={"count": left})
        )
    return enter(request, token, target(request), pending[1])


def _draw_code(request: Request, form: CodeForm) -> Response:
    ways = {"recovery": form.recovery, "next": local_path(request.params.get("next", ""))}
    return draw_way_in(request, form, _("Second step"), _("Sign in"), "admin/account/code.pt", **ways)


@view_config(route_name="admin_forgotten", request_method="GET")
def forgotten_page(request: Request) -> Response:
    """The form that asks for the address."""
    return _draw_forgotten(request, ForgottenForm(request))


@view_config(route_name="admin_forgotten", request_method="POST", require_csrf=False)
def forgotten(request: Request) -> Response:
    """The same answer whatever was typed. The form checks its token itself."""
    form = ForgottenForm(request)
    if form.submit():
        return draw(request, "admin/account/forgotten_sent.pt")
    return _draw_forgotten(request, form)


def _draw_forgotten(request: Request, form: ForgottenForm) -> Response:
    return draw_way_in(request, form, _("Forgotten password"), _("Send the link"), "admin/account/forgotten.pt")


@view_config(route_name="admin_password", request_method="GET")
def password_page(request: Request) -> Response:
    """The form of a mailed link. Opening it doesn't use it up: mail scanners open links before people do."""
    found = find_link(request.dbsession, request.matchdict["token"], request.desk.now)
    if found is None:
        return draw(request, "admin/account/dead_link.pt", 410)
    return _draw_password(request, NewPasswordForm(request), *found)


@view_config(route_name="admin_password", request_method="POST", require_csrf=False)
def password(request: Request) -> Response:
    """Choose a password by a mailed link; the form checks its token itself."""
    found = find_link(request.dbsession, request.matchdict["token"], request.desk.now)
    if found is None:
        return draw(request, "admin/account/dead_link.pt", 410)
    link, technician = found
    form = NewPasswordForm(request)
    signed_in = form.submit(link, technician)
    if signed_in is None:
        return _draw_password(request, form, link, technician)
    if signed_in.pending:
        return enter(request, signed_in.token, request.route_path("admin_login_code"), technician)
    request.page.tell(_("Your password is kept, and you are signed in."))
    return enter(request, signed_in.token, request.route_path("admin"), technician)


def _draw_password(request: Request, form: NewPasswordForm, link: object, technician: Technician) -> Response:
    invited = getattr(link, "purpose", "") == INVITATION
    title = _("Welcome") if invited else _("Choose a new password")
    values = {"invited": invited, "technician": technician}
    return draw_way_in(request, form, title, _("Keep this password"), "admin/account/new_password.pt", **values)
