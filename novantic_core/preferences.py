"""What was set up on the pages of the back office, as one snapshot that every request of a process reads.

The form of a new ticket is asked for most often, and must not ask the database each time what its topics are called.
So a snapshot is kept for ``novantic.preferences_seconds`` (two, unless told): a change shows at once in the process
that made it and within that time in all others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from novantic_core.db import Database
from novantic_core.models import Category, Preference, Team

T = TypeVar("T")


@dataclass(frozen=True)
class TeamInfo:
    """A team: what tickets keep of it, its words, and whether only its members see its tickets."""

    key: str
    label: str
    private: bool = False
    hidden: bool = False
    position: int = 0


@dataclass(frozen=True)
class CategoryInfo:
    """What the desk decided about a category; ``plugin`` is empty for one of its own."""

    key: str
    label: str
    plugin: str
    position: int | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Preferences:
    """A snapshot. ``revision`` is another one whenever anything in it is."""

    revision: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    """By key, as ``second_factor.required``."""
    teams: Mapping[str, TeamInfo] = field(default_factory=dict)
    categories: Mapping[str, CategoryInfo] = field(default_factory=dict)
    _derived: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, make: Callable[[Preferences], T]) -> T:
        """What follows from this snapshot: made when it is first asked for, and thrown away with it."""
        if name not in self._derived:
            self._derived[name] = make(self)
        found: T = self._derived[name]
        return found

    def words(self, key: str) -> Mapping[str, str]:
        """The desk's own words for something, by language; empty where it gave none."""
        found = self.values.get(key)
        return found if isinstance(found, dict) else {}


class PreferencesCache:
    """The snapshot of one process."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._lock = threading.Lock()
        self._snapshot: Preferences | None = None
        self._until = 0.0
        self._forgotten = 0

    def get(self) -> Preferences:
        """The snapshot; read anew when it is too old."""
        snapshot = self._snapshot
        if snapshot is not None and time.monotonic() < self._until:
            return snapshot
        with self._lock:
            if self._snapshot is None or time.monotonic() >= self._until:
                forgotten = self._forgotten
                self._snapshot = self._read(self._snapshot)
                if forgotten == self._forgotten:
                    # else it was read while somebody committed a change, perhaps without it
                    self._until = time.monotonic() + self._seconds
            return self._snapshot

    def forget(self) -> None:
        """Read anew at the next request. Call it when a change was committed."""
        self._forgotten += 1
        self._until = 0.0

    def forget_after_commit(self, session: Session) -> None:
        """Read anew once a session's transaction is committed: for who changes what is kept here."""

        def forget(committed: Session) -> None:
            # a savepoint's end is no commit: what is read then is as it was
            if not committed.in_nested_transaction():
                self.forget()

        event.listen(session, "after_commit", forget)

    def _read(self, before: Preferences | None) -> Preferences:
        try:
            with self._database.session(write=False) as session:
                values = {row.key: row.value for row in session.scalars(select(Preference))}
                teams = {
                    row.key: TeamInfo(row.key, row.label, row.private, row.hidden, row.position)
                    for row in session.scalars(select(Team).order_by(Team.position, Team.label))
                }
                categories = {
                    row.key: CategoryInfo(row.key, row.label, row.plugin, row.position, row.hidden)
                    for row in session.scalars(select(Category).order_by(Category.key))
                }
        except DBAPIError:
            if before is None:
                raise
            # the page that asked may not need the database for anything else
            return before
        if before is not None and (before.values, before.teams, before.categories) == (values, teams, categories):
            return before
        return Preferences(before.revision + 1 if before else 1, values, teams, categories)


class PreferencesAtStart:
    """What was set on pages, for a plugin that looks at its settings while the site is being made.

    A database that isn't made or migrated yet has nothing to say, and mustn't keep ``novantic init`` from making it.
    It is asked once: plugins look at dozens of settings, and each would wait for a server that is away.
    """

    def __init__(self, cache: PreferencesCache, database: Database) -> None:
        self._cache = cache
        self._database = database
        self._found: Preferences | None = None

    def __call__(self) -> Preferences:
        """What was found, or nothing."""
        if self._found is None:
            try:
                self._found = self._cache.get()
            except SQLAlchemyError:
                self._found = Preferences()
            finally:
                # the start may be refused yet, and nobody would close what was opened for this
                self._database.engine.dispose()
        return self._found
