"""Going on without a plugin that worked on this database before and can't be used now, or without all but our own.

A name that this database has never met is a slip of whoever wrote the .ini file, and stops the start. One that worked
here went missing, most likely by an upgrade: tickets must not wait for it to be mended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy
from sqlalchemy import select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from novantic_core.models import PluginState
from novantic_core.plugins import PluginFault
from novantic_core.settings import SettingsError

OUR_DISTRIBUTION = "novantic"
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Absent:
    """A plugin that the settings name and that does not work now."""

    name: str
    why: str
    """In a line, for who looks after the site; empty in safe mode, which leaves it out on purpose."""

    @property
    def by_safe_mode(self) -> bool:
        """Whether it was left out on purpose."""
        return not self.why


class NoEngine:
    """Stands where the search engine's plugin is absent: it fails at each use, as an engine may."""

    def __init__(self, name: str) -> None:
        self.name = name

    def missing(self, connection: Any, indexes: Any) -> list[str]:
        return []

    def prepare(self, connection: Any, indexes: Any) -> list[str]:
        return []

    def hold(self, session: Any, index: str, ids: Any) -> None:
        raise self._gone()

    def put(self, session: Any, index: str, documents: Any) -> None:
        raise self._gone()

    def remove(self, session: Any, index: str, ids: Any) -> None:
        raise self._gone()

    def kept(self, session: Any, index: str, after: int, limit: int) -> list[int]:
        raise self._gone()

    def clear(self, session: Any, index: str) -> None:
        raise self._gone()

    def find(self, session: Any, index: str, query: Any, **options: Any) -> Any:
        raise self._gone()

    def _gone(self) -> LookupError:
        return LookupError(f"the plugin that brings the search engine {self.name!r} is not there")


class Tolerance:
    """Whether the site may start without a plugin."""

    def __init__(self, raw: Mapping[str, str], *, debug: bool, safe_mode: bool) -> None:
        self._url = raw.get("sqlalchemy.url", "")
        self._debug = debug
        self.safe_mode = safe_mode
        self._known: frozenset[str] | None = None

    def allows(self, name: str) -> bool:
        """Whether a plugin may be absent. Never under development, where its author wants to see what is wrong."""
        if self._debug and not self.safe_mode:
            return False
        if self._known is None:
            self._known = worked_before(self._url)
        return name in self._known


def worked_before(url: str) -> frozenset[str]:
    """Names of the plugins that were at work on a database; none if it can't be asked."""
    try:
        where = sqlalchemy.make_url(url)
        if where.get_backend_name() == "sqlite" and not Path(where.database or "").is_file():
            return frozenset()  # to ask would make the file
        engine = sqlalchemy.create_engine(where, poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            return frozenset(connection.scalars(select(PluginState.plugin).where(PluginState.version != "")))
    except (ArgumentError, SQLAlchemyError, ImportError, OSError):
        return frozenset()


def start_without(tolerance: Callable[[], Tolerance], make: Callable[[Mapping[str, str]], T]) -> T:
    """Make something of plugins; again without each that fails at the start, if it worked here before.

    :param make: gets the plugins to leave out, by name, and why
    :raises SettingsError: as ``make`` does, for anything else
    """
    left_out: dict[str, str] = {}
    while True:
        try:
            return make(left_out)
        except SettingsError as error:
            fault = error.__cause__
            # what a plugin says of its settings by itself is for who wrote them, and nothing to go on without
            if not isinstance(fault, PluginFault) or fault.plugin.name in left_out:
                raise
            if not tolerance().allows(fault.plugin.name):
                raise
            left_out[fault.plugin.name] = " ".join(str(error).split())
