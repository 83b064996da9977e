"""Taking a plugin out of use for good: with its data kept, written to a file first, or dropped.

All of it is one transaction, tables too: both databases can undo the making and dropping of tables.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import bindparam, delete, inspect, quoted_name, text, update
from sqlalchemy.orm import Session

from novantic_core.migrate import CORE, INIT_LOCK, can_be_undone, scripts_of, undo
from novantic_core.models import Delivery, HeldFile, JobRun, PluginState, Preference, SearchPending
from novantic_core.models.delivery import CANCELLED
from novantic_core.search.engine import DatabaseSearch
from novantic_core.services.export_plugin import Archive, write_archive
from novantic_core.services.plugin_belongings import Belongings, ask_plugin, find_belongings, pending_documents, waiting
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.values import Actor

log = logging.getLogger(__name__)

Way = Literal["kept", "exported", "dropped"]
LOCK_SECONDS = 15
"""How long a table is waited for that somebody else works with."""


class RemovalRefusedError(Exception):
    """It can't be removed; the message is one line that says what to do first."""


@dataclass(frozen=True)
class Removal:
    """What was done."""

    had: Belongings
    undone: bool = False
    """Whether the plugin's own scripts took its tables away; else they were dropped by their names."""


def look_at(site: Site, session: Session, name: str) -> Belongings:
    """What a plugin has, if it may be removed.

    :raises RemovalRefusedError: if it is in use, or there is nothing of it
    """
    if name in {CORE, "core"}:
        raise RemovalRefusedError(f"{name} is no plugin")
    if name in site.settings.plugins:
        raise RemovalRefusedError(
            f"novantic.plugins names {name}: take it off there and start the site and its workers anew, then remove it"
        )
    found = find_belongings(site, session, name, ask_plugin(name))
    if found.is_empty:
        raise RemovalRefusedError(f"there is nothing of a plugin named {name!r} in this site")
    return found


def remove_plugin(
    site: Site, name: str, way: Way, actor: Actor, now: datetime, target: Path | None = None
) -> Removal:  # fmt: skip
    """Remove a plugin that is not in use; nothing is changed if anything of it fails.

    :param target: where its data is written, for ``exported``: a file that isn't there yet
    :raises RemovalRefusedError: if it is in use, if there is nothing of it, or if others refer to its tables
    :raises OSError: if the file can't be written
    """
    archive = Archive(target, now) if target is not None else None
    try:
        with site.database.dropping() as session:
            _hold_off_others(site, session)
            found = look_at(site, session, name)
            undone = False
            if way != "kept":
                _check_references(session, found)
                _lock(site, session, found)
                if archive is not None:
                    write_archive(site, session, found, archive)
                undone = _drop(site, session, found)
            _retire(session, found)
            record_action(session, "plugin_removed", actor, now, name, _changes(found, way))
            session.flush()
            if archive is not None:
                archive.place()
    finally:
        if archive is not None:
            archive.discard()
    site.preferences_cache.forget()
    return Removal(found, undone)


def _changes(found: Belongings, way: Way) -> dict[str, tuple[Any, Any]]:
    return {"data": (None, way), "rows": (found.rows, found.rows if way == "kept" else 0)}


def _hold_off_others(site: Site, session: Session) -> None:
    """Let no ``novantic init`` and no other removal run meanwhile; SQLite has one writer anyway."""
    if not site.database.is_sqlite:
        session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INIT_LOCK})


def _lock(site: Site, session: Session, found: Belongings) -> None:
    """What is copied is what is dropped: nobody adds a row in between."""
    if not site.database.is_sqlite and found.tables:
        session.execute(text(f"LOCK TABLE {_named(session, found.tables)} IN ACCESS EXCLUSIVE MODE"))


def _named(session: Session, tables: Iterable[str]) -> str:
    quote = session.connection().dialect.identifier_preparer.quote
    return ", ".join(quote(quoted_name(one, quote=True)) for one in tables)


def _check_references(session: Session, found: Belongings) -> None:
    """Refuse if a table that isn't the plugin's refers to one that is: its rows would go or be emptied, too."""
    for (_schema, other), keys in inspect(session.connection()).get_multi_foreign_keys().items():
        if other not in found.tables:
            for key in keys:
                if key["referred_table"] in found.tables:
                    raise RemovalRefusedError(
                        f"the table {other}, which is not {found.name}'s, refers to {key['referred_table']}: "
                        "remove first whatever plugin it belongs to"
                    )


def _drop(site: Site, session: Session, found: Belongings) -> bool:
    """Forget all that a plugin has but what tickets keep of it; whether its own scripts did the tables."""
    connection = session.connection()
    for index in pending_documents(session, found):
        session.execute(delete(SearchPending).where(SearchPending.index_name == index))
    for index in found.indexes:
        DatabaseSearch.drop(connection, index)
    if not isinstance(site.search_engine, DatabaseSearch):
        for index in set(found.said.indexes).difference(site.search_engine.missing(connection, found.said.indexes)):
            site.search_engine.clear(session, index)
    if found.holders:
        # one by one: there may be more of them than a statement takes parameters
        mine = delete(HeldFile).where(HeldFile.holder == bindparam("mine"))
        connection.execute(mine, [{"mine": holder} for holder in found.holders])
    session.execute(delete(Preference).where(Preference.key.in_(found.preferences)))
    undone = _undo(session, found)
    _drop_tables(session, found)
    return undone


def _undo(session: Session, found: Belongings) -> bool:
    """Run the plugin's scripts backwards, if it has such: they know of types and functions, too.

    What they raise, and what they take that isn't the plugin's, is undone: its tables are dropped by their names then.
    """
    plugin = found.said.plugin
    folder = scripts_of(plugin) if plugin is not None else None
    if folder is None or found.version_table is None:
        return False
    connection = session.connection()
    before = set(inspect(connection).get_table_names())
    # the connection's own: the session's would begin when the session itself asks for something
    savepoint = connection.begin_nested()
    try:
        possible = can_be_undone(found.name, folder)
        if possible:
            undo(connection, found.name, folder)
    except Exception:
        # a plugin's own script, perhaps the reason why it is removed
        log.exception("the scripts of the plugin %s failed; its tables are dropped by their names", found.name)
        possible = False
    gone = before - set(inspect(connection).get_table_names()) if possible else set()
    if not possible or gone - set(found.tables):
        savepoint.rollback()
        return False
    savepoint.commit()
    return True


def _drop_tables(session: Session, found: Belongings) -> None:
    connection = session.connection()
    there = set(inspect(connection).get_table_names())
    for view in set(found.views).intersection(inspect(connection).get_view_names()):
        connection.exec_driver_sql(f"DROP VIEW {_named(session, [view])}")
    own = [name for name in (*found.tables, found.version_table) if name in there]
    if connection.dialect.name == "sqlite":
        for name in own:
            connection.exec_driver_sql(f"DROP TABLE {_named(session, [name])}")
    elif own:
        # of one statement, they may refer to one another; what refers to them from elsewhere refuses it
        connection.exec_driver_sql(f"DROP TABLE {_named(session, own)}")


def _retire(session: Session, found: Belongings) -> None:
    """What nobody does any more, whatever becomes of the data."""
    session.execute(
        update(Delivery)
        .where(*waiting(found.name, found.channels))
        .values(state=CANCELLED, claimed_by=None, last_error=f"the plugin {found.name} was removed")
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(JobRun).where(JobRun.name.in_(found.jobs)))
    session.execute(delete(PluginState).where(PluginState.plugin == found.name))
