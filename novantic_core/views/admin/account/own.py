"""A technician's own account: name, language, signature, password, second factor, sessions."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from novantic_core.forms.account import ChangePasswordForm, NewCodesForm, ProfileForm, SecondFactorForm, TurnOffForm
from novantic_core.i18n import _
from novantic_core.services import own_account, second_factor
from novantic_core.services.sign_in import end_session, end_sessions, own_sessions
from novantic_core.views.admin.account.browsers import browser_words
from novantic_core.views.admin.base import draw, draw_form
from novantic_core.views.portal.visit import keep_language


def to_account(request: Request, anchor: str | None = None) -> Response:
    """Back to one's account."""
    return HTTPSeeOther(request.route_path("admin_account", _anchor=anchor))


@view_config(route_name="admin_account", request_method="GET")
def account(request: Request) -> Response:
    """All of it on one page."""
    return _draw_account(request, ProfileForm(request, request.technician))


@view_config(route_name="admin_account", request_method="POST", require_csrf=False)
def change(request: Request) -> Response:
    """Keep name, language and signature; the form checks its token itself."""
    request.dbsession.refresh(request.technician, with_for_update=True)
    form = ProfileForm(request, request.technician)
    if not form.submit():
        return _draw_account(request, form)
    request.page.tell(_("Your account is saved."))
    response = to_account(request)
    if request.technician.locale != request.locale_name:
        keep_language(request, response, request.technician.locale)
    return response


def _draw_account(request: Request, form: ProfileForm) -> Response:
    row, technician = request.signed_in
    session = request.dbsession
    sessions = []
    for one in own_sessions(session, technician.id, request.desk.now):
        browser = request.page.words(browser_words(one.browser))
        end = _("End the session of ${browser}", mapping={"browser": browser})
        sessions.append({"row": one, "browser": browser, "end": end, "current": one.id == row.id})
    return draw(
        request, "admin/account/account.pt", form.status, form=form.draw_for(request.path), technician=technician,
        sessions=sessions, codes_left=second_factor.codes_left(session, technician.id),
        required=second_factor.is_required(request.registry.site),
    )  # fmt: skip


# ------------------------------------------------------------------ password


@view_config(route_name="admin_own_password", request_method="GET")
def password_page(request: Request) -> Response:
    """The form."""
    return _draw_password(request, ChangePasswordForm(request))


@view_config(route_name="admin_own_password", request_method="POST", require_csrf=False)
def password(request: Request) -> Response:
    """Another password; the form checks its token itself."""
    form = ChangePasswordForm(request)
    if not form.submit():
        return _draw_password(request, form)
    request.page.tell(_("Your password is changed. Every other session was ended."))
    return to_account(request)


def _draw_password(request: Request, form: ChangePasswordForm) -> Response:
    return draw_form(request, form, _("Change your password"), request.route_path("admin_account"))


# ------------------------------------------------------------------ second factor


@view_config(route_name="admin_second_factor", request_method="GET")
def second_factor_page(request: Request) -> Response:
    """The picture to scan, and the field for the code."""
    if request.technician.totp_secret is not None:
        return to_account(request, "second-factor")
    return _draw_second_factor(request, SecondFactorForm(request))


@view_config(route_name="admin_second_factor", request_method="POST", require_csrf=False)
def turn_on(request: Request) -> Response:
    """Turn it on, and show the recovery codes this once; the form checks its token itself."""
    if request.technician.totp_secret is not None:
        return to_account(request, "second-factor")
    form = SecondFactorForm(request)
    codes = form.submit()
    if codes is None:
        return _draw_second_factor(request, form)
    return _draw_codes(request, codes, first=True)


def _draw_second_factor(request: Request, form: SecondFactorForm) -> Response:
    cancel = None if request.lacks_second_factor else request.route_path("admin_account")
    drawn = form.draw_for(request.path, cancel)
    return draw(request, "admin/account/second_factor.pt", form.status, form=drawn)


@view_config(route_name="admin_second_factor_off", request_method="GET")
def turn_off_page(request: Request) -> Response:
    """What it means, and the form."""
    return _draw_turn_off(request, TurnOffForm(request))


@view_config(route_name="admin_second_factor_off", request_method="POST", require_csrf=False)
def turn_off(request: Request) -> Response:
    """Take it away; the form checks its token itself."""
    form = TurnOffForm(request)
    if not form.confirmed():
        return _draw_turn_off(request, form)
    own_account.turn_second_factor_off(request.dbsession, request.technician, request.desk.now)
    request.page.tell(_("Your second factor is off."))
    return to_account(request)


def _draw_turn_off(request: Request, form: TurnOffForm) -> Response:
    lead = _("Then your password alone is enough to sign in. Your recovery codes are worth nothing any more.")
    return draw_form(
        request, form, _("Turn the second factor off"), request.route_path("admin_account"), lead=lead
    )  # fmt: skip


@view_config(route_name="admin_recovery_codes", request_method="GET")
def codes_page(request: Request) -> Response:
    """What it means, and the form."""
    if request.technician.totp_secret is None:
        return to_account(request, "second-factor")
    return _draw_new_codes(request, NewCodesForm(request))


@view_config(route_name="admin_recovery_codes", request_method="POST", require_csrf=False)
def new_codes(request: Request) -> Response:
    """Ten other codes, shown this once; the form checks its token itself."""
    if request.technician.totp_secret is None:
        return to_account(request, "second-factor")
    form = NewCodesForm(request)
    if not form.confirmed():
        return _draw_new_codes(request, form)
    codes = own_account.make_recovery_codes(request.dbsession, request.technician, request.desk.now)
    return _draw_codes(request, codes, first=False)


def _draw_new_codes(request: Request, form: NewCodesForm) -> Response:
    lead = _("You get ten new codes. Those you have now are worth nothing any more.")
    return draw_form(request, form, _("New recovery codes"), request.route_path("admin_account"), lead=lead)


def _draw_codes(request: Request, codes: list[str], **values: Any) -> Response:
    # not a page of its own to be led to: the codes are in this answer and nowhere else
    return draw(request, "admin/account/codes.pt", codes=codes, **values)


# ------------------------------------------------------------------ sessions


@view_config(route_name="admin_own_session_end", request_method="POST")
def end_one(request: Request) -> Response:
    """End one of one's sessions; this one too."""
    key = request.matchdict["id"]
    if key.isdecimal() and len(key) < 10:
        end_session(request.dbsession, request.technician.id, int(key))
    request.page.tell(_("The session is ended."))
    return to_account(request, "sessions")


@view_config(route_name="admin_own_sessions_end", request_method="POST")
def end_others(request: Request) -> Response:
    """End all sessions but this one."""
    row, technician = request.signed_in
    end_sessions(request.dbsession, technician.id, row)
    request.page.tell(_("Every other session is ended."))
    return to_account(request, "sessions")
