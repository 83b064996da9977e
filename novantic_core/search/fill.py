"""Giving an engine the documents of an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from novantic_core.values import SearchEngine, SearchIndex


def put(engine: SearchEngine, index: SearchIndex, session: Any, ids: Sequence[int]) -> None:
    """Keep documents as they stand, and forget those that are gone."""
    documents = list(index.read(session, ids))
    if documents:
        engine.put(session, index.name, documents)
    gone = set(ids) - {document.id for document in documents}
    if gone:
        engine.remove(session, index.name, sorted(gone))
