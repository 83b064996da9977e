"""Looking through an index."""

from __future__ import annotations

import logging
from typing import Any

from pyramid_retry import IRetryableError
from sqlalchemy.orm import Session

from novantic_core.search.query import read_query
from novantic_core.site import Site
from novantic_core.values import SearchHits, SearchQuery

log = logging.getLogger(__name__)


def find(
    site: Site, session: Session, index: str, words: str | SearchQuery, *, within: Any = None, newest: bool = False,
    limit: int = 20, offset: int = 0,
) -> SearchHits:  # fmt: skip
    """What is found in an index, the best first; nothing, and not complete, where the engine fails.

    :param words: as they were typed, or a query
    :param within: a select of ids; what isn't among them isn't found
    :param newest: the newest first
    :raises LookupError: for an index that nobody has
    """
    if index not in site.search_indexes:
        raise LookupError(f"no search index {index!r}")
    query = read_query(words) if isinstance(words, str) else words
    engine = site.search_plugin
    if engine is not None and engine.set_aside:
        return SearchHits(complete=False)
    try:
        with session.begin_nested(), site.plugins.timed(engine, "searching"):
            found = site.search_engine.find(
                session, index, query, within=within, newest=newest, limit=limit, offset=offset
            )
            return found if isinstance(found, SearchHits) else SearchHits(found)
    except Exception as error:
        if IRetryableError.providedBy(error) or site.plugins.raise_faults:
            raise
        log.error("a search in the index %s failed", index, exc_info=error)
        if engine is not None:
            site.plugins.note_fault(engine, "searching", error)
        return SearchHits(complete=False)
