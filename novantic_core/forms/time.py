"""Fields and forms for the time that a ticket took: alone, or on a reply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import colander
import deform

from novantic_core.forms.base import node, one_line
from novantic_core.forms.desk import DeskForm, EditForm
from novantic_core.i18n import _
from novantic_core.models import Ticket, TimeEntry
from novantic_core.services.note_time import (
    BY_ITSELF,
    NOTE_LENGTH,
    REASON_LENGTH,
    correct_time,
    decide_billing,
    note_time,
    read_minutes,
)
from novantic_core.values import Actor, FieldError, Text

NO_DAY = _("Please give a day as 2026-02-15.")
FIRST_YEAR = 2000


def show_minutes(minutes: int) -> str:
    """``45 min``, ``1 h 30``, ``12 h``; good in both languages."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02}" if rest else f"{hours}\u00a0h"


class Minutes(colander.String):
    """A time as people type it; its value is whole minutes."""

    def serialize(self, schema: Any, appstruct: Any) -> Any:
        return show_minutes(appstruct) if isinstance(appstruct, int) else super().serialize(schema, appstruct)

    def deserialize(self, schema: Any, cstruct: Any) -> Any:
        typed = super().deserialize(schema, cstruct)
        typed = one_line(typed) if typed is not colander.null else typed
        if typed is colander.null:
            return typed
        try:
            return read_minutes(typed)
        except FieldError as error:
            raise colander.Invalid(schema, error.message) from None


class Day(colander.String):
    """A day as browsers send it; its value is a date."""

    def serialize(self, schema: Any, appstruct: Any) -> Any:
        return appstruct.isoformat() if isinstance(appstruct, date) else super().serialize(schema, appstruct)

    def deserialize(self, schema: Any, cstruct: Any) -> Any:
        typed = super().deserialize(schema, cstruct)
        if typed is colander.null or not typed.strip():
            return colander.null
        try:
            day = date.fromisoformat(typed.strip())
        except ValueError:
            raise colander.Invalid(schema, NO_DAY) from None
        if day.year < FIRST_YEAR:
            raise colander.Invalid(schema, NO_DAY)
        return day


def time_nodes(by_itself: tuple[bool, str] | None, *, required: bool) -> Iterable[colander.SchemaNode]:
    """The fields ``minutes``, ``billable`` and ``billable_reason``, for a form of its own or within a reply's.

    :param by_itself: what :func:`decide_billing` says of the ticket; None where it is decided already
    :param required: whether the form is about nothing else
    """
    options: dict[str, Any] = {} if required else {"missing": None}
    yield node(
        Minutes(), "minutes", _("Time spent"), description=_("For example 45, 1:30 or 1h30"), section="time",
        widget=deform.widget.TextInputWidget(attributes={"autocomplete": "off"}), **options,
    )  # fmt: skip
    choices: list[tuple[str, Text]] = [("yes", _("Billed")), ("no", _("Not billed"))]
    if by_itself is not None:
        billed, why = by_itself[0], _(by_itself[1])
        words = _("Billed: ${why}", mapping={"why": why}) if billed else _("Not billed: ${why}", mapping={"why": why})
        choices = [("", words), ("yes", _("Billed all the same")), ("no", _("Not billed all the same"))]
        del choices[1 if billed else 2]
    yield node(
        colander.String(), "billable", _("Billing"), missing="", section="time",
        widget=deform.widget.SelectWidget(values=choices), validator=_one_of([value for value, _words in choices]),
    )  # fmt: skip
    yield node(
        colander.String(), "billable_reason", _("Why"), missing="", section="time", preparer=one_line,
        description=_("What decided it, if it isn't the contract. It stands on the organisation's sheet."),
        max_length=REASON_LENGTH,
        widget=deform.widget.TextInputWidget(attributes={"autocomplete": "off"}),
    )  # fmt: skip


def billable(values: dict[str, Any]) -> bool | None:
    """What was chosen: billed, not billed, or None for whatever the contract says."""
    return {"yes": True, "no": False}.get(values.get("billable") or "")


def _one_of(choices: list[str]) -> Any:
    def check(schema: Any, value: str) -> None:
        if value not in choices:
            raise colander.Invalid(schema, _("Please choose from the list."))

    return check


def _own_nodes() -> Iterable[colander.SchemaNode]:
    yield node(Day(), "spent_on", _("Day"), widget=deform.widget.TextInputWidget(type="date"))
    yield node(
        colander.String(), "note", _("What was done"), missing="", preparer=one_line, max_length=NOTE_LENGTH,
        widget=deform.widget.TextInputWidget(attributes={"autocomplete": "off"}),
    )  # fmt: skip


class TimeForm(DeskForm):
    """Time spent on a ticket, on its card."""

    name = "time"
    button = _("Note the time")

    def __init__(self, request: Any, ticket: Ticket) -> None:
        self.ticket = ticket
        super().__init__(request)

    def initial(self) -> dict[str, Any]:
        return {"spent_on": self.desk.now.astimezone(self.site.settings.timezone).date(), "billable": ""}

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield from time_nodes(decide_billing(self.desk.session, self.ticket.organisation_id), required=True)
        yield from _own_nodes()

    def submit(self, technician_id: int, actor: Actor) -> TimeEntry | None:
        """Note it; None if something is wrong with it, which the form then shows."""
        values = self.validate()
        if not self.good:
            return None
        desk = self.desk
        try:
            return note_time(
                self.site, desk.session, self.ticket, technician_id, values["minutes"], actor, desk.now,
                billable=billable(values), reason=values["billable_reason"], note=values["note"],
                spent_on=moment(values["spent_on"], desk.now, self.site.settings.timezone),
                submission=self._key(values),
            )  # fmt: skip
        except FieldError as error:
            self.refuse(error)
            return None

    def _key(self, values: dict[str, Any]) -> str:
        """The same when the same form is sent twice; another for who goes back to it and notes something else."""
        said = json.dumps([self.submission, self.ticket.id, values], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()


class TimeEntryForm(EditForm):
    """An entry that is corrected."""

    name = "time-entry"
    row: TimeEntry

    def nodes(self) -> Iterable[colander.SchemaNode]:
        yield from time_nodes(None, required=True)
        yield from _own_nodes()

    def values_of(self, row: TimeEntry) -> dict[str, Any]:
        return {
            "minutes": row.minutes, "billable": "yes" if row.billable else "no",
            "billable_reason": "" if row.reason in BY_ITSELF else row.reason, "note": row.note,
            "spent_on": row.spent_on.astimezone(self.site.settings.timezone).date(),
        }  # fmt: skip

    def shown(self, name: str, value: Any) -> Text:
        if name == "minutes":
            return show_minutes(value)
        if name == "billable":
            return _("Billed") if value == "yes" else _("Not billed")
        return super().shown(name, value)

    def submit(self, ticket: Ticket, actor: Actor) -> bool:
        """Correct it; False if something is wrong, which the form then shows."""
        values = self.validate()
        if not self.good:
            return False
        desk, before = self.desk, self.values_of(self.row)
        zone = self.site.settings.timezone
        day = None if values["spent_on"] == before["spent_on"] else moment(values["spent_on"], desk.now, zone)
        try:
            correct_time(
                self.site, desk.session, ticket, self.row, values["minutes"], actor, desk.now,
                billable=billable(values), reason=values["billable_reason"], note=values["note"], spent_on=day,
            )  # fmt: skip
        except FieldError as error:
            self.refuse(error)
            return False
        return True


def moment(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """A time on a day: now if it is today, else its noon, which is that day by every summer's time."""
    return now if day == now.astimezone(zone).date() else datetime.combine(day, time(12), zone)
