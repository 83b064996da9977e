"""Writing down how plugins fare, so that another process can show it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import PluginState
from novantic_core.site import Site


def write_faults(site: Site) -> None:
    """Add the faults of this process that aren't in the database yet, in a transaction of their own."""
    # counted once more while they are written, they are news again next time
    news = [(plugin, plugin.faults) for plugin in site.plugins if plugin.faults > plugin.told]
    if not news:
        return
    with site.database.transaction() as session:
        for plugin, faults in news:
            latest = {
                "last_fault": plugin.last_fault.replace("\0", ""),
                "last_fault_at": plugin.last_fault_at or datetime.now(UTC),
                "set_aside": plugin.set_aside,
            }
            more = faults - plugin.told
            row = insert_or(session, PluginState).values(plugin=plugin.name, faults=more, **latest)
            added = {"faults": PluginState.faults + more, **latest}
            session.execute(row.on_conflict_do_update(index_elements=["plugin"], set_=added))
    for plugin, faults in news:
        plugin.told = faults


def plugin_states(session: Session) -> dict[str, PluginState]:
    """What is known of the plugins' faults, by plugin."""
    return {row.plugin: row for row in session.scalars(select(PluginState))}
