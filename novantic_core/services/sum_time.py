"""Adding up the time spent: in a month, by organisation, ticket and technician."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from novantic_core.models import Organisation, Technician, Ticket, TimeEntry
from novantic_core.services.family import family
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site

MINUTES = func.sum(TimeEntry.minutes)
BILLED = func.sum(case((TimeEntry.billable, TimeEntry.minutes), else_=0))


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the calendar, in the site's time zone."""

    year: int
    month: int

    @classmethod
    def read(cls, typed: str) -> Month:
        """``2026-11``.

        :raises ValueError: for anything else
        """
        match = re.fullmatch(r"(2\d{3})-(0[1-9]|1[0-2])", typed, re.ASCII)
        if match is None:
            raise ValueError(typed)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, when: datetime, zone: ZoneInfo) -> Month:
        """The month in which a time lies, where the desk is."""
        here = when.astimezone(zone)
        return cls(here.year, here.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def shifted(self, months: int) -> Month:
        """So many months later, or earlier."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(years, month + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From its first moment up to the next one's."""
        first, following = self.first, self.shifted(1).first
        return datetime.combine(first, time(), zone), datetime.combine(following, time(), zone)


class TimeSums:
    """The sums of one month, over the tickets that one technician may see."""

    def __init__(self, site: Site, session: Session, technician: Technician, month: Month) -> None:
        self.session = session
        self.visible = visible_tickets(site, technician)
        self.start, self.end = month.bounds(site.settings.timezone)

    @property
    def whole(self) -> bool:
        """Whether there are no tickets that this technician doesn't see."""
        return self.visible is None

    def by_organisation(self) -> Sequence[Row[Any]]:
        """``id, name, contract, tickets, minutes, billed``, the longest first; the one without an id is no company."""
        tickets = func.count(TimeEntry.ticket_id.distinct()).label("tickets")
        return self._all(
            select(
                Organisation.id, Organisation.name, Organisation.contract, tickets,
                MINUTES.label("minutes"), BILLED.label("billed"),
            )
            .select_from(TimeEntry)
            .outerjoin(Organisation, Organisation.id == TimeEntry.organisation_id)
            .group_by(Organisation.id, Organisation.name, Organisation.contract)
            .order_by(MINUTES.desc(), Organisation.id)
        )  # fmt: skip

    def by_technician(self) -> Sequence[Row[Any]]:
        """``id, name, tickets, minutes, billed``, the longest first."""
        tickets = func.count(TimeEntry.ticket_id.distinct()).label("tickets")
        return self._all(
            select(Technician.id, Technician.name, tickets, MINUTES.label("minutes"), BILLED.label("billed"))
            .select_from(TimeEntry)
            .join(Technician, Technician.id == TimeEntry.technician_id)
            .group_by(Technician.id, Technician.name)
            .order_by(MINUTES.desc(), Technician.id)
        )

    def by_ticket(self) -> Sequence[Row[Any]]:
        """``number, subject, organisation, minutes, billed``, those of an organisation together."""
        return self._all(
            select(
                Ticket.number, Ticket.subject, Organisation.name.label("organisation"), MINUTES.label("minutes"),
                BILLED.label("billed"),
            )
            .select_from(TimeEntry)
            .join(Ticket, Ticket.id == TimeEntry.ticket_id)
            .outerjoin(Organisation, Organisation.id == TimeEntry.organisation_id)
            .group_by(Ticket.id, Ticket.number, Ticket.subject, Organisation.name)
            .order_by(Organisation.name, Ticket.id),
            joined=True,
        )  # fmt: skip

    def entries(self, organisation: int | None = None, *, everybody: bool = False) -> Sequence[Row[Any]]:
        """Each entry with its ticket, in the order of the tickets and of the days.

        :param organisation: whose; None for those of no organisation
        :param everybody: all organisations' instead
        """
        statement = (
            select(
                TimeEntry.id, TimeEntry.minutes, TimeEntry.billable, TimeEntry.reason, TimeEntry.note,
                TimeEntry.spent_on, Ticket.number, Ticket.subject, Ticket.name.label("requester"),
                Technician.name.label("technician"), Organisation.name.label("organisation"),
            )
            .select_from(TimeEntry)
            .join(Ticket, Ticket.id == TimeEntry.ticket_id)
            .join(Technician, Technician.id == TimeEntry.technician_id)
            .outerjoin(Organisation, Organisation.id == TimeEntry.organisation_id)
            .order_by(Organisation.name, Ticket.id, TimeEntry.spent_on, TimeEntry.id)
        )  # fmt: skip
        if not everybody:
            statement = statement.where(TimeEntry.organisation_id == organisation)
        return self._all(statement, joined=True)

    def _all(self, statement: Any, *, joined: bool = False) -> Sequence[Row[Any]]:
        statement = statement.where(TimeEntry.spent_on >= self.start, TimeEntry.spent_on < self.end)
        if self.visible is not None:
            if not joined:
                statement = statement.join(Ticket, Ticket.id == TimeEntry.ticket_id)
            statement = statement.where(self.visible)
        found: Sequence[Row[Any]] = self.session.execute(statement).all()
        return found


def ticket_entries(session: Session, ticket: Ticket) -> Sequence[tuple[TimeEntry, str]]:
    """The time noted on a ticket and on those merged into it, the latest first, each with whose it is."""
    return [
        (entry, name)
        for entry, name in session.execute(
            select(TimeEntry, Technician.name)
            .join(Technician, Technician.id == TimeEntry.technician_id)
            .where(TimeEntry.ticket_id.in_(family(ticket)))
            .order_by(TimeEntry.spent_on.desc(), TimeEntry.id.desc())
        )
    ]
