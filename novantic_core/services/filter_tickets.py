"""Which tickets of the queue are meant: the filters of its address as a value, and that value as conditions.

The names are those of the address (``status``, ``category``, …) and those of a saved view. Whatever is typed there, no
reading of it fails: what means nothing is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Integer, and_, literal_column

from novantic_core.models import Technician, Ticket
from novantic_core.models.ticket import CLOSED, OPEN, STATUSES, WAITING
from novantic_core.services.find_missed import among_the_missed, is_out_of_reach
from novantic_core.services.visibility import visible_tickets
from novantic_core.site import Site
from novantic_core.values import MAIN

LIVE, ALL = "", "all"
"""Statuses of a filter besides the tickets' own: everything not closed, and everything."""
ME, NOBODY = "me", "none"
SORTS = ("subject", "client", "category", "priority", "created", "assignee", "updated", "status")
DEFAULT_SORT = "-updated"
NEWEST = "-created"
"""Of what words find, the newest first; in any other order the best comes first."""
NAMES = (
    "q",
    "status",
    "category",
    "priority",
    "team",
    "assignee",
    "organisation",
    "brand",
    "critical",
    "missed",
    "sort",
)

# words in the statement itself, not parameters: a partial index is only used for a condition that can be seen in it
_CLOSED: ColumnElement[str] = literal_column(f"'{CLOSED}'")
_MAIN: ColumnElement[str] = literal_column(f"'{MAIN}'")
_AT_WORK: list[ColumnElement[str]] = [literal_column(f"'{OPEN}'"), literal_column(f"'{WAITING}'")]


@dataclass(frozen=True)
class TicketFilter:
    """What the queue shows, and in which order. An empty one is everything that isn't closed, latest change first."""

    q: str = ""
    status: str = LIVE
    category: str = ""
    priority: str = ""
    team: str = ""
    assignee: str = ""
    """``me``, ``none``, or a technician's id."""
    organisation: int | None = None
    brand: str = ""
    critical: bool = False
    missed: bool = False
    """Only those of which somebody outside has not got the last mail."""
    sort: str = DEFAULT_SORT

    @property
    def query(self) -> dict[str, str]:
        """The filter as the query of an address, without what is as usual."""
        values = {name: getattr(self, name) for name in NAMES}
        values["critical"] = "1" if self.critical else ""
        values["missed"] = "1" if self.missed else ""
        values["sort"] = "" if self.sort == DEFAULT_SORT else self.sort
        return {name: str(value) for name, value in values.items() if value}

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of the tickets that are meant. Who searches by words looks among the closed ones too."""
        if self.status in STATUSES:
            return (self.status,)
        return STATUSES if self.status == ALL or self.q else (OPEN, WAITING)

    @property
    def is_live(self) -> bool:
        """Whether only tickets that somebody still works on are meant."""
        return CLOSED not in self.statuses

    def without(self, name: str) -> TicketFilter:
        """The same but for one filter."""
        return replace(self, **{name: getattr(_NOTHING, name)})

    def same_tickets(self, other: TicketFilter) -> bool:
        """Whether both mean the same tickets, in whichever order."""
        return self.without("sort") == other.without("sort")


_NOTHING = TicketFilter()
_YES = {"1", "true", "yes", "on"}


def read_filter(values: Mapping[str, str]) -> TicketFilter:
    """The filter that an address says."""
    given = {name: _text(values.get(name, "")) for name in NAMES}
    sort = given["sort"] if given["sort"].removeprefix("-") in SORTS else DEFAULT_SORT
    assignee = given["assignee"]
    return TicketFilter(
        q=given["q"],
        status=given["status"] if given["status"] in (*STATUSES, ALL) else LIVE,
        category=given["category"], priority=given["priority"], team=given["team"],
        assignee=assignee if assignee in (ME, NOBODY) else str(_key(assignee) or ""),
        organisation=_key(given["organisation"]), brand=given["brand"],
        critical=given["critical"].lower() in _YES, missed=given["missed"].lower() in _YES,
        sort=sort,
    )  # fmt: skip


def _text(value: str) -> str:
    """One line of a bearable length. PostgreSQL takes no NUL, and no half of a surrogate pair can be sent at all."""
    printable = "".join(c if c.isprintable() else " " for c in value[:400])
    return " ".join(printable.encode("utf-8", "ignore").decode().split())[:200]


def _key(typed: str) -> int | None:
    """A row's key, as far as both engines hold one."""
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def conditions(site: Site, technician: Technician, chosen: TicketFilter) -> list[ColumnElement[bool]]:
    """What a ticket must be to stand in this technician's queue with this filter, whatever its words are.

    Words are the business of :mod:`novantic_core.services.search_tickets`.
    """
    found: list[ColumnElement[bool]] = []
    by_key: list[ColumnElement[bool]] = []
    if chosen.assignee == NOBODY:
        by_key.append(Ticket.assignee_id.is_(None))
    elif chosen.assignee:
        by_key.append(Ticket.assignee_id == (technician.id if chosen.assignee == ME else int(chosen.assignee)))
    if chosen.organisation is not None:
        by_key.append(Ticket.organisation_id == chosen.organisation)
    if chosen.category:
        by_key.append(Ticket.category_key == chosen.category)
    if chosen.brand:
        by_key.extend(of_brand(chosen.brand))
    found.extend(_of_status(chosen, by_key=bool(by_key)))
    found.extend(by_key)
    if chosen.priority:
        found.append(Ticket.priority == chosen.priority)
    if chosen.team:
        found.append(Ticket.team == chosen.team)
    if chosen.critical:
        found.append(Ticket.critical.expression)
    if chosen.missed:
        found.append(is_out_of_reach() if chosen.is_live else among_the_missed())
    seen = visible_tickets(site, technician)
    return found if seen is None else [*found, seen]


def of_brand(key: str) -> list[ColumnElement[bool]]:
    """The tickets whose clients know the desk by that brand's name."""
    one = Ticket.brand == key
    # the index has the others' tickets only: most sites have the main brand and no other
    return [one] if key == MAIN else [Ticket.brand != _MAIN, one]


def _of_status(chosen: TicketFilter, *, by_key: bool) -> list[ColumnElement[bool]]:
    if not chosen.is_live:
        return [] if len(chosen.statuses) > 1 else [Ticket.status == _CLOSED]
    found: list[ColumnElement[bool]] = [Ticket.status != _CLOSED]
    if len(chosen.statuses) == 1:
        found.append(Ticket.status == literal_column(f"'{chosen.status}'"))
    elif by_key:
        # the same said twice: this is what leads through an index that goes on with the status
        found.append(Ticket.status.in_(_AT_WORK))
    return found


def rows_at_most(count: int) -> ColumnElement[int]:
    """A LIMIT as words of the statement.

    PostgreSQL keeps a plan for the next time only if it needn't guess how few rows are wanted; else it plans anew at
    each request, which takes longer than the rows themselves.
    """
    return literal_column(str(count), Integer)


def is_alarm() -> ColumnElement[bool]:
    """A critical ticket of which nobody has taken note yet."""
    return and_(Ticket.critical, Ticket.status != _CLOSED, Ticket.acknowledged_at.is_(None))
