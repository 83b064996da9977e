"""Reading the trail: what happened to tickets, and what was done to the desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Action, Event, Technician, Ticket
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site

PAGE = 50
LONGEST_FILE = 50_000
"""Lines of a file: what a spreadsheet still opens; a narrower period gives the rest."""


@dataclass(frozen=True)
class TrailFilter:
    """Which lines of the trail; empty or None for all."""

    kind: str = ""
    who: str = ""
    """A part of the name of who did it."""
    number: str = ""
    """A ticket's."""
    about: str = ""
    """A part of what it was done to; of the desk's own trail only."""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is no longer meant."""

    def conditions(self, table: Any) -> list[ColumnElement[bool]]:
        """Those that both trails have, as conditions on ``Event`` or ``Action``."""
        found: list[ColumnElement[bool]] = []
        if self.kind:
            found.append(table.kind == self.kind)
        if self.who:
            found.append(table.actor_name.icontains(self.who, autoescape=True))
        if self.since is not None:
            found.append(table.at >= self.since)
        if self.until is not None:
            found.append(table.at < self.until)
        return found


@dataclass(frozen=True)
class Place:
    """Where a page of the trail ended: the time and the id of its last line."""

    at: datetime
    id: int

    def before(self, table: Any) -> ColumnElement[bool]:
        """What comes after it, the newest being first."""
        # the first condition says the same as the second, in words that an index understands
        return and_(table.at <= self.at, or_(table.at < self.at, table.id < self.id))


def _events(site: Site, technician: Technician, wanted: TrailFilter) -> Any:
    query = select(Event, Ticket.number, Ticket.subject).join(Ticket, Ticket.id == Event.ticket_id)
    query = query.where(*wanted.conditions(Event))
    if wanted.number:
        query = query.where(Ticket.number == wanted.number)
    seen = visible_tickets(site, technician)
    if seen is not None:
        query = query.where(seen)
    return query.order_by(Event.at.desc(), Event.id.desc())


def _actions(wanted: TrailFilter) -> Any:
    query = select(Action).where(*wanted.conditions(Action))
    if wanted.about:
        query = query.where(Action.subject.icontains(wanted.about, autoescape=True))
    return query.order_by(Action.at.desc(), Action.id.desc())


def find_events(
    site: Site, session: Session, technician: Technician, wanted: TrailFilter, after: Place | None = None
) -> tuple[Sequence[tuple[Event, str, str]], Place | None]:
    """A page of what happened to tickets, the newest first, each with number and subject; where the next begins."""
    query = _events(site, technician, wanted).limit(PAGE + 1)
    if after is not None:
        query = query.where(after.before(Event))
    rows = [(row[0], row[1], row[2]) for row in session.execute(query)]
    return rows[:PAGE], _end([row[0] for row in rows])


def find_actions(
    session: Session, wanted: TrailFilter, after: Place | None = None
) -> tuple[Sequence[Action], Place | None]:
    """A page of what was done to the desk, the newest first; where the next begins."""
    query = _actions(wanted).limit(PAGE + 1)
    if after is not None:
        query = query.where(after.before(Action))
    rows = list(session.scalars(query))
    return rows[:PAGE], _end(rows)


def _end(rows: Sequence[Any]) -> Place | None:
    return Place(rows[PAGE - 1].at, rows[PAGE - 1].id) if len(rows) > PAGE else None


def all_events(
    site: Site, session: Session, technician: Technician, wanted: TrailFilter
) -> Iterator[tuple[Event, str, str]]:
    """The same as one list, of :data:`LONGEST_FILE` lines at most."""
    query = _events(site, technician, wanted).limit(LONGEST_FILE).execution_options(yield_per=1000)
    return ((row[0], row[1], row[2]) for row in session.execute(query))


def all_actions(session: Session, wanted: TrailFilter) -> Iterator[Action]:
    """The same of the desk's trail."""
    found: Iterator[Action] = iter(
        session.scalars(_actions(wanted).limit(LONGEST_FILE).execution_options(yield_per=1000))
    )
    return found
