"""Writing down which plugins work on a database, so that one that is missing later is known to have been here."""

from __future__ import annotations

from datetime import UTC, datetime

from novantic_core.models import PluginState
from novantic_core.services.record_action import record_action
from novantic_core.site import Site
from novantic_core.values import Actor

UNKNOWN = "?"
"""The version of a plugin that says none."""


def note_plugins(site: Site) -> None:
    """Write what changed since the last start; nothing, if nothing did.

    What safe mode leaves out is not missing.
    """
    now = datetime.now(UTC)
    with site.database.session(write=False) as session:
        before = {row.plugin: (row.version, row.missing_since) for row in session.query(PluginState)}
    here = {plugin.name: plugin.version or UNKNOWN for plugin in site.plugins}
    gone = {one.name for one in site.plugins.absent if not one.by_safe_mode}
    if all(before.get(name) == (version, None) for name, version in here.items()) and all(
        name in before and before[name][1] is not None for name in gone
    ):
        return
    with site.database.transaction() as session:
        for name in sorted({*here, *gone}):
            row = session.get(PluginState, name)
            if row is None:
                row = PluginState(plugin=name, faults=0, last_fault="", last_fault_at=now, missing_since=None)
                session.add(row)
            if name in gone:
                if row.missing_since is None:
                    row.missing_since = now
                    record_action(session, "plugin_missing", Actor("system"), now, name)
                continue
            if row.missing_since is not None:
                record_action(session, "plugin_there_again", Actor("system"), now, name)
            row.version, row.missing_since = here[name][:64], None
