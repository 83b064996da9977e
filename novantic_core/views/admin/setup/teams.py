"""Teams."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from novantic_core.forms.setup import TeamForm
from novantic_core.i18n import _
from novantic_core.models import Team, Technician
from novantic_core.services import set_up_teams
from novantic_core.values import FieldError
from novantic_core.views.admin.base import actor, draw, draw_form
from novantic_core.views.admin.setup.base import fresh_site, hidden, key_of, step


@view_config(route_name="admin_teams", request_method="GET")
def teams(request: Request) -> Response:
    """All of them, with how many work in each."""
    site = fresh_site(request)
    members: dict[str, int] = dict(
        request.dbsession.execute(
            select(Technician.team, func.count()).where(Technician.active).group_by(Technician.team)
        ).all()
    )
    rows: list[dict[str, Any]] = [
        {"team": team, "members": members.get(key, 0), "default": key == site.settings.default_team}
        for key, team in site.teams.items()
    ]
    return draw(request, "admin/setup/teams.pt", rows=rows)


def _list(request: Request, anchor: str | None = None) -> Response:
    return HTTPSeeOther(request.route_path("admin_teams", _anchor=anchor))


def _draw(request: Request, form: TeamForm, team: Team | None) -> Response:
    title = _("New team") if team is None else _("Team: ${label}", mapping={"label": team.label})
    lead = None
    if team is not None and team.key != team.label:
        lead = _("Plugins and the .ini file know it as “${key}”.", mapping={"key": team.key})
    return draw_form(request, form, title, request.route_path("admin_teams"), lead=lead)


@view_config(route_name="admin_team_new", request_method="GET")
def new_team(request: Request) -> Response:
    """The form of another one."""
    return _draw(request, TeamForm(request), None)


@view_config(route_name="admin_team_new", request_method="POST", require_csrf=False)
def add_team(request: Request) -> Response:
    """Add it."""
    form = TeamForm(request)
    values = form.validate()
    if form.good:
        site, now = fresh_site(request), request.desk.now
        try:
            set_up_teams.add_team(site, request.dbsession, values["label"], values["private"], actor(request), now)
        except FieldError as error:
            form.refuse(error)
        else:
            request.page.tell(_("The team was added. Put technicians into it on their own page."))
            return _list(request)
    return _draw(request, form, None)


def _team(request: Request) -> Team:
    site = fresh_site(request)
    key = key_of(request, site.teams)
    # a page that is only looked at writes nothing: the default team may have no row yet
    return request.dbsession.get(Team, key) or Team(key=key, label=site.team_label(key), private=False, version=1)


@view_config(route_name="admin_team", request_method="GET")
def team(request: Request) -> Response:
    """One team."""
    found = _team(request)
    return _draw(request, TeamForm(request, found), found)


@view_config(route_name="admin_team", request_method="POST", require_csrf=False)
def change_team(request: Request) -> Response:
    """Save it."""
    found = _team(request)
    form = TeamForm(request, found)
    values = form.validate()
    if form.good:
        site, session = request.registry.site, request.dbsession
        row = set_up_teams.team_row(site, session, found.key)
        try:
            set_up_teams.change_team(
                site, session, row, values["label"], values["private"], actor(request), request.desk.now
            )
        except FieldError as error:
            form.refuse(error)
        else:
            request.page.tell(_("Saved."))
            return _list(request)
    return _draw(request, form, found)


@view_config(route_name="admin_team_move", request_method="POST")
def move_team(request: Request) -> Response:
    """One place up or down."""
    site = fresh_site(request)
    key = key_of(request, site.teams)
    set_up_teams.move_team(site, request.dbsession, key, step(request), actor(request), request.desk.now)
    return _list(request, f"row-{key}")


@view_config(route_name="admin_team_hidden", request_method="POST")
def hide_team(request: Request) -> Response:
    """Offer it no more, or again."""
    site = fresh_site(request)
    key, away = key_of(request, site.teams), hidden(request)
    try:
        set_up_teams.hide_team(site, request.dbsession, key, away, actor(request), request.desk.now)
    except FieldError as error:
        request.page.tell(error.message)
    else:
        request.page.tell(_("It is no longer offered. Its tickets keep it.") if away else _("It is offered again."))
    return _list(request)
