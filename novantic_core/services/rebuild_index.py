"""Indexing everything anew, while the site runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from novantic_core.search.fill import put
from novantic_core.site import Site

BATCH = 500
"""Documents in one transaction."""
PAUSE = 0.05
"""Seconds between two of them where there is one writer only: those who wait for their turn get it."""
COUNTED = 10_000


def count_documents(site: Site, name: str) -> int:
    """How many documents an index should have."""
    index, after, number = site.search_indexes[name][1], 0, 0
    with site.database.session(write=False) as session:
        while ids := index.ids(session, after, COUNTED):
            number, after = number + len(ids), max(ids)
    return number


def rebuild_index(site: Site, name: str, progress: Callable[[int], None], *, anew: bool = False) -> None:
    """Index all documents anew, and forget what is kept of those that are gone.

    Each stays as it was until its turn comes, so that a search finds no less meanwhile. What others change at the same
    time isn't undone: a batch is held before it is read.

    :param progress: told how many more are done
    :param anew: forget everything first, for an index that is damaged: until all is done, what isn't is not found
    """
    engine, index = site.search_engine, site.search_indexes[name][1]
    with site.database.transaction() as session:
        engine.prepare(session.connection(), [name])
        if anew:
            engine.clear(session, name)
    after = 0
    while True:
        with site.database.transaction() as session:
            there, ids = _next(site, session, name, after)
            if not ids:
                return
            engine.hold(session, name, ids)
            put(engine, index, session, ids)
        progress(there)
        after = ids[-1]
        if site.database.is_sqlite:
            time.sleep(PAUSE)


def _next(site: Site, session: Any, name: str, after: int) -> tuple[int, list[int]]:
    """The next ids, in order, that are either documents or kept; and how many of them are documents."""
    there: Sequence[int] = site.search_indexes[name][1].ids(session, after, BATCH)
    kept: Sequence[int] = site.search_engine.kept(session, name, after, BATCH)
    # of the one that goes on, what comes after its last isn't known yet
    ends = [ids[-1] for ids in (there, kept) if len(ids) == BATCH]
    known = [key for key in {*there, *kept} if not ends or key <= min(ends)]
    return len({*known} & {*there}), sorted(known)
