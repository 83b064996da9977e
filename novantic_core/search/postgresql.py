"""Indexes in PostgreSQL: a table each, with a GIN index of its stems as a ``tsvector``.

A GIN index gives all that is found, in no order. So that the newest of a frequent word needn't be picked out of half of
everything, each document has its span of ids as one more lexeme, and the spans are gone through from the newest on,
as far as is needed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnClause, and_, bindparam, column, func, literal, select, text
from sqlalchemy import table as sql_table

from novantic_core.search.analysis import Phrase, Question, Wanted
from novantic_core.search.backend import Rows, is_placed, table, unsure

SPAN = 4096
"""Ids that share a lexeme."""
FIRST_SPANS, MOST_SPANS = 2, 32
"""At a time: more lexemes would take longer than what they save. And where documents are looked at besides, PostgreSQL
would note the pages that they are on rather than them, and make the lexemes of all that is there."""
FEW_SPANS = 8
"""Where there are no more than these, all is looked through at once."""
FEW_HITS = 20_000
"""And where likely no more than so many are found."""
PATIENCE = 1.5
"""Seconds after which no more spans are looked through."""
SPAN_SIGN = "~"

# what the index is of: it must be said in the very same words when it is asked
_LEXEMES = "array_to_tsvector(string_to_array(words, ' '))"


def _lexeme(stem: str, *, prefix: bool = False) -> str:
    safe = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{safe}'" + (":*" if prefix else "")


def _all_of(phrase: Phrase, mark: str) -> str:
    last = len(phrase.stems) - 1
    words = (_lexeme(mark + stem, prefix=phrase.prefix and place == last) for place, stem in enumerate(phrase.stems))
    return f"({' & '.join(words)})"


def _either(one: Wanted) -> str:
    return f"({' | '.join(_all_of(phrase, one.mark) for phrase in one.phrases)})"


def _is_undecided(one: Wanted) -> bool:
    """The index knows nothing of the order of words."""
    return is_placed(one) or any(len(phrase.stems) > 1 for phrase in one.phrases)


def expression(asked: Question) -> str:
    """A question as a ``tsquery``, without the order of words in phrases. There is nothing in it but quoted stems."""
    wanted = (" | " if asked.any_of else " & ").join(map(_either, asked.wanted))
    excluded = [_either(one) for one in asked.excluded if not _is_undecided(one)]
    return " & ".join([f"({wanted})", *(f"!{one}" for one in excluded)])


class PostgresqlSearch:
    """GIN."""

    def exists(self, connection: Any, index: str) -> bool:
        return connection.scalar(select(func.to_regclass(table(index)))) is not None

    def there(self, connection: Any) -> Sequence[str]:
        # the index by which create() can be known: other tables have names like these, too
        found = text(
            "SELECT tablename FROM pg_indexes WHERE schemaname = ANY(current_schemas(false))"
            " AND starts_with(tablename, 'search_') AND indexname = 'ix_' || tablename AND indexdef LIKE '%USING gin%'"
        )
        return [name.removeprefix(table("")) for name in connection.scalars(found)]

    def drop(self, connection: Any, index: str) -> None:
        connection.exec_driver_sql(f"DROP TABLE {table(index)}")

    def create(self, connection: Any, index: str) -> None:
        name = table(index)
        connection.exec_driver_sql(f"CREATE TABLE {name} (id integer CONSTRAINT pk_{name} PRIMARY KEY, words text)")
        connection.exec_driver_sql(f"CREATE INDEX ix_{name} ON {name} USING gin ({_LEXEMES})")
        # what ANALYZE would learn of the lexemes takes it long, and lets the planner think of reading everything
        connection.exec_driver_sql(f"ALTER INDEX ix_{name} ALTER COLUMN 1 SET STATISTICS 0")

    def put(self, session: Any, index: str, rows: Sequence[tuple[int, str]]) -> None:
        statement = text(
            f"INSERT INTO {table(index)} (id, words) VALUES (:id, :words) "  # noqa: S608
            "ON CONFLICT (id) DO UPDATE SET words = excluded.words"
        )
        session.connection().execute(
            statement, [{"id": key, "words": f"{words} {SPAN_SIGN}{key // SPAN}"} for key, words in rows]
        )

    def hold(self, session: Any, index: str, ids: Sequence[int]) -> None:
        # also what isn't there yet: somebody else may just be putting it
        statement = text(
            f"INSERT INTO {table(index)} (id, words) VALUES (:id, '') "  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET words = {table(index)}.words"
        )
        session.connection().execute(statement, [{"id": key} for key in sorted(ids)])

    def remove(self, session: Any, index: str, ids: Sequence[int]) -> None:
        session.execute(text(f"DELETE FROM {table(index)} WHERE id = ANY(:ids)"), {"ids": list(ids)})  # noqa: S608

    def kept(self, session: Any, index: str, after: int, limit: int) -> Sequence[int]:
        key: ColumnClause[int] = column("id")
        ids = select(key).select_from(sql_table(table(index), key)).where(key > after).order_by(key).limit(limit)
        return list(session.scalars(ids))

    def clear(self, session: Any, index: str) -> None:
        session.execute(text(f"TRUNCATE {table(index)}"))

    def newest(
        self, session: Any, index: str, asked: Question, *, limit: int, within: Any = None,
        below: int | None = None, words: bool = True,
    ) -> Rows:  # fmt: skip
        kept = sql_table(table(index), column("id"), column("words"))
        top = below
        if top is None:
            top = (session.scalar(select(func.max(kept.c.id))) or 0) + 1
        conditions = list(unsure(kept.c.words, asked, _is_undecided, func.strpos))
        if within is not None:
            conditions.append(kept.c.id.in_(within))
        wanted = expression(asked)
        found, started = Rows(), time.monotonic()
        span, width, done = (top - 1) // SPAN, FIRST_SPANS, 0
        while True:
            if span < FEW_SPANS:
                width = span + 1
            spans = "" if width > span else " | ".join(_lexeme(f"{SPAN_SIGN}{span - one}") for one in range(width))
            match = text(f"{_LEXEMES} @@ CAST(:asked AS tsquery)").bindparams(
                bindparam("asked", f"({wanted}) & ({spans})" if spans else wanted)
            )
            # the fence: asked for the newest of them, the planner would try one document after the other instead
            hits = (
                select(kept.c.id)
                .where(and_(match, kept.c.id < min(top, (span + 1) * SPAN), *conditions))
                .offset(0)
                .subquery()
            )
            query = select(hits.c.id, literal("")).order_by(hits.c.id.desc()).limit(limit - len(found))
            if words:
                # fetched for those few only
                newest = query.subquery()
                query = (
                    select(kept.c.id, kept.c.words)
                    .join_from(newest, kept, kept.c.id == newest.c.id)
                    .order_by(newest.c.id.desc())
                )
            found += session.execute(query).all()
            done += width
            span -= width
            if len(found) >= limit or span < 0:
                return found
            if time.monotonic() - started > PATIENCE:
                # two words that half of all documents have and hardly any has side by side: each is looked at
                found.complete = False
                return found
            width = _next_width(len(found), limit, done, span, checked=bool(conditions))

    def those(self, session: Any, index: str, ids: Sequence[int]) -> list[tuple[int, str]]:
        kept = sql_table(table(index), column("id"), column("words"))
        query = select(kept.c.id, kept.c.words).where(kept.c.id.in_(ids)).order_by(kept.c.id.desc())
        return list(session.execute(query).all())


def _next_width(found: int, limit: int, done: int, left: int, *, checked: bool) -> int:
    """How many spans to look through next: as many as likely have what is lacking, or all of what is left."""
    wanted = max(2 * (limit - found) * done // found, done) if found > done else left + 1
    if wanted <= MOST_SPANS:
        return min(wanted, left + 1)
    few = found * (left + done) // done <= FEW_HITS
    return left + 1 if few and not checked else min(MOST_SPANS, left + 1)
