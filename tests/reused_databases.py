"""PostgreSQL databases that tests use one after another: emptying one is ten times as quick as making one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy
from sqlalchemy import NullPool, text

MOST_GROWN = 8 * 1024**2
"""Bytes by which a database may have grown, to be used again: whoever filled it may have had it analysed, too."""
MOST_TESTS = 40
"""Tests that a database serves: what was deleted stays in its files for a while."""

_SHAPE = """
SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull, a.atthasdef), ','
           ORDER BY c.relname, a.attnum))
       || (SELECT count(*) FROM pg_constraint)
       || (SELECT count(*) FROM pg_db_role_setting
           WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
"""
_SEQUENCES = "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences ORDER BY 1"


@dataclass(frozen=True)
class Fresh:
    """What a database looked like when it came from its migrations."""

    shape: str
    size: int
    rows: dict[str, list[dict[str, Any]]]
    """All rows by table; empty lists too."""
    sums: dict[str, str | None]
    sequences: list[tuple[str, int, bool]]


@dataclass
class Lent:
    """A database that a test has: what it was made for, how it looked, how many had it before."""

    key: Any
    fresh: Fresh
    tests: int = 0


@dataclass
class ReusedDatabases:
    """The databases of one server and one process of tests."""

    url: sqlalchemy.URL
    _free: dict[Any, list[tuple[str, Lent]]] = field(default_factory=dict)
    _lent: dict[str, Lent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._server = sqlalchemy.create_engine(self.url, isolation_level="AUTOCOMMIT")

    def lend(self, name: str, key: Any, migrate: Callable[[], object]) -> None:
        """A database of that name as the histories of ``key`` make it.

        :param migrate: brings an empty one there, if none was made before
        """
        free = self._free.get(key)
        if free:
            kept, lent = free.pop()
            self._run(f"ALTER DATABASE {kept} RENAME TO {name}")
        else:
            self.make(name)
            migrate()
            lent = Lent(key, self._in(name, _look))
        self._lent[name] = lent

    def make(self, name: str) -> None:
        """An empty database."""
        self._run(f"CREATE DATABASE {name}")

    def take_back(self, name: str) -> None:
        """The test is over: the database is made as it was, for another one; or dropped, if it can't be."""
        lent = self._lent.pop(name, None)
        if lent is not None and lent.tests < MOST_TESTS:
            lent.tests += 1
            self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            if self._in(name, lambda connection: _reset(connection, lent.fresh)):
                kept = f"kept_{uuid.uuid4().hex}"
                self._run(f"ALTER DATABASE {name} RENAME TO {kept}")
                self._free.setdefault(lent.key, []).append((kept, lent))
                return
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """No more tests."""
        self._server.dispose()

    def _run(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.exec_driver_sql(statement)

    def _in(self, name: str, do: Callable[[sqlalchemy.Connection], Any]) -> Any:
        engine = sqlalchemy.create_engine(self.url.set(database=name), poolclass=NullPool)
        with engine.begin() as connection:
            return do(connection)


def _look(connection: sqlalchemy.Connection) -> Fresh:
    names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
    rows = {name: [row.line for row in connection.execute(text(f'SELECT to_json(t) AS line FROM "{name}" t'))]
            for name in names}  # fmt: skip
    return Fresh(
        connection.scalar(text(_SHAPE)), _size(connection), rows, _sums(connection, rows), _sequences(connection)
    )


def _size(connection: sqlalchemy.Connection) -> int:
    return int(connection.scalar(text("SELECT pg_database_size(current_database())")))


def _sums(connection: sqlalchemy.Connection, names: Any) -> dict[str, str | None]:
    one = " UNION ALL ".join(
        f"""SELECT '{name}' AS name, md5(string_agg(t::text, ',' ORDER BY t::text)) AS sum FROM "{name}" t"""
        for name in names
    )
    return {row.name: row.sum for row in connection.execute(text(one.replace("::", r"\:\:")))}


def _sequences(connection: sqlalchemy.Connection) -> list[tuple[str, int, bool]]:
    return [(row[0], row[1], row[2]) for row in connection.execute(text(_SEQUENCES))]


def _reset(connection: sqlalchemy.Connection, fresh: Fresh) -> bool:
    """Bring a database's rows and counters back; False where its tables are others now."""
    if connection.scalar(text(_SHAPE)) != fresh.shape or _size(connection) > fresh.size + MOST_GROWN:
        return False
    changed = [name for name, seen in _sums(connection, fresh.rows).items() if seen != fresh.sums[name]]
    # no foreign key is looked at meanwhile: all rows come back
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for name in changed:
        connection.execute(text(f'DELETE FROM "{name}"'))
        if fresh.rows[name]:
            connection.execute(
                text(f'INSERT INTO "{name}" SELECT * FROM json_populate_record(NULL\\:\\:"{name}", :line)').bindparams(
                    sqlalchemy.bindparam("line", type_=sqlalchemy.JSON)
                ),
                [{"line": row} for row in fresh.rows[name]],
            )
    for name, last, called in _sequences(connection):
        if (name, last, called) not in fresh.sequences:
            before = next(one for one in fresh.sequences if one[0] == name)
            connection.execute(
                text("SELECT setval(:name, :last, :called)"), {"name": name, "last": before[1], "called": before[2]}
            )
    return True
