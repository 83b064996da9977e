"""An index that tests fill themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from novantic_core.desk import Desk
from novantic_core.values import SearchDocument, SearchText


@pytest.fixture
def index(novantic_app: Any) -> Callable[..., None]:
    """Keep documents by their id: ``index({1: "a text", 2: {"A": "a title", "C": "a text"}})``."""

    def keep(documents: dict[int, Any]) -> None:
        made = []
        for key, texts in documents.items():
            weights = {"C": texts} if isinstance(texts, str) else texts
            made.append(SearchDocument(key, [SearchText(text, weight) for weight, text in weights.items()]))
        with novantic_app.transaction() as session:
            novantic_app.site.search_engine.put(session, "ticket", made)

    return keep


@pytest.fixture
def found(novantic_app: Any) -> Callable[..., list[int]]:
    """Ids of what is found: ``found("toner -canon", newest=True)``."""

    def find(words: Any, **options: Any) -> list[int]:
        with novantic_app.site.database.session(write=False) as session:
            return [hit.id for hit in Desk(novantic_app.site, session).find("ticket", words, **options)]

    return find
