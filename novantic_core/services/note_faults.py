"""Writing down how plugins fare, so that another process can show it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import PluginState
from novantic_core.site import Site


def write_faults(site: Site) -> None:
    """Add the faults of this process that aren't in the database yet, in a transaction of their own."""
    news = [plugin for plugin in site.plugins if plugin.faults > plugin.told]
    if not news:
        return
    with site.database.transaction() as session:
        for plugin in news:
            row = session.get(PluginState, plugin.name, with_for_update=True)
            if row is None:
                row = PluginState(plugin=plugin.name, faults=0)
                session.add(row)
            row.faults += plugin.faults - plugin.told
            row.last_fault = plugin.last_fault
            row.last_fault_at = plugin.last_fault_at or datetime.now(UTC)
            row.set_aside = plugin.set_aside
    for plugin in news:
        plugin.told = plugin.faults


def plugin_states(session: Session) -> dict[str, PluginState]:
    """What is known of the plugins' faults, by plugin."""
    return {row.plugin: row for row in session.scalars(select(PluginState))}
