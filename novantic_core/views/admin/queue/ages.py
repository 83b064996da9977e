"""How old something is, in the few letters that a column has room for."""

from __future__ import annotations

from datetime import timedelta

from novantic_core.i18n import _
from novantic_core.values import Text

MINUTES, HOURS, DAYS = _("${n} min"), _("${n} h"), _("${n} d")
WEEKS, MONTHS, YEARS = _("${n} wk"), _("${n} mo"), _("${n} y")


def age(passed: timedelta) -> Text:
    """In the greatest unit of which there is one: "12 min", "2 h", "3 d"."""
    minutes = max(int(passed.total_seconds() // 60), 0)
    days = minutes // 1440
    for count, least, words in (
        (days // 365, 2, YEARS), (days // 30, 2, MONTHS), (days // 7, 2, WEEKS), (days, 1, DAYS),
        (minutes // 60, 1, HOURS),
    ):  # fmt: skip
        if count >= least:
            return _(words, mapping={"n": count})
    return _(MINUTES, mapping={"n": minutes}) if minutes else _("now")


def exact_age(passed: timedelta) -> list[Text]:
    """To the minute: "2 d", "3 h", "5 min", the units that are nought before the first left out."""
    minutes = max(int(passed.total_seconds() // 60), 0)
    days, hours = minutes // 1440, minutes % 1440 // 60
    found = [_(words, mapping={"n": count}) for count, words in ((days, DAYS), (hours, HOURS)) if count]
    return [*found, _(MINUTES, mapping={"n": minutes % 60})]
