"""How many tickets stand behind each filter of the menu, in one statement that stays cheap whatever there is.

Nobody acts differently on 600 than on 4,000 tickets: each count ends at :data:`MOST`, and is shown as "499+" then.
What is counted is what somebody still works on, over the partial index of live tickets (ADR 13): all columns that
filters ask for are in it, and a million closed ones are no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_core.models import Event, Technician, Ticket
from novantic_core.services.filter_tickets import TicketFilter, conditions, rows_at_most
from novantic_core.site import Site

MOST = 500
"""PostgreSQL looks at the row of each ticket that changed since its last VACUUM, as most of the live ones have: a count
costs what it counts."""


@dataclass(frozen=True)
class Counts:
    """The counts by their filters' names, :data:`MOST` for that many or more, and the latest event's id."""

    found: Mapping[str, int]
    latest_event: int


def is_counted(chosen: TicketFilter) -> bool:
    """Whether a filter has a count: not what is closed, which is no work, nor what is looked for by words.

    Nor what didn't arrive: that isn't known inside an index, and would cost as much as there are live tickets.
    """
    return chosen.is_live and not chosen.q and not chosen.missed


def count_tickets(
    site: Site, session: Session, technician: Technician, filters: Mapping[str, TicketFilter]
) -> Counts:  # fmt: skip
    """Count all of them, in one statement."""
    counted = {name: chosen for name, chosen in filters.items() if is_counted(chosen)}
    columns = []
    for place, chosen in enumerate(counted.values()):
        few = (
            select(Ticket.id).select_from(Ticket).where(*conditions(site, technician, chosen)).limit(rows_at_most(MOST))
        )
        columns.append(select(func.count()).select_from(few.subquery()).scalar_subquery().label(f"count{place}"))
    latest = select(func.max(Event.id)).scalar_subquery()
    row = session.execute(select(func.coalesce(latest, 0), *columns)).one()
    return Counts(dict(zip(counted, row[1:], strict=True)), row[0])
