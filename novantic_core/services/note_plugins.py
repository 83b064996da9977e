"""Writing down which plugins work on this database, and since when one of them is missing."""

from __future__ import annotations

from datetime import datetime

from novantic_core.db import insert_or
from novantic_core.models import PluginState
from novantic_core.services.note_faults import plugin_states
from novantic_core.site import Site


def note_plugins(site: Site, now: datetime) -> None:
    """Note each plugin that started, with its version, and each that was here before and is missing.

    A start at which nothing changed writes nothing.

    :raises SQLAlchemyError: if the database can't be worked with
    """
    with site.database.session(write=False) as session:
        known = {name: (row.version, row.missing_since) for name, row in plugin_states(session).items()}
    there = {plugin.name: plugin.version for plugin in site.plugins}
    news: dict[str, tuple[str, datetime | None]] = {
        name: (version, None) for name, version in there.items() if known.get(name) != (version[:64], None)
    }
    for name, one in site.plugins.left_out.items():
        if not one.safe_mode and name in known and known[name][1] is None:
            news[name] = (known[name][0], now)
    if not news:
        return
    with site.database.transaction() as session:
        for name, (version, missing_since) in news.items():
            facts = {"version": version[:64], "missing_since": missing_since}
            row = insert_or(session, PluginState).values(
                plugin=name, faults=0, last_fault="", last_fault_at=now, set_aside=False, **facts
            )
            session.execute(row.on_conflict_do_update(index_elements=["plugin"], set_=facts))
