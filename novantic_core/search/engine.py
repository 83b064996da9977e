"""The core's engine: indexes in the site's own database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from novantic_core.search.analysis import Question, ask, kept_words
from novantic_core.search.backend import Dialect
from novantic_core.search.postgresql import PostgresqlSearch
from novantic_core.search.scoring import Scorer
from novantic_core.search.sqlite import SqliteSearch
from novantic_core.values import SearchBackend, SearchDocument, SearchHit, SearchHits, SearchQuery

JUDGED = 200
"""Documents of which the best come first: the newest of those that are found. Older ones follow, the newest first."""
TITLES = 50
"""So many more are judged that have all the words in their title."""
FEW = 300
"""Ids within which a search compares the documents themselves, rather than ask an index for all that it has."""

_DIALECTS: Mapping[str, Dialect] = {"sqlite": SqliteSearch(), "postgresql": PostgresqlSearch()}


class DatabaseSearch:
    """FTS5 in SQLite, ``tsvector`` in PostgreSQL; what is found, and in which order, is the same."""

    def __init__(self, _settings: Mapping[str, Any]) -> None:
        """There is nothing to set."""

    def prepare(self, connection: Any, indexes: Sequence[str]) -> list[str]:
        """Make the tables of indexes that have none; their names."""
        made = self.missing(connection, indexes)
        for index in made:
            _DIALECTS[connection.dialect.name].create(connection, index)
        return made

    def missing(self, connection: Any, indexes: Sequence[str]) -> list[str]:
        """Indexes without a table."""
        dialect = _DIALECTS[connection.dialect.name]
        return [index for index in indexes if not dialect.exists(connection, index)]

    @staticmethod
    def there(connection: Any) -> Sequence[str]:
        """Names of the indexes that the database has, those of plugins that are gone too."""
        return _DIALECTS[connection.dialect.name].there(connection)

    @staticmethod
    def drop(connection: Any, index: str) -> None:
        """Take an index away for good."""
        _DIALECTS[connection.dialect.name].drop(connection, index)

    def put(self, session: Any, index: str, documents: Sequence[SearchDocument]) -> None:
        """Keep documents."""
        if documents:
            self._of(session).put(session, index, [(one.id, kept_words(one)) for one in documents])

    def hold(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """Let nobody else keep these documents until the transaction ends."""
        self._of(session).hold(session, index, ids)

    def remove(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """Forget documents."""
        self._of(session).remove(session, index, ids)

    def clear(self, session: Any, index: str) -> None:
        """Forget all."""
        self._of(session).clear(session, index)

    def kept(self, session: Any, index: str, after: int, limit: int) -> Sequence[int]:
        """Ids of the documents that are kept."""
        return self._of(session).kept(session, index, after, limit)

    def find(
        self, session: Any, index: str, query: SearchQuery, *, within: Any = None, newest: bool = False,
        limit: int = 20, offset: int = 0,
    ) -> Sequence[SearchHit]:  # fmt: skip
        """Documents that have all that is asked for."""
        asked = ask(query)
        if asked is None or limit <= 0:
            return []
        few = None if within is None else self._few(session, within)
        if few is not None:
            rows = [row for row in self._of(session).those(session, index, few) if Scorer(asked).matches(row[1])]
            hits = [SearchHit(key, 0.0) for key, _words in rows] if newest else Scorer(asked).rank(rows)
            return hits[offset : offset + limit]
        if newest:
            rows = self._of(session).newest(session, index, asked, within=within, limit=offset + limit, words=False)
            return SearchHits((SearchHit(key, 0.0) for key, _words in rows[offset:]), complete=rows.complete)
        return self._best(session, index, asked, within, limit, offset)

    def _best(self, session: Any, index: str, asked: Question, within: Any, limit: int, offset: int) -> SearchHits:
        dialect = self._of(session)
        newest = dialect.newest(session, index, asked, within=within, limit=JUDGED)
        rows = dict(newest)
        if len(rows) < JUDGED:
            return SearchHits(Scorer(asked).rank(rows.items())[offset : offset + limit], complete=newest.complete)
        floor = min(rows)
        for other in asked.narrower():
            rows.update(dialect.newest(session, index, other, within=within, below=floor, limit=TITLES))
        hits, complete = Scorer(asked).rank(rows.items()), True
        if offset + limit > len(hits):
            # those judged already are among the older ones
            more = dialect.newest(session, index, asked, within=within, below=floor, limit=offset + limit, words=False)
            hits += [SearchHit(key, 0.0) for key, _words in more if key not in rows]
            complete = more.complete
        return SearchHits(hits[offset : offset + limit], complete=complete)

    def _few(self, session: Any, within: Any) -> list[int] | None:
        ids = list(session.scalars(within.limit(FEW + 1)))
        return None if len(ids) > FEW else ids

    def _of(self, session: Any) -> Dialect:
        return _DIALECTS[session.get_bind().dialect.name]


DATABASE = SearchBackend("database", DatabaseSearch)
"""The engine that is there without any plugin."""
