"""Days from and to which a list is looked through, as somebody typed them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from pyramid.request import Request

from novantic_core.i18n import _
from novantic_core.values import Text

BAD_DATE = _("This is not a date. It should look like 2026-11-24.")


def read_days(request: Request, typed: Mapping[str, str]) -> tuple[dict[str, datetime | None], dict[str, Text]]:
    """The moments at which the first of the days ``since`` and ``until`` begins and the last one ends.

    :return: the moments by name, None for none; and what is wrong with what was typed: that doesn't count
    """
    zone = request.registry.site.settings.timezone
    days: dict[str, datetime | None] = {}
    errors: dict[str, Text] = {}
    for name, more in (("since", 0), ("until", 1)):
        days[name] = None
        if typed[name]:
            try:
                day = date.fromisoformat(typed[name]) + timedelta(days=more)
                days[name] = datetime.combine(day, time(), zone).astimezone(UTC)
            except (ValueError, OverflowError):
                errors[name] = BAD_DATE
    return days, errors
