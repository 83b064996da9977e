"""Teams: names, order, private and hidden ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Team
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import changed
from novantic_core.services.set_up_categories import moved
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

TAKEN = _("There is a team of this name already.")
ALWAYS_THERE = _("New tickets go to this team unless a plugin knows better: it can't be hidden.")


def team_row(site: Site, session: Session, key: str) -> Team:
    """The row of a team; that of the default team is made if nobody set it up yet.

    :raises LookupError: if there is none
    """
    row = session.get(Team, key)
    if row is None:
        if key not in site.teams:
            raise LookupError(f"no team {key!r}")
        row = Team(key=key, label=key, position=_last(session) + 1)
        session.add(row)
        session.flush()
    return row


def add_team(site: Site, session: Session, label: str, private: bool, actor: Actor, now: datetime) -> Team:
    """Add a team. Its first name is also what plugins know it by.

    :raises FieldError: if there is one of this name
    """
    _check_name(site, session, label)
    team = Team(key=label, label=label, private=private, position=_last(session) + 1)
    session.add(team)
    site.preferences_cache.forget_after_commit(session)
    record_action(session, "team_added", actor, now, label, {"private": (None, private)})
    return team


def change_team(
    site: Site, session: Session, team: Team, label: str, private: bool, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Rename a team, or let only its members see its tickets.

    :raises FieldError: if another one has this name
    """
    _check_name(site, session, label, team)
    before = {"label": team.label, "private": team.private}
    team.label, team.private = label, private
    team.version += 1
    site.preferences_cache.forget_after_commit(session)
    record_action(session, "team_changed", actor, now, label, changed(before, {"label": label, "private": private}))


def hide_team(site: Site, session: Session, key: str, hidden: bool, actor: Actor, now: datetime) -> None:
    """Offer a team no more, or again. Its tickets and its members keep it.

    :raises FieldError: for the default team, which is always there
    """
    team = team_row(site, session, key)
    if hidden and key == site.settings.default_team:
        raise FieldError(ALWAYS_THERE)
    if team.hidden == hidden:
        return
    team.hidden = hidden
    site.preferences_cache.forget_after_commit(session)
    record_action(session, "team_hidden" if hidden else "team_shown", actor, now, team.label)


def move_team(site: Site, session: Session, key: str, step: int, actor: Actor, now: datetime) -> None:
    """Let a team change places with the one above (``step`` -1) or below (1) it."""
    for place, one in enumerate(moved(list(site.teams), key, step)):
        team_row(site, session, one).position = place
    site.preferences_cache.forget_after_commit(session)
    record_action(session, "team_moved", actor, now, team_row(site, session, key).label)


def _check_name(site: Site, session: Session, label: str, team: Team | None = None) -> None:
    own = team.key if team is not None else None
    names = {
        name.casefold() for one in session.scalars(select(Team)) if one.key != own for name in (one.key, one.label)
    }
    if own != site.settings.default_team:
        names.add(site.team_label(site.settings.default_team).casefold())
    if label.casefold() in names:
        raise FieldError(TAKEN, "label")


def _last(session: Session) -> int:
    return session.scalar(select(func.max(Team.position))) or 0
