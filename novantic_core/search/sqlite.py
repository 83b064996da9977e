"""Indexes in SQLite: an FTS5 table each, which gives the newest of a word's documents first, and no more than needed.

Stems are kept as they come: its tokenizer only takes them apart at spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnClause, bindparam, column, exists, func, literal, select, text
from sqlalchemy import table as sql_table

from novantic_core.search.analysis import Phrase, Question, Wanted
from novantic_core.search.backend import Rows, is_placed, table, unsure


def _quoted(phrase: Phrase, mark: str) -> str:
    return f'"{" ".join(mark + stem for stem in phrase.stems)}"' + ("*" if phrase.prefix else "")


def _either(one: Wanted) -> str:
    return f"({' OR '.join(_quoted(phrase, one.mark) for phrase in one.phrases)})"


def expression(asked: Question) -> str:
    """A question in FTS5's language. There is nothing in it but stems between quotes."""
    wanted = (" OR " if asked.any_of else " AND ").join(map(_either, asked.wanted))
    excluded = [_either(one) for one in asked.excluded if not is_placed(one)]
    return f"({wanted}) NOT ({' OR '.join(excluded)})" if excluded else wanted


class SqliteSearch:
    """FTS5."""

    def exists(self, connection: Any, index: str) -> bool:
        found = text("SELECT 1 FROM sqlite_master WHERE name = :name")
        return connection.scalar(found, {"name": table(index)}) is not None

    def there(self, connection: Any) -> Sequence[str]:
        found = text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE search\\_%' ESCAPE '\\'")
        return [name.removeprefix(table("")) for name in connection.scalars(found)]

    def drop(self, connection: Any, index: str) -> None:
        connection.exec_driver_sql(f"DROP TABLE {table(index)}")

    def create(self, connection: Any, index: str) -> None:
        # how long documents are is what only bm25 asks for, which looks at all that are found
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {table(index)} USING fts5"
            "(words, tokenize = \"ascii tokenchars '@._-+:^|'\", columnsize = 0)"
        )

    def hold(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """There is one writer only."""

    def put(self, session: Any, index: str, rows: Sequence[tuple[int, str]]) -> None:
        statement = text(f"INSERT OR REPLACE INTO {table(index)} (rowid, words) VALUES (:id, :words)")  # noqa: S608
        session.connection().execute(statement, [{"id": key, "words": words} for key, words in rows])

    def remove(self, session: Any, index: str, ids: Sequence[int]) -> None:
        statement = text(f"DELETE FROM {table(index)} WHERE rowid = :id")  # noqa: S608
        session.connection().execute(statement, [{"id": key} for key in ids])

    def kept(self, session: Any, index: str, after: int, limit: int) -> Sequence[int]:
        key: ColumnClause[int] = column("rowid")
        ids = select(key).select_from(sql_table(table(index), key)).where(key > after).order_by(key).limit(limit)
        return list(session.scalars(ids))

    def clear(self, session: Any, index: str) -> None:
        # row by row, FTS5 would look for each word of each of them
        session.execute(text(f"DROP TABLE {table(index)}"))
        self.create(session.connection(), index)

    def newest(
        self, session: Any, index: str, asked: Question, *, limit: int, within: Any = None,
        below: int | None = None, words: bool = True,
    ) -> Rows:  # fmt: skip
        kept = sql_table(table(index), column("rowid"), column("words"))
        match = text(f"{table(index)} MATCH :asked").bindparams(bindparam("asked", expression(asked)))
        query = select(kept.c.rowid, kept.c.words if words else literal("")).where(
            match, *unsure(kept.c.words, asked, is_placed, func.instr)
        )
        if within is not None:
            # looked up for each that is found; "IN" would make a list of all first
            among = within.subquery()
            query = query.where(exists().where(among.c[0] == kept.c.rowid))
        if below is not None:
            query = query.where(kept.c.rowid < below)
        return Rows(session.execute(query.order_by(kept.c.rowid.desc()).limit(limit)).all())

    def those(self, session: Any, index: str, ids: Sequence[int]) -> list[tuple[int, str]]:
        kept = sql_table(table(index), column("rowid"), column("words"))
        query = select(kept.c.rowid, kept.c.words).where(kept.c.rowid.in_(ids)).order_by(kept.c.rowid.desc())
        return list(session.execute(query).all())
