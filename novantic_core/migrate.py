"""Migrations of the core and of each enabled plugin, each with a version table of its own.

A plugin that is taken away leaves its tables and its version table behind, and the core goes on upgrading.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import SearchPending
from novantic_core.plugins import Plugin
from novantic_core.search.fill import put
from novantic_core.site import Site

HERE = Path(__file__).parent / "migrations"
CORE = "novantic_core"
AT_ONCE, PENDING_AT_ONCE = 500, 10_000
"""Documents of a new index that are indexed with the migrations, and those that are left to workers at a time."""
INIT_LOCK = 0x6E6F7661  # "nova": PostgreSQL's advisory lock, so that two `novantic init` at once don't both create


def histories(site: Site) -> dict[str, Path]:
    """Each history's name and the folder of its scripts, the core's first."""
    found = {CORE: HERE / "versions"}
    for plugin in site.plugins:
        folder = scripts_of(plugin)
        if folder is not None:
            found[plugin.name] = folder
    return found


def scripts_of(plugin: Plugin) -> Path | None:
    """The folder of a plugin's migrations, if it has any."""
    folder = plugin.folder("migrations")
    return folder / "versions" if folder is not None and (folder / "versions").is_dir() else folder


def version_table(name: str) -> str:
    """The table in which a history keeps where it is."""
    return f"{name}_version"


def _config(name: str, folder: Path) -> Config:
    config = Config()
    # one env.py for all: a plugin brings its scripts and nothing else
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("version_locations", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["version_table"] = version_table(name)
    return config


@functools.cache
def _heads(name: str, folder: Path) -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config(name, folder)).get_heads())


def pending(site: Site) -> list[str]:
    """Names of the histories that are not at their heads."""
    behind = []
    with site.database.engine.connect() as connection:
        for name, folder in histories(site).items():
            context = MigrationContext.configure(connection, opts={"version_table": version_table(name)})
            if frozenset(context.get_current_heads()) != _heads(name, folder):
                behind.append(name)
    return behind


def upgrade(site: Site) -> list[str]:
    """Bring every history to its heads, all in one transaction: which ones moved."""
    moved = pending(site)
    with site.database.engine.execution_options(novantic_write=True).begin() as connection:
        if not site.database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": INIT_LOCK})
        for name, folder in histories(site).items():
            upgrade_one(connection, name, folder)
        _prepare_search(site, connection)
    return moved


def _prepare_search(site: Site, connection: Connection) -> None:
    """Make indexes that aren't there yet. What there is of few documents is indexed here, much of it by a worker."""
    made = site.search_engine.prepare(connection, list(site.search_indexes))
    with Session(connection, join_transaction_mode="rollback_only") as session:
        for name in made:
            index, after, now = site.search_indexes[name][1], 0, datetime.now(UTC)
            ids = index.ids(session, after, AT_ONCE + 1)
            if len(ids) <= AT_ONCE:
                put(site.search_engine, index, session, ids)
                continue
            while ids := index.ids(session, after, PENDING_AT_ONCE):
                rows = [{"index_name": name, "document_id": key, "since": now, "due_at": now, "tries": 0}
                        for key in ids]  # fmt: skip
                session.execute(insert_or(session, SearchPending).on_conflict_do_nothing(), rows)
                after = max(ids)
        session.flush()


def upgrade_one(connection: Connection, name: str, folder: Path, revision: str = "heads") -> None:
    """Bring one history to a revision, in the caller's transaction."""
    config = _config(name, folder)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def can_be_undone(name: str, folder: Path) -> bool:
    """Whether each of a history's scripts says how to undo it."""
    scripts = ScriptDirectory.from_config(_config(name, folder)).walk_revisions()
    return all(hasattr(script.module, "downgrade") for script in scripts)


def undo(connection: Connection, name: str, folder: Path) -> None:
    """Undo all of a history's scripts, in the caller's transaction; its version table stays, empty."""
    config = _config(name, folder)
    config.attributes["connection"] = connection
    command.downgrade(config, "base")


def autogenerate(connection: Connection, metadata: Any) -> list[Any]:
    """How the tables differ from the models: nothing, if every change of a model has its migration."""
    from alembic.autogenerate import compare_metadata

    names = set(metadata.tables)
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": version_table(CORE),
            "compare_type": True,
            "include_name": lambda name, kind, _parents: kind != "table" or name in names,
        },
    )
    return list(compare_metadata(context, metadata))
