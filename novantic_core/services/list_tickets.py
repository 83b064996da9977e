"""Pages of the queue: fifty tickets after, or before, the one where another page ended.

A page says where it begins by the values that tickets are sorted by, never by a count of those to leave out: the
thousandth page costs what the first does, and a ticket that comes meanwhile shifts nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, String, case, func, select, tuple_
from sqlalchemy import literal as value_of
from sqlalchemy.orm import Session

from novantic_core.models import Organisation, Technician, Ticket, UTCDateTime
from novantic_core.models.ticket import STATUSES
from novantic_core.services.filter_tickets import TicketFilter, conditions, is_alarm, rows_at_most
from novantic_core.services.find_missed import is_out_of_reach
from novantic_core.site import Site

PAGE = 50
MOST_ALARMS = 50
"""Of more critical tickets than that, the newest ones stand in their place of the list, marked."""
_INT_END = 2**31

_COLUMNS = (
    Ticket.id, Ticket.number, Ticket.subject, Ticket.status, Ticket.category_key, Ticket.priority, Ticket.critical,
    Ticket.call_back, Ticket.acknowledged_at, Ticket.team, Ticket.name, Ticket.email, Ticket.phone, Ticket.company,
    Ticket.created_at, Ticket.updated_at, Ticket.last_author, Ticket.last_kind, Ticket.last_word_at,
    Ticket.merged_into_id, Ticket.organisation_id, Ticket.brand, Organisation.name.label("organisation"),
    Technician.name.label("assignee"),
)  # fmt: skip
_MISSED = is_out_of_reach().label("missed")


@dataclass(frozen=True)
class TicketPage:
    """A page: its rows, and where the pages beside it begin, None where there is none."""

    rows: Sequence[Row[Any]]
    before: str | None = None
    after: str | None = None


def list_tickets(
    site: Site, session: Session, technician: Technician, chosen: TicketFilter, *, after: str = "", before: str = "",
    categories: Sequence[str] = (),
) -> TicketPage:  # fmt: skip
    """A page of what a filter shows to a technician, in one statement.

    :param after: where the page begins, as another page said; anything else is the first page
    :param before: where it ends, as another page said
    :param categories: the categories' keys in the order in which they are sorted
    """
    keys, joins = _sorting(chosen.sort.removeprefix("-"), categories)
    backwards = not after and bool(before)
    edge = _read_edge(before if backwards else after, keys)
    backwards = backwards and edge is not None
    falling = chosen.sort.startswith("-") != backwards
    inner = select(Ticket.id, *[key.label(f"key{place}") for place, key in enumerate(keys)])
    for target, condition in joins:
        inner = inner.outerjoin(target, condition)
    inner = inner.where(*conditions(site, technician, chosen))
    if edge is not None:
        there = tuple_(*[value_of(value, key.type) for value, key in zip(edge, keys, strict=True)])
        inner = inner.where(tuple_(*keys) < there if falling else tuple_(*keys) > there)
    # which ones first, then all that is shown of them: what sorts needs no more than the index holds
    inner = _ordered(inner, keys, falling=falling).limit(rows_at_most(PAGE + 1))
    page = inner.subquery("page")
    places = [page.c[f"key{place}"] for place in range(len(keys))]
    found = list(session.execute(_ordered(_whole(page), places, falling=falling)))
    more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        if not more:
            # there is no page before: it is the first one, and a whole one
            return list_tickets(site, session, technician, chosen, categories=categories)
        found.reverse()
    return TicketPage(
        rows=found,
        before=_edge(found[0], len(keys)) if found and (edge is not None) else None,
        after=_edge(found[-1], len(keys)) if found and (more or backwards) else None,
    )


def list_alarms(site: Site, session: Session, technician: Technician, chosen: TicketFilter) -> Sequence[Row[Any]]:
    """The critical tickets of a filter of which nobody has taken note, the oldest first."""
    inner = select(Ticket.id, Ticket.created_at.label("key0")).where(
        *conditions(site, technician, chosen), is_alarm()
    )  # fmt: skip
    page = inner.order_by(Ticket.created_at, Ticket.id).limit(rows_at_most(MOST_ALARMS)).subquery("page")
    return list(session.execute(_whole(page).order_by(page.c.key0, page.c.id)))


def list_chosen(session: Session, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The tickets of those ids, in that order."""
    if not ids:
        return []
    page = select(Ticket.id).where(Ticket.id.in_(ids)).subquery("page")
    found = {row.id: row for row in session.execute(_whole(page))}
    return [found[key] for key in ids if key in found]


def _whole(page: Any) -> Select[Any]:
    """All that is shown of the tickets of a page."""
    columns: list[Any] = [*_COLUMNS, _MISSED, *[column for column in page.c if column.key != "id"]]
    return (
        select(*columns)
        .join(page, page.c.id == Ticket.id)
        .outerjoin(Organisation, Organisation.id == Ticket.organisation_id)
        .outerjoin(Technician, Technician.id == Ticket.assignee_id)
    )


def _ordered(statement: Select[Any], keys: Sequence[ColumnElement[Any]], *, falling: bool) -> Select[Any]:
    return statement.order_by(*[key.desc() if falling else key.asc() for key in keys])


def _sorting(sort: str, categories: Sequence[str]) -> tuple[list[ColumnElement[Any]], list[tuple[Any, Any]]]:
    """What is sorted by, the ticket's id last so that no two are equal; and the tables that this needs."""
    status = case({status: place for place, status in enumerate(STATUSES)}, value=Ticket.status, else_=len(STATUSES))
    places = {key: place for place, key in enumerate(categories)}
    category: Any = case(places, value=Ticket.category_key, else_=-1) if places else value_of(0)
    organisation = (Organisation, Organisation.id == Ticket.organisation_id)
    assignee = (Technician, Technician.id == Ticket.assignee_id)
    client = _lower(func.coalesce(Organisation.name, Ticket.company))
    sorts: dict[str, tuple[list[Any], list[Any]]] = {
        "subject": ([_lower(Ticket.subject)], []),
        "client": ([client, _lower(Ticket.name)], [organisation]),
        # what few values sort goes on by the latest change
        "category": ([category, Ticket.updated_at], []),
        "priority": ([Ticket.priority_rank, Ticket.updated_at], []),
        "created": ([Ticket.created_at], []),
        "assignee": ([_lower(func.coalesce(Technician.name, "")), Ticket.updated_at], [assignee]),
        "updated": ([Ticket.updated_at], []),
        "status": ([status, Ticket.updated_at], []),
    }
    keys, joins = sorts[sort]
    return [*keys, Ticket.id], joins


def _lower(text: Any) -> ColumnElement[str]:
    # with its type, which tells what may stand in an address for it
    return func.lower(text, type_=String)


# ---------------------------------------------------------------- where a page begins


def _edge(row: Row[Any], count: int) -> str:
    """A row's place in the order, for an address."""
    values = [row._mapping[f"key{place}"] for place in range(count)]
    written = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(written, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_edge(typed: str, keys: Sequence[ColumnElement[Any]]) -> list[Any] | None:
    """What :func:`_edge` wrote; None for anything else, and for what another order wrote."""
    try:
        values = json.loads(base64.urlsafe_b64decode(typed + "=" * (-len(typed) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            return None
        return [_read_value(value, key) for value, key in zip(values, keys, strict=True)]
    except (binascii.Error, ValueError, OverflowError, RecursionError):
        return None


def _read_value(value: Any, key: ColumnElement[Any]) -> Any:
    """A value of such a column.

    :raises ValueError: if it is none
    """
    kind = key.type
    if isinstance(kind, UTCDateTime) and isinstance(value, str):
        read = datetime.fromisoformat(value)
        if read.tzinfo is not None:
            # the first hour of the year 1 is none at all elsewhere
            return read.astimezone(UTC)
    elif isinstance(kind, Integer) and isinstance(value, int) and -_INT_END <= value < _INT_END:
        return int(value)
    elif isinstance(kind, String) and isinstance(value, str) and "\0" not in value:
        return value.encode("utf-8").decode()
    raise ValueError(value)
