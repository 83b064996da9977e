"""The period that a reader of figures chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pyramid.request import Request

from novantic_core.i18n import _
from novantic_core.services.tally_tickets import Period
from novantic_core.values import Text

LENGTHS: dict[int, Text] = {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("A year")}
USUAL = 30
LONGEST = 3 * 366
"""Days of a period of one's own."""

BAD_DAY = _("Please give a day as 2026-02-15.")
NO_DAY = _("Please give both days.")
TO_COME = _("This day is still to come.")
TURNED = _("The last day is before the first.")
TOO_LONG = _("A period of three years at most, please.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A period, and how it was asked for. What is wrong with that is said, and the usual period taken instead."""

    period: Period
    length: int | None
    """The number of days, where it is one of :data:`LENGTHS`."""
    first: str
    last: str
    """What stands in the fields of one's own days."""
    errors: dict[str, Text]

    @property
    def query(self) -> str:
        """How an address says the same."""
        if self.length is not None:
            return urlencode({"days": self.length})
        return urlencode({"from": self.period.first.isoformat(), "to": self.period.last.isoformat()})


def read_period(request: Request) -> Chosen:
    """``days`` of :data:`LENGTHS`, or ``from`` and ``to``; thirty days up to today unless told."""
    zone = request.registry.site.settings.timezone
    today: date = request.desk.now.astimezone(zone).date()
    typed = {name: request.GET.get(name, "").strip() for name in ("from", "to")}
    if any(typed.values()):
        days, errors = _own_days(typed, today)
        if not errors:
            period = Period(days["from"], min(days["to"], today), zone)
            return Chosen(period, None, typed["from"], typed["to"], {})
        return Chosen(_up_to(today, USUAL, zone), USUAL, typed["from"], typed["to"], errors)
    asked = request.GET.get("days", "")
    length = int(asked) if asked in {str(one) for one in LENGTHS} else USUAL
    period = _up_to(today, length, zone)
    return Chosen(period, length, period.first.isoformat(), period.last.isoformat(), {})


def _up_to(today: date, length: int, zone: ZoneInfo) -> Period:
    return Period(today - timedelta(days=length - 1), today, zone)


def _own_days(typed: dict[str, str], today: date) -> tuple[dict[str, date], dict[str, Text]]:
    days: dict[str, date] = {}
    errors: dict[str, Text] = {}
    for name, text in typed.items():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            errors[name] = BAD_DAY if text else NO_DAY
            continue
        if day.year < 2000:
            errors[name] = BAD_DAY
        elif name == "from" and day > today:
            errors[name] = TO_COME
        else:
            days[name] = day
    if not errors and days["to"] < days["from"]:
        errors["to"] = TURNED
    elif not errors and (min(days["to"], today) - days["from"]).days >= LONGEST:
        errors["from"] = TOO_LONG
    return days, errors
