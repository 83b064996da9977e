"""Keeping what can be found in step with what it is about, in the same transaction.

What changed is noted while a transaction goes on, and indexed once at its end. An engine that fails, or a change that
touches more than can wait for, leaves it to a worker: it is noted in ``search_pending``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pyramid_retry import IRetryableError
from sqlalchemy import ColumnElement, Integer, Select, String, delete, func, literal, select
from sqlalchemy.orm import Session

from novantic_core.db import at_commit, insert_or
from novantic_core.models import SearchPending, Ticket
from novantic_core.search.fill import put
from novantic_core.search.tickets import NAME as TICKETS
from novantic_core.site import Site
from novantic_core.values import SearchIndex

log = logging.getLogger(__name__)

AT_ONCE = 300
"""Documents that one transaction indexes itself."""
BATCH = 200
"""Documents that a worker indexes in one transaction."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)

_CHANGED = "novantic.changed"


def changed(site: Site, session: Session, index: str, *ids: int) -> None:
    """Note that documents changed, came or went: they are indexed at the end of the session's transaction.

    :raises LookupError: for an index that nobody has
    """
    if index not in site.search_indexes:
        raise LookupError(f"no search index {index!r}")
    session.info.setdefault(_CHANGED, {}).setdefault(index, {}).update(dict.fromkeys(ids))
    at_commit(session, "search", lambda session: _index_changed(site, session))


def tickets_changed(site: Site, session: Session, *where: ColumnElement[bool]) -> None:
    """The same for all tickets that meet a condition, on whose rows nothing was written.

    Of many, a worker indexes them soon. Call it after the change: what is indexed meanwhile by others is in it then.
    """
    session.flush()
    # held, so that an answer that somebody gives meanwhile isn't lost to the index
    ids = session.scalars(_held(*where).limit(AT_ONCE + 1)).all()
    if len(ids) <= AT_ONCE:
        changed(site, session, TICKETS, *ids)
        return
    now = literal(datetime.now(UTC), SearchPending.since.type)
    found = select(literal(TICKETS, String), Ticket.id, now, now, literal(0, Integer)).where(*where)
    columns = ("index_name", "document_id", "since", "due_at", "tries")
    session.execute(_again(insert_or(session, SearchPending).from_select(columns, found)))


def hold_tickets(session: Session, ids: Sequence[int]) -> None:
    """Let nobody else change tickets until the transaction ends: for who changes something of theirs, and not them."""
    session.execute(_held(Ticket.id.in_(ids)))


def _held(*where: ColumnElement[bool]) -> Select[int]:
    return select(Ticket.id).where(*where).order_by(Ticket.id).with_for_update(key_share=True)


def _index_changed(site: Site, session: Session) -> None:
    session.flush()
    for index, ids in session.info.pop(_CHANGED, {}).items():
        ordered = sorted(ids)
        for some in (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)):
            if not _try(site, session, index, some):
                _leave_to_worker(session, index, some, datetime.now(UTC))


def _try(site: Site, session: Session, index: str, ids: Sequence[int], *, hold: bool = False) -> bool:
    """Index documents as they stand; False if that failed.

    :param hold: whether others may be indexing them at the same time
    """
    concerned = [one for one in (site.search_indexes[index][0], site.search_plugin) if one is not None]
    if any(one.set_aside for one in concerned):
        return False
    try:
        with session.begin_nested():
            if hold:
                site.search_engine.hold(session, index, ids)
            with site.plugins.timed(site.search_plugin, f"keeping the index {index}"):
                put(site.search_engine, _timed(site, index), session, ids)
    except Exception as error:
        if IRetryableError.providedBy(error) or site.plugins.raise_faults:
            raise
        log.error("the index %s was not kept in step, a worker tries again", index, exc_info=error)
        for one in concerned:
            site.plugins.note_fault(one, f"keeping the index {index}", error)
        return False
    for one in concerned:
        one.streaks.pop(f"keeping the index {index}", None)
    return True


def _timed(site: Site, name: str) -> SearchIndex:
    """An index whose reading is its plugin's time, not the engine's."""
    plugin, index = site.search_indexes[name]
    if plugin is None:
        return index

    def read(session: Session, ids: Sequence[int]) -> Any:
        with site.plugins.timed(plugin, f"reading for the index {name}"):
            return list(index.read(session, ids))

    return replace(index, read=read)


def _leave_to_worker(session: Session, index: str, ids: Iterable[int], now: datetime) -> None:
    rows = [{"index_name": index, "document_id": key, "since": now, "due_at": now, "tries": 0} for key in ids]
    session.execute(_again(insert_or(session, SearchPending)), rows)


def _again(statement: Any) -> Any:
    # written, and not only seen to be there: a worker that has it just now may have read what was before
    return statement.on_conflict_do_update(
        index_elements=["index_name", "document_id"], set_={"due_at": statement.excluded.due_at, "tries": 0}
    )


# ------------------------------------------------------------------------------------------------ a worker's part


def count_due(site: Site, now: datetime) -> int:
    """How many documents a worker could index now."""
    with site.database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(SearchPending).where(*_due(site, now))) or 0


def _due(site: Site, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SearchPending.due_at <= now, SearchPending.index_name.in_(site.search_indexes)


def work_off(site: Site, now: datetime) -> int:
    """Index some of what was left to a worker, in a transaction of its own: how many documents."""
    due = _due(site, now)
    with site.database.session(write=False) as session:
        # a look without a lock: an idle worker writes nothing
        if session.scalar(select(SearchPending.document_id).where(*due).limit(1)) is None:
            return 0
    with site.database.transaction() as session:
        first = select(SearchPending).where(*due).order_by(SearchPending.due_at, SearchPending.document_id.desc())
        rows = session.scalars(first.limit(BATCH).with_for_update(skip_locked=True)).all()
        for index in dict.fromkeys(row.index_name for row in rows):
            mine = [row for row in rows if row.index_name == index]
            # what failed in company may do so because of another
            alone = [[row] for row in mine if row.tries]
            for some in ([row for row in mine if not row.tries], *alone):
                _take_up(site, session, index, some, now)
        return len(rows)


def _take_up(site: Site, session: Session, index: str, rows: list[SearchPending], now: datetime) -> None:
    if not rows:
        return
    ids = sorted(row.document_id for row in rows)
    if _try(site, session, index, ids, hold=True):
        theirs = (SearchPending.index_name == index, SearchPending.document_id.in_(ids))
        session.execute(delete(SearchPending).where(*theirs))
        return
    for row in rows:
        row.tries += 1
        row.due_at = now + min(FIRST_PAUSE * 2 ** min(row.tries - 1, 10), LONGEST_PAUSE)
