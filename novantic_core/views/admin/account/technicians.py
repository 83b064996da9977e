"""The technicians of the desk, for administrators."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from novantic_core.forms.technician import ROLE_WORDS, InviteForm, RequireForm, TechnicianForm
from novantic_core.i18n import _
from novantic_core.models import Technician, Ticket
from novantic_core.services import manage_technician, second_factor
from novantic_core.values import FieldError, Text
from novantic_core.views.admin.base import actor, draw, draw_form, find_row

STATES = {"active": _("Active"), "invited": _("Invited"), "off": _("Switched off")}
NOBODY_TELLS = _(
    "No enabled plugin tells technicians anything, so no link was sent. `novantic technician link` prints one."
)


def state_of(technician: Technician) -> str:
    """``active``, ``invited`` (no password chosen yet) or ``off``."""
    if not technician.active:
        return "off"
    return "active" if technician.password_hash else "invited"


def to_technician(request: Request, technician: Technician) -> Response:
    """Back to somebody's page."""
    return HTTPSeeOther(request.route_path("admin_technician", id=technician.id))


def find_technician(request: Request) -> Technician:
    """The technician of the address; locked where something is to change.

    :raises HTTPNotFound: if there is none
    """
    technician: Technician = find_row(request, Technician)
    if request.method == "POST":
        request.dbsession.refresh(technician, with_for_update=True)
    return technician


# ------------------------------------------------------------------ the list


@view_config(route_name="admin_technicians", request_method="GET")
def technicians(request: Request) -> Response:
    """Everybody, those at work first."""
    return _draw_list(request, RequireForm(request))


@view_config(route_name="admin_technicians_require", request_method="POST", require_csrf=False)
def require(request: Request) -> Response:
    """Whether everybody must have a second factor; the form checks its token itself."""
    form = RequireForm(request)
    if not form.submit(actor(request)):
        return _draw_list(request, form)
    request.page.tell(_("Saved."))
    return HTTPSeeOther(request.route_path("admin_technicians"))


def _draw_list(request: Request, form: RequireForm) -> Response:
    rows = request.dbsession.scalars(select(Technician).order_by(Technician.active.desc(), func.lower(Technician.name)))
    site = request.registry.site
    people = [
        (one, ROLE_WORDS[one.role], site.team_label(one.team), state_of(one), STATES[state_of(one)]) for one in rows
    ]
    return draw(
        request, "admin/account/technicians.pt", form.status, people=people,
        form=form.draw_for(request.route_path("admin_technicians_require")),
    )  # fmt: skip


@view_config(route_name="admin_technician_new", request_method="GET")
def invite_page(request: Request) -> Response:
    """The form."""
    return _draw_invite(request, InviteForm(request))


@view_config(route_name="admin_technician_new", request_method="POST", require_csrf=False)
def invite(request: Request) -> Response:
    """Invite somebody; the form checks its token itself."""
    form = InviteForm(request)
    invited = form.invite(actor(request))
    if invited is None:
        return _draw_invite(request, form)
    technician, told = invited
    sent = _("${name} is invited: a link was sent to ${email}.",
             mapping={"name": technician.name, "email": technician.email})  # fmt: skip
    request.page.tell(sent if told else NOBODY_TELLS)
    return HTTPSeeOther(request.route_path("admin_technicians"))


def _draw_invite(request: Request, form: InviteForm) -> Response:
    lead = _("They get a link by e-mail, good for seven days, with which they choose their password.")
    return draw_form(request, form, _("Invite a technician"), request.route_path("admin_technicians"), lead=lead)


# ------------------------------------------------------------------ one of them


@view_config(route_name="admin_technician", request_method="GET")
def technician_page(request: Request) -> Response:
    """Who they are, and what can be done for them."""
    technician = find_technician(request)
    return _draw_technician(request, TechnicianForm(request, technician))


@view_config(route_name="admin_technician", request_method="POST", require_csrf=False)
def change(request: Request) -> Response:
    """Keep what was changed; the form checks its token itself."""
    form = TechnicianForm(request, find_technician(request))
    if not form.submit(actor(request)):
        return _draw_technician(request, form)
    request.page.tell(_("Saved."))
    return HTTPSeeOther(request.route_path("admin_technicians"))


def _draw_technician(request: Request, form: TechnicianForm, trouble: Text = "") -> Response:
    technician, session = form.row, request.dbsession
    waiting = select(func.count()).select_from(Ticket)
    waiting = waiting.where(Ticket.assignee_id == technician.id, Ticket.status != "closed")
    return draw(
        request, "admin/account/technician.pt", 422 if trouble else form.status, technician=technician,
        form=form.draw_for(
            request.route_path("admin_technician", id=technician.id), request.route_path("admin_technicians")
        ),
        state=state_of(technician), state_words=STATES[state_of(technician)], trouble=trouble,
        codes_left=second_factor.codes_left(session, technician.id), open_tickets=session.scalar(waiting),
    )  # fmt: skip


@view_config(route_name="admin_technician_active", request_method="POST")
def switch(request: Request) -> Response:
    """Switch somebody off, or on again."""
    technician, desk = find_technician(request), request.desk
    if request.typed("active") == "yes":
        manage_technician.switch_on(desk.session, technician, actor(request), desk.now)
        request.page.tell(_("${name} can sign in again.", mapping={"name": technician.name}))
        return to_technician(request, technician)
    try:
        manage_technician.switch_off(desk.session, technician, actor(request), desk.now)
    except FieldError as error:
        return _draw_technician(request, TechnicianForm(request, technician), error.message)
    request.page.tell(_("${name} can sign in no more.", mapping={"name": technician.name}))
    return to_technician(request, technician)


@view_config(route_name="admin_technician_invitation", request_method="POST")
def send_link(request: Request) -> Response:
    """Another invitation; or, for who has a password, a link to choose another."""
    technician, desk = find_technician(request), request.desk
    told = technician.active and manage_technician.invite_again(
        request.registry.site, desk.session, technician, actor(request), desk.now, request.live_theme
    )
    sent = _("A link was sent to ${email}.", mapping={"email": technician.email})
    request.page.tell(sent if told else NOBODY_TELLS)
    return to_technician(request, technician)


@view_config(route_name="admin_technician_second_factor", request_method="POST")
def reset_second_factor(request: Request) -> Response:
    """For somebody who has lost their telephone and their recovery codes."""
    technician, desk = find_technician(request), request.desk
    manage_technician.reset_second_factor(desk.session, technician, actor(request), desk.now)
    request.page.tell(_("${name} has no second factor any more.", mapping={"name": technician.name}))
    return to_technician(request, technician)


@view_config(route_name="admin_technician_sessions", request_method="POST")
def end_sessions(request: Request) -> Response:
    """Sign somebody out everywhere."""
    technician, desk = find_technician(request), request.desk
    manage_technician.end_all_sessions(desk.session, technician, actor(request), desk.now)
    request.page.tell(_("${name} is signed out everywhere.", mapping={"name": technician.name}))
    return to_technician(request, technician)
