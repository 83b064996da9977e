"""Plugins that the settings name and that can't be used: whether the site may start without them.

One that worked on this database before is *missing*: an upgrade went wrong, and clients must not wait until somebody
mends it. Of one that was never here nobody would notice that it isn't: that stops the start.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.db import Database
from novantic_core.models import PluginState
from novantic_core.plugins import LeftOut, PluginStartError
from novantic_core.settings import SettingsError, parse_bool

T = TypeVar("T")

log = logging.getLogger(__name__)


def start_without(raw: Mapping[str, Any], start: Callable[[Mapping[str, LeftOut]], T]) -> T:
    """Start something; without plugins that were here before and can't be used now.

    :param start: what makes it, without the plugins that it is given
    :raises SettingsError: for anything else that stops the start
    """
    left_out: dict[str, LeftOut] = {}
    while True:
        try:
            return start(left_out)
        except PluginStartError as error:
            if error.plugin in left_out or not _was_here(raw, error.plugin):
                raise
            log.error("the plugin %s is missing, the site starts without it: %s", error.plugin, error)
            left_out[error.plugin] = LeftOut(str(error))


def _was_here(raw: Mapping[str, Any], plugin: str) -> bool:
    """Whether a plugin worked on this database before; False where there is none, and under development."""
    with contextlib.suppress(ValueError, SettingsError, SQLAlchemyError):
        if parse_bool(str(raw.get("novantic.debug", "false"))):
            return False
        database = Database(str(raw.get("sqlalchemy.url", "")))
        try:
            return is_there(database) and _has_row(database, plugin)
        finally:
            database.engine.dispose()
    return False


def is_there(database: Database) -> bool:
    """Whether there is a database to look at; to look for an SQLite file would make one."""
    return not database.is_sqlite or Path(str(database.url.database)).is_file()


def _has_row(database: Database, plugin: str) -> bool:
    with database.session(write=False) as session:
        # no more of the row: before `novantic init` it may lack columns
        return session.scalar(select(PluginState.plugin).where(PluginState.plugin == plugin)) is not None
