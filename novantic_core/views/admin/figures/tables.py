"""The dashboard's tables: what stands behind its pictures, and in its files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from babel.dates import format_date
from pyramid.request import Request

from novantic_core.forms.time import show_minutes
from novantic_core.i18n import _
from novantic_core.services.filter_tickets import ALL, NOBODY, TicketFilter
from novantic_core.services.measure_times import Durations, Measure, first_answers, solutions
from novantic_core.services.tally_tickets import AGES, Standing, TicketCounts
from novantic_core.services.tell_brands import brand_labels
from novantic_core.values import Text
from novantic_core.views.admin.queue.menu import address

TOP = 10
"""Organisations that are named; the others are counted together."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what it is about, as read on the page and as kept in a file, and its figures."""

    label: Text
    figures: tuple[int | None, ...]
    key: Text | None = None
    """What stands in the file, where that isn't the label."""
    link: str | None = None
    """Where the tickets are listed."""
    short: Text | None = None
    """What stands in the picture, where there is less room."""
    drawn: bool = True
    """Whether it is in the picture: what sums up others would dwarf them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a title. ``total`` is a last line that isn't drawn."""

    name: str
    title: Text
    head: Text
    columns: tuple[Text, ...]
    rows: Sequence[Row]
    total: Row | None = None
    durations: bool = False
    """Whether the columns after the first are minutes."""
    note: Text = ""
    file_columns: tuple[Text, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(figure for row in self.rows for figure in row.figures)

    def lines(self, words: Callable[[Text], str]) -> list[list[Any]]:
        """Its lines for a file."""
        rows = [*self.rows, self.total] if self.total is not None else self.rows
        return [
            [words(row.label if row.key is None else row.key), *("" if one is None else one for one in row.figures)]
            for row in rows
        ]


OPENED_CLOSED = (_("Opened tickets"), _("Closed tickets"))


def make_table(request: Request, counts: TicketCounts, name: str) -> Table:
    """One of the tables, by its name."""
    makers: dict[str, Callable[[], Table]] = {
        "days": partial(days, request, counts),
        "ages": lambda: ages(counts.standing()),
        "answers": lambda: answers(request, first_answers(counts)),
        "solutions": lambda: solved(request, solutions(counts)),
        "categories": partial(categories, request, counts),
        "organisations": partial(organisations, request, counts),
        "technicians": partial(technicians, request, counts),
        "brands": partial(brands, request, counts),
    }
    return makers[name]()


def days(request: Request, counts: TicketCounts) -> Table:
    """Opened and closed by day."""
    found = counts.by_day()
    rows = [
        Row(
            day_words(request, day),
            (opened, closed),
            key=day.isoformat(),
            short=format_date(day, "d MMM", request.locale_name),
        )
        for day, opened, closed in found
    ]
    total = Row(_("Together"), (sum(row[1] for row in found), sum(row[2] for row in found)))
    return Table("days", _("Opened and closed by day"), _("Day"), OPENED_CLOSED, rows, total)


def ages(standing: Standing) -> Table:
    """What waits now, by its age."""
    bounds = [age.days for age in AGES]
    labels: list[Text] = [
        _("less than a day"),
        *[_("${from} to ${to} days", mapping={"from": start, "to": end}) for start, end in itertools.pairwise(bounds)],
        _("more than ${days} days", mapping={"days": bounds[-1]}),
    ]
    days_ = [f"{start}–{end}" for start, end in itertools.pairwise([0, *bounds])] + [f"> {bounds[-1]}"]
    figures = zip(standing.open_by_age, standing.waiting_by_age, strict=True)
    rows = [
        Row(label, pair, short=_("${n} d", mapping={"n": short}))
        for label, short, pair in zip(labels, days_, figures, strict=True)
    ]
    return Table(
        "ages", _("Waiting now, by age"), _("Age"), (_("For us"), _("For the client")), rows,
        Row(_("Together"), (standing.open, standing.waiting)),
    )  # fmt: skip


def answers(request: Request, measure: Measure) -> Table:
    """How long people waited for the first answer."""
    return _durations(
        request, measure, "answers", _("Time to the first answer"),
        _("Of the tickets that got their first answer in the period."),
    )  # fmt: skip


def solved(request: Request, measure: Measure) -> Table:
    """How long it took to solve what was solved."""
    return _durations(
        request, measure, "solutions", _("Time to solve"), _("Of the tickets that were closed in the period.")
    )


def _durations(request: Request, measure: Measure, name: str, title: Text, note: Text) -> Table:
    rows = [
        Row(
            _slice_words(request, first, last),
            _minutes(took),
            key=f"{first.isoformat()}/{last.isoformat()}",
            short=format_date(first, "d MMM", request.locale_name),
        )
        for first, last, took in measure.slices
    ]
    return Table(
        name, title, _("Days"), (_("Tickets"), _("Median"), _("90th percentile")), rows,
        Row(_("The whole period"), _minutes(measure.whole)), durations=True, note=note,
        file_columns=(_("Tickets"), _("Median, in minutes"), _("90th percentile, in minutes")),
    )  # fmt: skip


def _minutes(took: Durations) -> tuple[int | None, ...]:
    return took.number, _rounded(took.median), _rounded(took.ninetieth)


def _rounded(took: timedelta | None) -> int | None:
    return None if took is None else round(took.total_seconds() / 60)


def categories(request: Request, counts: TicketCounts) -> Table:
    """Opened and closed by category."""
    site = request.registry.site
    rows = [
        Row(
            site.category_label(key) if key else _("Without a category"), (opened, closed),
            link=address(TicketFilter(category=key, status=ALL)) if key else None,
        )
        for key, opened, closed in counts.by_category()
    ]  # fmt: skip
    return Table("categories", _("By category"), _("Category"), OPENED_CLOSED, rows)


def organisations(_request: Request, counts: TicketCounts) -> Table:
    """Opened and closed by the organisations with most tickets; the others together."""
    found = counts.by_organisation()
    named = [(of, opened, closed) for of, opened, closed in found if of is not None]
    rows = [
        Row(of[1], (opened, closed), link=address(TicketFilter(organisation=of[0], status=ALL)))
        for of, opened, closed in named[:TOP]
    ]
    for label, others in (
        (_("Other organisations"), named[TOP:]),
        (_("Without an organisation"), [row for row in found if row[0] is None]),
    ):
        if others:
            rows.append(Row(label, (sum(row[1] for row in others), sum(row[2] for row in others)), drawn=False))
    return Table("organisations", _("By organisation"), _("Organisation"), OPENED_CLOSED, rows)


def technicians(_request: Request, counts: TicketCounts) -> Table:
    """Opened and closed by whom they are assigned to."""
    rows = [
        Row(
            _("Nobody") if of is None else of[1], (opened, closed),
            link=address(TicketFilter(assignee=NOBODY if of is None else str(of[0]), status=ALL)),
        )
        for of, opened, closed in counts.by_technician()
    ]  # fmt: skip
    return Table(
        "technicians", _("By technician"), _("Technician"), OPENED_CLOSED, rows,
        note=_("By the technician to whom the tickets are assigned now."),
    )  # fmt: skip


def brands(request: Request, counts: TicketCounts) -> Table:
    """Opened and closed by the name under which clients know the desk."""
    labels = brand_labels(request.registry.site, request.locale_name)
    rows = [
        Row(labels.get(key, key), (opened, closed), link=address(TicketFilter(brand=key, status=ALL)))
        for key, opened, closed in counts.by_brand()
    ]
    return Table("brands", _("By brand"), _("Brand"), OPENED_CLOSED, rows)


def day_words(request: Request, day: date) -> str:
    """A day in the reader's words."""
    return str(request.localizer.day(datetime(day.year, day.month, day.day, tzinfo=UTC), UTC))


def _slice_words(request: Request, first: date, last: date) -> str:
    locale = request.locale_name
    if first == last:
        return format_date(first, "EEE d MMM", locale)
    return f"{format_date(first, 'd MMM', locale)} – {format_date(last, 'd MMM', locale)}"


def show_wait(request: Request, minutes: int | None) -> str:
    """Minutes as one says them: ``12 min``, ``5 h 20``, ``3 d 4 h``; a dash for none."""
    if minutes is None:
        return "–"
    if minutes < 24 * 60:
        return show_minutes(minutes)
    days_, hours = divmod(round(minutes / 60), 24)
    mapping = {"days": days_, "hours": hours}
    return str(
        request.page.words(_("${days} d ${hours} h", mapping=mapping) if hours else _("${days} d", mapping=mapping))
    )
