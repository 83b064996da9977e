"""What an invitation says (iCalendar, RFC 5545): its first event, read as far as people want to know it.

No calendar library: repetitions, alarms and zones are of no use here, and what is read must not fail.
"""

from __future__ import annotations

import html
import re
from datetime import datetime

from novantic_core.plugin import _
from novantic_mail_intake.reading import words
from novantic_mail_intake.reading.headers import read_parameters
from novantic_mail_intake.reading.plain import linked

LONGEST = 512 * 1024

_LINE = re.compile(r"(?P<name>[A-Za-z0-9-]{1,60})(?P<parameters>(?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(?P<value>.*)")
_ESCAPED = re.compile(r"\\([nN\\,;])")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")


def summary_of(calendar: str, translate: words.Translate) -> str:
    """What, when, where and by whom, as HTML; empty where there is no event in it."""
    values, method = _first_event(calendar[:LONGEST])
    if values is None:
        return ""
    subject = _text(values, "SUMMARY") or translate(words.NO_SUBJECT)
    title = {"CANCEL": words.CANCELLED, "REPLY": words.ANSWERED}.get(method, words.INVITATION)
    lines = [f"<strong>{html.escape(translate(_(title, mapping={'subject': subject})), quote=False)}</strong>"]
    when = _when(values)
    where = _text(values, "LOCATION")
    who = _organiser(values)
    for label, name, value in (
        (words.WHEN, "when", when),
        (words.WHERE, "where", where),
        (words.ORGANISER, "who", who),
    ):
        if value:
            lines.append(linked(translate(_(label, mapping={name: value}))))
    return f"<p>{'<br>'.join(lines)}</p>"


def description_of(calendar: str) -> str:
    """The words that go with it."""
    values, _method = _first_event(calendar[:LONGEST])
    return _text(values, "DESCRIPTION") if values else ""


Values = dict[str, tuple[dict[str, str], str]]


def _first_event(calendar: str) -> tuple[Values | None, str]:
    values: Values | None = None
    method, nested = "", 0
    # a line that begins with a space goes on with the one before
    for line in re.sub(r"\n[ \t]", "", calendar.replace("\r\n", "\n")).split("\n"):
        match = _LINE.fullmatch(line.rstrip("\r"))
        if match is None:
            continue
        name, value = match["name"].upper(), match["value"]
        if name == "METHOD":
            method = value.strip().upper()
        elif name == "BEGIN":
            if values is not None:
                nested += 1
            elif value.strip().upper() in {"VEVENT", "VTODO"}:
                values = {}
        elif name == "END" and values is not None:
            if not nested:
                break
            nested -= 1
        elif values is not None and not nested:
            values.setdefault(name, (read_parameters(f"x{match['parameters']}")[1], value))
    return values, method


def _text(values: Values, name: str) -> str:
    found = values.get(name)
    if found is None:
        return ""
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], found[1]).strip()[:20_000]


def _organiser(values: Values) -> str:
    parameters, value = values.get("ORGANIZER", ({}, ""))
    address = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE)[:300]
    name = parameters.get("cn", "")
    return f"{name} <{address}>" if name and address and name != address else address or name


def _when(values: Values) -> str:
    start, end = values.get("DTSTART"), values.get("DTEND")
    first = _moment(start[1]) if start else None
    if start is None or first is None:
        return ""
    last = _moment(end[1]) if end else None
    zone = "UTC" if start[1].strip().endswith("Z") else start[0].get("tzid", "")
    timed = "T" in start[1]
    said = f"{first:%Y-%m-%d %H:%M}" if timed else f"{first:%Y-%m-%d}"
    if timed and last is not None:
        said += f" – {last:%H:%M}" if last.date() == first.date() else f" – {last:%Y-%m-%d %H:%M}"
    return f"{said} ({zone})" if zone and timed else said


def _moment(value: str) -> datetime | None:
    match = _TIME.fullmatch(value.strip())
    if match is None:
        return None
    try:
        year, month, day, hour, minute = (int(one or 0) for one in match.groups()[:5])
        # in the zone that stands beside it
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001
    except ValueError:
        return None
