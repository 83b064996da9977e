"""The database: engines, and sessions that follow the request's transaction.

SQLite is set up so that what was committed survives a power cut (WAL, synchronous FULL) and so that two writers never
meet a lock they can't wait for: a transaction that will write begins IMMEDIATE, one that only reads doesn't. Hence two
engines over one pool: a session is made for reading or for writing.
"""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pyramid.request import Request
from pyramid_retry import mark_error_retryable
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker
from zope.sqlalchemy.datamanager import STATUS_CHANGED, ZopeStatus, join_transaction

from novantic_core import recorder
from novantic_core.connections import PostgreSQLConnection, SQLiteConnection
from novantic_core.savepoint import OPENING, GuardedSession, refuse_endings
from novantic_core.settings import SettingsError
from novantic_core.watch import Watch

BUSY_SECONDS = 15


class Database:
    """The engine of one site, and its sessions.

    :param watch: who is told which connections an attempt has, to take them away when it is given up
    """

    def __init__(self, url: str, watch: Watch | None = None) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise SettingsError("sqlalchemy.url: it takes a database URL, as sqlite:///var/novantic.db") from None
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        backend = parsed.get_backend_name()
        if backend not in {"sqlite", "postgresql"}:
            raise SettingsError(f"sqlalchemy.url: {backend} is not supported; it takes sqlite or postgresql")
        if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
            # each connection would have a database of its own
            raise SettingsError("sqlalchemy.url: it takes the file of the database, as sqlite:///var/novantic.db")
        self.url = parsed
        options: dict[str, Any] = (
            {"connect_args": {"timeout": BUSY_SECONDS, "factory": SQLiteConnection}} if backend == "sqlite" else {}
        )
        try:
            self.engine: Engine = create_engine(
                # what a statement carries is what people wrote: an error in a log must not repeat it
                parsed,
                pool_size=10,
                max_overflow=20,
                hide_parameters=True,
                **options,
            )
        except Exception as error:
            raise SettingsError(f"sqlalchemy.url: {error}") from error
        self.watch = watch or Watch()
        if backend == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", self._begin_sqlite)
        else:
            event.listen(self.engine, "do_connect", _connect_postgresql)
        event.listen(self.engine, "checkout", self._note_connection)
        event.listen(self.engine, "checkin", _forget_connection)
        event.listen(self.engine, "handle_error", _mark_retryable)
        _engines.add(self.engine)
        writing = self.engine.execution_options(novantic_write=True)
        self._reading = sessionmaker(self.engine, class_=GuardedSession, expire_on_commit=False)
        self._writing = sessionmaker(writing, class_=GuardedSession, expire_on_commit=False)
        for maker in (self._reading, self._writing):
            event.listen(maker, "before_commit", _leave_it_to_the_manager)
            event.listen(maker, "before_commit", _run_at_commit)
            event.listen(maker, "do_orm_execute", refuse_endings)
            recorder.count_rows(maker)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    def _begin_sqlite(self, connection: Any) -> None:
        if not connection.get_execution_options().get("novantic_write"):
            connection.exec_driver_sql("BEGIN")
            return
        with self.watch.nobodys_time:  # another writer's
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _note_connection(self, _dbapi_connection: Any, record: Any, connection: Any) -> None:
        attempt = self.watch.attempt
        if attempt is not None:
            attempt.take(connection)
            record.info[_ATTEMPT] = attempt

    def session(self, *, write: bool) -> Session:
        """A session that nothing commits by itself."""
        return self._writing() if write else self._reading()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session of its own, committed at the end: for commands, workers and jobs."""
        with self._writing() as session, session.begin():
            yield session

    @contextmanager
    def dropping(self) -> Iterator[Session]:
        """The same, for dropping tables: SQLite looks at no foreign keys meanwhile, whatever order they go in.

        Else it would empty each table first, row by row, and refuse those that refer to one another.
        """
        with self.engine.execution_options(novantic_write=True).connect() as connection:
            if self.is_sqlite:
                # it can't be said within a transaction, which begins later; the connection goes back to no pool
                connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
                connection.detach()
            with self._writing(bind=connection) as session, session.begin():
                yield session


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _forget_the_parents_connections() -> None:
    """After a fork (gunicorn makes its processes so): a connection that two processes use serves neither."""
    for engine in list(_engines):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_the_parents_connections)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # the driver's own idea of when to BEGIN is switched off: SQLAlchemy says when, _begin_sqlite says how
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}",
                   "cache_size=-16000", "temp_store=MEMORY"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _connect_postgresql(_dialect: Any, _record: Any, args: Any, options: Any) -> PostgreSQLConnection:
    return PostgreSQLConnection.connect(*args, **options)


_ATTEMPT = "novantic.attempt"


def _forget_connection(dbapi_connection: Any, record: Any) -> None:
    attempt = record.info.pop(_ATTEMPT, None)
    if attempt is not None:
        attempt.hand_back(dbapi_connection)


def _mark_retryable(context: Any) -> None:
    """A lost connection, a lock or a deadlock is worth another attempt of the whole request."""
    error = context.sqlalchemy_exception
    if error is None:
        return
    state = getattr(context.original_exception, "sqlstate", None)
    locked = isinstance(context.original_exception, sqlite3.OperationalError) and "locked" in str(error)
    if context.is_disconnect or locked or state in {"40001", "40P01"}:
        mark_error_retryable(error)


def insert_or(session: Session, table: Any) -> Any:
    """An INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, as the session's engine has it."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: Any) -> Any:
    """The same, for a statement that is made once for each engine and kept.

    Both engines have these clauses, SQLAlchemy has no common name for them.
    """
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


MANAGER = "novantic.transaction_manager"
"""In a session's ``info``: who commits it."""

WRITING_ROUTES = "novantic.writing_routes"
"""Names of routes whose GET writes too (the use of an access link is noted)."""


def request_session(request: Request) -> Session:
    """The session of a request, committed or rolled back with its transaction."""
    route = request.matched_route
    writes = request.method not in {"GET", "HEAD"} or (
        route is not None and route.name in request.registry[WRITING_ROUTES]
    )
    session: Session = request.registry.site.database.session(write=writes)
    # "changed" from the start: statements that bypass the unit of work must be committed too. Joined at once rather
    # than by the seven listeners that zope.sqlalchemy would hang on each session: they take longer than a query
    join_transaction(session, STATUS_CHANGED, request.tm)
    session.info[MANAGER] = request.tm
    opening = request.__dict__.get(OPENING)
    if opening is not None:
        opening(session)
    return session


def _leave_it_to_the_manager(session: Session) -> None:
    """A view or a plugin that commits by itself would keep half of what its request may still take back."""
    manager = session.info.get(MANAGER)
    if manager is not None and not session.in_nested_transaction() and manager.get().status != ZopeStatus.COMMITTING:
        raise AssertionError("a request's transaction is committed by its manager, after the view")


_AT_COMMIT = "novantic.at_commit"


def at_commit(session: Session, name: str, work: Callable[[Session], None]) -> None:
    """Do something once, as the last thing of the session's transaction; what it writes is committed or undone with it.

    :param name: of several works of one name the first is done
    """
    session.info.setdefault(_AT_COMMIT, {}).setdefault(name, work)


def _run_at_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    # a work may ask for another one
    while waiting := session.info.pop(_AT_COMMIT, None):
        for work in waiting.values():
            work(session)


def includeme(config: Any) -> None:
    """``request.dbsession``, and the directive that says which GET routes write."""
    config.registry[WRITING_ROUTES] = set()
    config.add_directive("set_writing_route", lambda c, name: c.registry[WRITING_ROUTES].add(name))
    config.add_request_method(request_session, "dbsession", reify=True)
