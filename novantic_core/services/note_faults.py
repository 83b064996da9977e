"""Writing down how plugins fare, so that another process can show it, and hearing when one is to be used again."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import PluginState, Preference
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import set_preference
from novantic_core.site import Site
from novantic_core.values import Actor


def write_faults(site: Site) -> None:
    """Add the faults of this process that aren't in the database yet, in a transaction of their own.

    And use again what an administrator brought back since it was set aside here.
    """
    hear_who_is_back(site)
    # counted once more while they are written, they are news again next time
    news = [(plugin, plugin.faults) for plugin in site.plugins if plugin.faults > plugin.told]
    if not news:
        return
    with site.database.transaction() as session:
        for plugin, faults in news:
            latest = {
                "last_fault": plugin.last_fault.replace("\0", ""),
                "last_fault_at": plugin.last_fault_at or datetime.now(UTC),
            }
            more = faults - plugin.told
            row = insert_or(session, PluginState).values(
                plugin=plugin.name, faults=more, set_aside=plugin.set_aside, **latest
            )
            added = {"faults": PluginState.faults + more, **latest}
            if plugin.set_aside:
                # a process in which it still works must not hide that it was set aside in another
                added["set_aside"] = True
                plugin.times_back = _times_back(session, plugin.name)
            session.execute(row.on_conflict_do_update(index_elements=["plugin"], set_=added))
    for plugin, faults in news:
        plugin.told = faults


def hear_who_is_back(site: Site) -> None:
    """Use plugins again that were brought back since they were set aside in this process."""
    for plugin in site.plugins:
        # known once its setting aside is written down
        if plugin.set_aside and plugin.times_back is not None:
            times = site.preferences.values.get(_key(plugin.name), 0)
            if times > plugin.times_back:
                plugin.streaks.clear()
                plugin.set_aside, plugin.hung, plugin.times_back = False, False, None


def bring_back(site: Site, session: Session, plugin: str, actor: Actor, now: datetime) -> None:
    """Use a plugin again in all processes, within the seconds that a change on a page takes to reach them."""
    state = session.get(PluginState, plugin)
    if state is not None:
        state.set_aside = False
    set_preference(site, session, _key(plugin), _times_back(session, plugin) + 1)
    record_action(session, "plugin_brought_back", actor, now, plugin)


def _times_back(session: Session, plugin: str) -> int:
    return session.scalar(select(Preference.value).where(Preference.key == _key(plugin))) or 0


def _key(plugin: str) -> str:
    return f"brought_back.{plugin}"


def plugin_states(session: Session) -> dict[str, PluginState]:
    """What is known of the plugins' faults, by plugin."""
    return {row.plugin: row for row in session.scalars(select(PluginState))}
