"""Database connections that can be given up from another thread: what they had begun is undone, and never committed.

A driver's connection is no thing that two threads may use at once. So each use of one takes its turn, for a fraction
of a microsecond, and giving it up takes one too.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import psycopg

from novantic_core.watch import GivenUp

PATIENCE = 2.0
"""Seconds for which to wait for a statement to be interrupted."""


class SQLiteConnection(sqlite3.Connection):
    """SQLite's, whose write lock is free at once when it is given up."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.turn = threading.RLock()
        self.given_up = False
        self._cursors: weakref.WeakSet[sqlite3.Cursor] = weakref.WeakSet()

    def cursor(self, factory: Any = None) -> Any:
        with self.turn:
            made = super().cursor(factory or SQLiteCursor)
            self._cursors.add(made)
        return made

    # the driver's own short cuts make a cursor past cursor()

    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        return self.cursor().executemany(*args)

    def executescript(self, *args: Any) -> Any:
        return self.cursor().executescript(*args)

    def commit(self) -> None:
        with self.turn:
            self.look()
            super().commit()

    def rollback(self) -> None:
        with self.turn:
            if not self.given_up:
                super().rollback()

    def close(self) -> None:
        with self.turn:
            super().close()

    def look(self) -> None:
        """:raises GivenUp: if nobody may use it any more"""
        if self.given_up:
            raise GivenUp

    def give_up(self) -> None:
        """Let nothing be done with it any more, and undo what it had begun."""
        self.given_up = True
        until = time.monotonic() + PATIENCE
        interrupted = self.turn.acquire(timeout=0.001)
        while not interrupted and time.monotonic() < until:
            self.interrupt()
            interrupted = self.turn.acquire(timeout=0.02)
        if interrupted:
            try:
                self.undo()
            finally:
                self.turn.release()
        # else whoever has its turn undoes it at the end of that

    def undo(self) -> None:
        """Roll back; one's turn it must be."""
        # a statement that is half read keeps an interruption in force, which would stop the rollback too
        for cursor in list(self._cursors):
            with contextlib.suppress(sqlite3.Error):
                sqlite3.Cursor.close(cursor)
        super().rollback()


class SQLiteCursor(sqlite3.Cursor):
    """A cursor of one."""

    connection: SQLiteConnection

    def execute(self, *args: Any) -> Any:
        return self._in_turn(super().execute, args)

    def executemany(self, *args: Any) -> Any:
        return self._in_turn(super().executemany, args)

    def executescript(self, *args: Any) -> Any:
        return self._in_turn(super().executescript, args)

    def _in_turn(self, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        connection = self.connection
        with connection.turn:
            connection.look()
            try:
                return work(*args)
            finally:
                if connection.given_up:
                    connection.undo()
                    connection.look()

    def fetchone(self) -> Any:
        with self.connection.turn:
            self.connection.look()
            return super().fetchone()

    def fetchmany(self, *args: Any) -> Any:
        with self.connection.turn:
            self.connection.look()
            return super().fetchmany(*args)

    def fetchall(self) -> Any:
        with self.connection.turn:
            self.connection.look()
            return super().fetchall()

    def __next__(self) -> Any:
        with self.connection.turn:
            self.connection.look()
            return super().__next__()

    def close(self) -> None:
        with self.connection.turn:
            super().close()


class PostgreSQLConnection(psycopg.Connection[Any]):
    """psycopg's, whose server is told to stop and then hears no more of it."""

    given_up = False

    def cursor(self, *args: Any, **options: Any) -> Any:
        self.look()
        return super().cursor(*args, **options)

    def commit(self) -> None:
        self.look()
        super().commit()

    def rollback(self) -> None:
        if not self.given_up:
            super().rollback()

    def look(self) -> None:
        """:raises GivenUp: if nobody may use it any more"""
        if self.given_up:
            raise GivenUp

    def __del__(self, *warn: Any) -> None:
        # its thread may have been ended before it could close it; the line is cut already
        if not self.given_up:
            super().__del__(*warn)

    def give_up(self) -> None:
        """Let nothing be done with it any more. The server undoes what it had begun when it finds the line cut."""
        self.given_up = True
        with contextlib.suppress(psycopg.Error, OSError):
            # one that is busy doesn't look at its line
            self.cancel_safe(timeout=PATIENCE)
        with contextlib.suppress(psycopg.Error, OSError):
            line = socket.socket(fileno=os.dup(self.fileno()))
            try:
                line.shutdown(socket.SHUT_RDWR)
            finally:
                line.close()
