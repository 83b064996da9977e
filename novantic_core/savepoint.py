"""What a plugin does to a database session during one call, to be kept or undone by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, TextClause, Transaction
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from novantic_core.connections import PostgreSQLConnection, SQLiteConnection

OPENING = "novantic_opening"
"""In a request's ``__dict__`` while a plugin is at work that may be the first to open the request's session: what is
told of it."""


ENDINGS = frozenset({"COMMIT", "END", "ROLLBACK", "ABORT"})
"""First words of statements that end a transaction, unless it is to a savepoint."""


class NotYours(RuntimeError):
    """A plugin tried to end a transaction that its call is only a part of."""

    def __init__(self, what: str) -> None:
        super().__init__(f"session.{what}: the transaction isn't the plugin's own; begin_nested() gives it one that is")


class GuardedSession(Session):
    """A session whose transaction no plugin ends during a call of its."""

    plugins_at_work = 0

    def _refuse(self, what: str) -> None:
        if self.plugins_at_work:
            raise NotYours(f"{what}()")

    def commit(self) -> None:
        self._refuse("commit")
        super().commit()

    def rollback(self) -> None:
        self._refuse("rollback")
        super().rollback()

    def close(self) -> None:
        self._refuse("close")
        super().close()

    def reset(self) -> None:
        self._refuse("reset")
        super().reset()

    def invalidate(self) -> None:
        self._refuse("invalidate")
        super().invalidate()

    def expunge_all(self) -> None:
        self._refuse("expunge_all")
        super().expunge_all()


def refuse_endings(state: ORMExecuteState) -> None:
    """Refuse ``session.execute(text("COMMIT"))`` in a plugin's call: it could not be taken back."""
    statement = state.statement
    if (
        isinstance(state.session, GuardedSession)
        and state.session.plugins_at_work
        and isinstance(statement, TextClause)
    ):
        words = statement.text.upper().rstrip("; \t\n").split()
        if words and words[0] in ENDINGS and "TO" not in words:
            raise NotYours(f"execute(text({statement.text[:40]!r}))")


class Savepoint:
    """One call's part of a session; of a request's that may not be open yet, from when the call opens it."""

    session: Any = None
    _lost = False

    def __init__(self, session: Session | None, request: Any = None) -> None:
        self._request = None
        if session is None and hasattr(request, "__dict__"):
            session = request.__dict__.get("dbsession")
            if session is None:
                self._request = request
                self._outer: Callable[[Session], None] | None = request.__dict__.get(OPENING)
                request.__dict__[OPENING] = self._open_late
        if session is not None:
            self._open(session)

    def _open_late(self, session: Session) -> None:
        # who called this plugin from within a call of its own has a part of the session too, around this one
        if self._outer is not None:
            self._outer(session)
        self._open(session)

    def _open(self, session: Any) -> None:
        self.session = session
        self._own = session.begin_nested()
        self._root = session.get_transaction()
        self._autoflush = session.autoflush
        self._info: dict[Any, Any] | None = dict(session.info)
        session.plugins_at_work += 1

    def _leave(self) -> None:
        """The session is the core's again, as it was handed out."""
        if self._request is not None:
            if self._outer is None:
                self._request.__dict__.pop(OPENING, None)
            else:
                self._request.__dict__[OPENING] = self._outer
            self._request = None
        session = self.session
        if session is not None and self._info is not None:
            session.plugins_at_work -= 1
            session.autoflush = self._autoflush
            for name, value in self._info.items():
                session.info.setdefault(name, value)
            self._info = None

    @property
    def ended(self) -> bool:
        """Whether what the core had begun is gone: the plugin found a way to end the transaction."""
        if self.session is None or self._lost:
            return self._lost
        return (
            self.session.get_transaction() is not self._root
            or not all(transaction.is_active for _connection, transaction in _connections(self._root))
            or any(_is_outside(connection) for connection, _transaction in _connections(self._own))
        )

    def keep(self) -> None:
        """Keep what the call did.

        :raises Exception: if it left the session so that it can't be kept
        """
        self._leave()
        if self.session is None:
            return
        if self.ended:
            raise RuntimeError("the plugin committed or rolled back a transaction that isn't its own")
        if self._own in _open_savepoints(self.session):
            for connection, _transaction in _connections(self._own):
                # of an error that the plugin kept to itself. A savepoint that is released now would be gone for the
                # rollback that is the only way on
                if _is_failed(connection):
                    raise RuntimeError("the plugin passed over an error of the database, without begin_nested()")
            self._own.commit()

    def undo(self) -> None:
        """Undo what the call did, also where it left the session unusable."""
        self._leave()
        if self.session is None:
            return
        if any(_is_outside(connection) for connection, _transaction in _connections(self._own)):
            # what SQLAlchemy would take back is gone from the database: to try would fail, and all that follows too
            self._lost = True
            for connection, _transaction in _connections(self._own):
                connection.invalidate()
        elif not self.ended and self._own in _open_savepoints(self.session):
            self._own.rollback()


def _connections(transaction: SessionTransaction) -> list[tuple[Connection, Transaction]]:
    # SQLAlchemy has no public name for it that doesn't begin what isn't begun yet
    return [(one[0], one[1]) for one in set(transaction._connections.values())]


def _is_outside(connection: Connection) -> bool:
    """Whether the database is in no transaction, whatever SQLAlchemy takes it to be in; a savepoint was begun on it."""
    if connection.invalidated:
        return False  # its line broke: what it had begun is gone, and SQLAlchemy knows
    driver = connection.connection.dbapi_connection
    if isinstance(driver, PostgreSQLConnection):
        return driver.info.transaction_status == TransactionStatus.IDLE
    return isinstance(driver, SQLiteConnection) and not driver.in_transaction


def _is_failed(connection: Connection) -> bool:
    driver = connection.connection.dbapi_connection
    return isinstance(driver, PostgreSQLConnection) and driver.info.transaction_status == TransactionStatus.INERROR


def _open_savepoints(session: Session) -> list[SessionTransaction]:
    found, one = [], session.get_nested_transaction()
    while one is not None:
        found.append(one)
        one = one.parent
    return found
