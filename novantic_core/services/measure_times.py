"""How long people wait: for the first answer, and until their problem is solved.

Exact percentiles, by the nearest rank: half of all tickets took no longer than the median, nine in ten no longer than
the 90th. The database ranks them, so nothing of the tickets is kept here, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select

from novantic_core.models import Ticket
from novantic_core.services.tally_tickets import TicketCounts, seconds


@dataclass(frozen=True, slots=True)
class Durations:
    """What so many tickets took; None where there are none."""

    number: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """The durations of a period, and of each of its slices."""

    whole: Durations
    slices: tuple[tuple[date, date, Durations], ...]


def first_answers(counts: TicketCounts) -> Measure:
    """From the opening to the desk's first answer, of the tickets that were first answered in the period."""
    return _measure(counts, Ticket.first_answer_at)


def solutions(counts: TicketCounts) -> Measure:
    """From the opening to the closing, of the tickets that were closed in the period."""
    return _measure(counts, Ticket.closed_at)


def _measure(counts: TicketCounts, until: Any) -> Measure:
    dialect = counts.session.get_bind().dialect.name
    taken = (
        select(
            counts.period.place(until).label("place"),
            (seconds(dialect, until) - seconds(dialect, Ticket.created_at)).label("took"),
        )
        .where(*counts.within(until))
        .subquery()
    )
    ranked = select(
        taken.c.place, taken.c.took,
        func.row_number().over(partition_by=taken.c.place, order_by=taken.c.took).label("rank"),
        func.count().over(partition_by=taken.c.place).label("number"),
        func.row_number().over(order_by=taken.c.took).label("rank_of_all"),
        func.count().over().label("number_of_all"),
    ).subquery()  # fmt: skip

    def at(rank: Any, number: Any, tenths: int) -> Any:
        # the nearest rank, rounded up, in whole numbers
        return func.max(case((rank == (number * tenths + 9) // 10, ranked.c.took)))

    rows = counts.session.execute(
        select(
            ranked.c.place, func.max(ranked.c.number),
            *[at(ranked.c.rank, ranked.c.number, tenths) for tenths in (5, 9)], func.max(ranked.c.number_of_all),
            *[at(ranked.c.rank_of_all, ranked.c.number_of_all, tenths) for tenths in (5, 9)],
        ).group_by(ranked.c.place)
    ).all()  # fmt: skip
    slices = {place: _durations(*own) for place, *own, _number, _median, _ninetieth in rows}
    # the ticket at a rank of all lies in one of the slices
    of_all = [next((row[column] for row in rows if row[column] is not None), None) for column in (4, 5, 6)]
    return Measure(
        whole=_durations(*of_all),
        slices=tuple(
            (first, last, slices.get(place, Durations()))
            for place, (first, last) in enumerate(counts.period.slices)
        ),
    )  # fmt: skip


def _durations(number: int | None, median: int | None, ninetieth: int | None) -> Durations:
    if not number or median is None or ninetieth is None:
        return Durations()
    # a clock that was put back must not make anybody answer before they were asked
    return Durations(number, timedelta(seconds=max(median, 0)), timedelta(seconds=max(ninetieth, 0)))
