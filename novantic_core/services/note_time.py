"""Noting the time that a ticket took, correcting it, taking it back; the trail keeps what was said before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Organisation, Technician, Ticket, TimeEntry
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

LONGEST = 24 * 60
"""Minutes of one entry: a day."""
REASON_LENGTH, NOTE_LENGTH = 200, 500

BY_CONTRACT = _("covered by the contract")
BY_TIME = _("billed by the time spent")
NO_ORGANISATION = _("no contract")
BY_ITSELF = {str.__str__(words) for words in (BY_CONTRACT, BY_TIME, NO_ORGANISATION)}
"""Reasons that the desk gave by itself. The English words are kept, each reader gets them in their language."""

NO_MINUTES = _("Please type minutes or hours, for example 45, 1:30 or 1h30.")
TOO_MANY_MINUTES = _("Please type a time from 1 minute to 24 hours.")
NO_REASON = _("Please say why: it is not what the contract says.")
IN_THE_FUTURE = _("This day is still to come.")

_HOURS = re.compile(r"(?P<hours>\d{1,4}) ?h ?(?P<minutes>[0-5]?\d)?(?: ?(?:m|mn|min))?", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(?P<hours>\d{1,4}):(?P<minutes>[0-5]\d)", re.ASCII)
_MINUTES = re.compile(r"(?P<minutes>\d{1,5})(?: ?(?:m|mn|min|minutes?|'))?", re.ASCII | re.IGNORECASE)


def read_minutes(typed: str) -> int:
    """Minutes as people type them: ``45``, ``45 min``, ``1:30``, ``1h30``, ``1 h 30``, ``2h``.

    :raises FieldError: for anything else, and for what isn't from a minute to a day
    """
    words = " ".join(typed.split())
    for pattern in (_HOURS, _CLOCK, _MINUTES):
        found = pattern.fullmatch(words)
        if found is not None:
            parts = found.groupdict()
            return _checked(60 * int(parts.get("hours") or 0) + int(parts["minutes"] or 0))
    raise FieldError(NO_MINUTES, "minutes")


def _checked(minutes: int) -> int:
    if not 1 <= minutes <= LONGEST:
        raise FieldError(TOO_MANY_MINUTES, "minutes")
    return minutes


def decide_billing(session: Session, organisation_id: int | None) -> tuple[bool, str]:
    """Whether time for an organisation is billed by itself, and what decides that."""
    contract = None
    if organisation_id is not None:
        contract = session.scalar(select(Organisation.contract).where(Organisation.id == organisation_id))
    if contract is None:
        return True, str.__str__(NO_ORGANISATION)
    return (False, str.__str__(BY_CONTRACT)) if contract else (True, str.__str__(BY_TIME))


def note_time(
    site: Site, session: Session, ticket: Ticket, technician_id: int, minutes: int, actor: Actor, now: datetime, *,
    billable: bool | None = None, reason: str = "", note: str = "", spent_on: datetime | None = None,
    message_id: int | None = None, submission: str | None = None,
) -> TimeEntry:  # fmt: skip
    """Note that somebody spent time on a ticket.

    :param minutes: from 1 to a day's
    :param billable: None leaves it to the organisation's contract
    :param reason: why it is billed, or not, where that isn't what the contract says
    :param spent_on: when, if not now
    :param message_id: the reply or the note that it was spent on
    :param submission: the form's key; the same one twice adds one entry
    :raises FieldError: for minutes out of bounds, a decision without a reason, or a day to come
    """
    if submission:
        before = session.scalar(select(TimeEntry).where(TimeEntry.submission == submission))
        if before is not None:
            return before
    billed, why = _decide(session, ticket.organisation_id, billable, reason)
    entry = TimeEntry(
        ticket_id=ticket.id, message_id=message_id, technician_id=technician_id,
        organisation_id=ticket.organisation_id, minutes=_checked(minutes), billable=billed, reason=why,
        note=note[:NOTE_LENGTH], spent_on=_past(spent_on, now) or now, submission=submission, created_at=now,
    )  # fmt: skip
    session.add(entry)
    try:
        session.flush()
    except IntegrityError as error:
        raise RetryableException("the same form was sent twice at once") from error
    after = _facts(session, entry)
    record_event(site, session, ticket, "time_noted", actor, now, changes={k: (None, v) for k, v in after.items()})
    return entry


def correct_time(
    site: Site, session: Session, ticket: Ticket, entry: TimeEntry, minutes: int, actor: Actor, now: datetime, *,
    billable: bool | None = None, reason: str = "", note: str = "", spent_on: datetime | None = None,
) -> bool:  # fmt: skip
    """Correct an entry; parameters and errors as for :func:`note_time`.

    :param billable: None leaves it as it was decided, whatever the contract says by now
    :return: whether anything changed
    """
    # all of it is looked at before any of it is changed: what is refused must not be kept by halves
    billed, why = _decide_again(session, entry, billable, reason)
    minutes, spent_on = _checked(minutes), _past(spent_on, now)
    before = _facts(session, entry)
    entry.minutes, entry.billable, entry.reason, entry.note = minutes, billed, why, note[:NOTE_LENGTH]
    entry.spent_on = spent_on or entry.spent_on
    after = _facts(session, entry)
    changes = {key: (before[key], after[key]) for key in after if before[key] != after[key]}
    if not changes:
        return False
    entry.version += 1
    # whose time it was is told with each change: a trail of numbers alone says little
    changes.setdefault("technician", (before["technician"], after["technician"]))
    record_event(site, session, ticket, "time_noted", actor, now, changes=changes)
    return True


def remove_time(site: Site, session: Session, ticket: Ticket, entry: TimeEntry, actor: Actor, now: datetime) -> None:
    """Take an entry back. What it said stays in the trail."""
    before = _facts(session, entry)
    session.delete(entry)
    record_event(site, session, ticket, "time_noted", actor, now, changes={k: (v, None) for k, v in before.items()})


def may_change(technician: Technician, entry: TimeEntry) -> bool:
    """Whether somebody may correct or remove an entry: whose time it is, and administrators."""
    return entry.technician_id == technician.id or technician.role == ADMINISTRATOR


def _decide(session: Session, organisation_id: int | None, billable: bool | None, reason: str) -> tuple[bool, str]:
    by_itself, why = decide_billing(session, organisation_id)
    reason = reason.strip()[:REASON_LENGTH]
    if billable is None or billable == by_itself:
        return by_itself, why
    if not reason:
        raise FieldError(NO_REASON, "billable_reason")
    return billable, reason


def _decide_again(session: Session, entry: TimeEntry, billable: bool | None, reason: str) -> tuple[bool, str]:
    reason = reason.strip()[:REASON_LENGTH]
    if billable is None or (billable == entry.billable and not reason and entry.reason in BY_ITSELF):
        return entry.billable, entry.reason
    if billable == entry.billable and reason:
        return billable, reason
    return _decide(session, entry.organisation_id, billable, reason)


def _past(when: datetime | None, now: datetime) -> datetime | None:
    # a technician's clock may be a little ahead of the server's
    if when is not None and when > now + timedelta(minutes=5):
        raise FieldError(IN_THE_FUTURE, "spent_on")
    return when


def _facts(session: Session, entry: TimeEntry) -> dict[str, Any]:
    """What an entry says, for the trail, which outlives it."""
    technician = session.scalar(select(Technician.name).where(Technician.id == entry.technician_id))
    return {
        "minutes": entry.minutes, "billable": entry.billable, "reason": entry.reason, "note": entry.note,
        "spent_on": entry.spent_on.isoformat(), "technician": technician,
    }  # fmt: skip
