"""A month is one of the site's time zone, and the sums of it are of what one may see."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from novantic_core.services.sum_time import Month


@pytest.mark.parametrize("typed", ["", "2026", "2026-13", "2026-00", "1999-12", "2026-1", "2026-111", "٢٠٢٦-١١"])
def test_what_is_no_month_is_refused(typed):
    with pytest.raises(ValueError, match=f"^{typed}$"):
        Month.read(typed)


def test_months_follow_one_another():
    assert [str(Month(2026, 12).shifted(step)) for step in (-12, -1, 0, 1)] == [
        "2025-12",
        "2026-11",
        "2026-12",
        "2027-01",
    ]


def test_a_month_begins_where_the_desk_is():
    paris = ZoneInfo("Europe/Paris")
    start, end = Month(2026, 3).bounds(paris)
    assert (start, end) == (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert Month.of(start, paris) == Month(2026, 3)
    assert Month.of(end, paris) == Month(2026, 4)
