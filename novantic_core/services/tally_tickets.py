"""Counting tickets for the dashboard: how things stand now, and what came and went in a period.

Every figure is of the tickets that one technician may see. What is at work is counted as the queue counts it; what came
and went, without the tickets that were merged into another. How many statements that takes doesn't depend on how many
tickets there are, nor does what is kept of them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from novantic_core.models import Organisation, Technician, Ticket
from novantic_core.models.ticket import OPEN, WAITING
from novantic_core.services.filter_tickets import is_alarm
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site

SLICES = 13
"""Into how many parts a long period is cut at most, to see how it went."""
QUARTER = 15 * 60
"""Seconds. Every zone's days begin at a quarter of an hour: what is counted by them can be told by any zone's days."""
AGES: tuple[timedelta, ...] = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
"""Where one class of ages ends and the next begins."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days where the desk is, the last one included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=step) for step in range((self.last - self.first).days + 1)]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """From its first moment up to the next one's."""
        return self._begin(self.first), self._begin(self.last + timedelta(days=1))

    @property
    def slices(self) -> list[tuple[date, date]]:
        """The first and the last day of each part: days, else weeks, else longer ones, all as long but for the last."""
        days = self.days
        # a week has seven days whatever is left over, so that no part has more weekends than another
        length = next(
            (size for size in (1, 7, 14, 28) if len(days) <= size * SLICES), 7 * -(-len(days) // (7 * SLICES))
        )
        return [(part[0], part[-1]) for part in (days[i : i + length] for i in range(0, len(days), length))]

    def place(self, when: Any) -> ColumnElement[int]:
        """In which slice a time of this period lies, counted from 0, for a query."""
        *ends, _last = [self._begin(last + timedelta(days=1)) for _first, last in self.slices]
        return case(*[(when < end, place) for place, end in enumerate(ends)], else_=len(ends)) if ends else literal(0)

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand now."""

    open: int
    waiting: int
    unassigned: int
    critical: int
    alarms: int
    """The critical ones that nobody has acknowledged."""
    open_by_age: tuple[int, ...]
    """How many are of each class of :data:`AGES`, and older."""
    waiting_by_age: tuple[int, ...]
    opened_today: int
    closed_today: int
    oldest: tuple[str, datetime] | None
    """The number of the ticket that has gone without any answer for longest, and since when."""


class TicketCounts:
    """The counts of one technician's tickets. ``period`` is what came and went is counted in."""

    def __init__(self, site: Site, session: Session, technician: Technician, period: Period, now: datetime) -> None:
        self.session = session
        self.period = period
        self.now = now
        visible = visible_tickets(site, technician)
        self.whole = visible is None
        """Whether there are no tickets that this technician doesn't see."""
        self.seen: list[ColumnElement[bool]] = [] if visible is None else [visible]
        self.counted: list[ColumnElement[bool]] = [Ticket.merged_into_id.is_(None), *self.seen]

    # ------------------------------------------------------------------ now

    def standing(self) -> Standing:
        """How things stand now."""
        ends = [self.now - age for age in AGES]
        conditions = [[Ticket.created_at > end] for end in ends] + [[]]
        for older, end in zip(conditions[1:], ends, strict=True):
            older.append(Ticket.created_at <= end)
        classes = [and_(*condition) for condition in conditions]

        def number(*conditions: Any) -> Any:
            return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

        at_work, waits = Ticket.status == OPEN, Ticket.status == WAITING
        row = self.session.execute(
            select(
                number(at_work), number(waits), number(Ticket.assignee_id.is_(None)), number(Ticket.critical),
                number(is_alarm()),
                *[number(at_work, age) for age in classes], *[number(waits, age) for age in classes],
            ).where(Ticket.status.in_((OPEN, WAITING)), *self.seen)
        ).one()  # fmt: skip
        opened, closed = self.session.execute(
            select(self._today(Ticket.created_at), self._today(Ticket.closed_at))
        ).one()
        oldest = self.session.execute(
            select(Ticket.number, Ticket.created_at)
            .where(Ticket.status == OPEN, Ticket.first_answer_at.is_(None), *self.seen)
            .order_by(Ticket.created_at, Ticket.id)
            .limit(1)
        ).one_or_none()
        figures = [int(figure) for figure in row]
        now, ages_ = figures[:5], figures[5:]
        return Standing(
            open=now[0], waiting=now[1], unassigned=now[2], critical=now[3], alarms=now[4],
            open_by_age=tuple(ages_[: len(classes)]), waiting_by_age=tuple(ages_[len(classes) :]),
            opened_today=opened, closed_today=closed,
            oldest=(oldest.number, oldest.created_at) if oldest else None,
        )  # fmt: skip

    def _today(self, column: Any) -> Any:
        today = self.now.astimezone(self.period.zone).date()
        start, end = Period(today, today, self.period.zone).bounds
        return (
            select(func.count())
            .select_from(Ticket)
            .where(column >= start, column < end, *self.counted)
            .scalar_subquery()
        )

    # ------------------------------------------------------------------ in the period

    def by_day(self) -> list[tuple[date, int, int]]:
        """Each day with how many tickets were opened and closed on it."""
        statement = union_all(self._quarters(Ticket.created_at, "opened"), self._quarters(Ticket.closed_at, "closed"))
        counts: dict[str, Counter[date]] = {"opened": Counter(), "closed": Counter()}
        for what, quarter, number in self.session.execute(statement):
            when = datetime.fromtimestamp(quarter * QUARTER, UTC).astimezone(self.period.zone)
            counts[what][when.date()] += number
        return [(day, counts["opened"][day], counts["closed"][day]) for day in self.period.days]

    def _quarters(self, column: Any, what: str) -> Select[str, int, int]:
        quarter = (seconds(self._dialect, column) // QUARTER).label("quarter")
        return (
            select(literal(what).label("what"), quarter, func.count())
            .select_from(Ticket)
            .where(*self.within(column))
            .group_by(quarter)
        )

    def by_category(self) -> list[tuple[str | None, int, int]]:
        """Each category's key with how many were opened and closed, the most opened first."""
        return self._groups(Ticket.category_key)

    def by_brand(self) -> list[tuple[str, int, int]]:
        """Each brand's key with how many were opened and closed, the most opened first."""
        return self._groups(Ticket.brand)

    def by_organisation(self) -> list[tuple[tuple[int, str] | None, int, int]]:
        """Each organisation's id and name; None is for tickets without one."""
        groups = self._groups(Ticket.organisation_id)
        return self._named(groups, Organisation)

    def by_technician(self) -> list[tuple[tuple[int, str] | None, int, int]]:
        """Each technician's id and name with how many of the tickets assigned to them were opened and closed."""
        return self._named(self._groups(Ticket.assignee_id), Technician)

    def _groups(self, column: Any) -> list[tuple[Any, int, int]]:
        statement = union_all(
            *[
                select(literal(what).label("what"), column.label("of"), func.count())
                .select_from(Ticket)
                .where(*self.within(when))
                .group_by(column)
                for what, when in (("opened", Ticket.created_at), ("closed", Ticket.closed_at))
            ]
        )
        counts: dict[Any, Counter[str]] = {}
        for what, of, number in self.session.execute(statement):
            counts.setdefault(of, Counter())[what] += number
        found = [(of, count["opened"], count["closed"]) for of, count in counts.items()]
        return sorted(found, key=lambda row: (-row[1], -row[2], str(row[0])))

    def _named(
        self, groups: list[tuple[int | None, int, int]], model: Any
    ) -> list[tuple[tuple[int, str] | None, int, int]]:
        # the names of all: a desk has some hundreds of clients, a list of keys would have a bound
        names: Sequence[Row[Any]] = self.session.execute(select(model.id, model.name)).all()
        words = {row.id: row.name for row in names}
        return [((key, words[key]) if key is not None else None, opened, closed) for key, opened, closed in groups]

    # ------------------------------------------------------------------ for other measures

    def within(self, column: Any) -> list[ColumnElement[bool]]:
        """The conditions for a ticket to be counted, by when something happened to it."""
        start, end = self.period.bounds
        return [column >= start, column < end, *self.counted]

    @cached_property
    def _dialect(self) -> str:
        return self.session.get_bind().dialect.name


def seconds(dialect: str, column: Any) -> ColumnElement[int]:
    """A time as whole seconds, the same on both engines."""
    if dialect == "sqlite":
        return cast(func.strftime("%s", column), BigInteger)
    return cast(func.floor(func.extract("epoch", column)), BigInteger)
