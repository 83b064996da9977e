"""Giving a ticket to a person or a team."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import Technician, Ticket
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def assign(
    site: Site, session: Session, ticket: Ticket, actor: Actor, now: datetime, *,
    assignee_id: int | None, team: str | None,
) -> bool:  # fmt: skip
    """Give a ticket to a technician, a team, or both; who gets it is told by the plugins that notify.

    :param assignee_id: the technician, None for nobody
    :param team: the team's key, None for the one it has
    :return: whether anything changed; who has it already is told nothing
    :raises ValueError: for somebody who isn't at work any more, or a team that isn't offered
    """
    changes: dict[str, tuple[Any, Any]] = {}
    if assignee_id != ticket.assignee_id:
        emails: dict[int, tuple[str, bool]] = {
            row.id: (row.email, row.active)
            for row in session.execute(
                select(Technician.id, Technician.email, Technician.active).where(
                    Technician.id.in_([one for one in (assignee_id, ticket.assignee_id) if one is not None])
                )
            )
        }
        if assignee_id is not None and not emails.get(assignee_id, ("", False))[1]:
            raise ValueError(f"no technician {assignee_id} at work")
        before = emails[ticket.assignee_id][0] if ticket.assignee_id is not None else None
        changes["assignee"] = (before, emails[assignee_id][0] if assignee_id is not None else None)
    if team is not None and team != ticket.team:
        known = site.teams.get(team)
        if known is None or known.hidden:
            raise ValueError(f"no team {team!r}")
        changes["team"] = (ticket.team, team)
        ticket.team = team
    if not changes:
        return False
    ticket.assignee_id = assignee_id
    ticket.updated_at = now
    record_event(site, session, ticket, "assigned", actor, now, changes=changes)
    return True
