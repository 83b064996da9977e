"""``novantic plugins``: what is installed, what is enabled, how it fares."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.cli.config import config_option, load_site
from novantic_core.finding import installed
from novantic_core.services.note_faults import plugin_states


@click.command("plugins")
@config_option
def command(config: str) -> None:
    """List the plugins found: name, version, enabled, hooks, state, last fault."""
    site = load_site(config)
    states: dict[str, Any] = {}
    try:
        with site.database.session(write=False) as session:
            states = plugin_states(session)
    except SQLAlchemyError:
        click.echo("The database can't be read: faults are not known.", err=True)
    points = installed()
    rows = [("NAME", "VERSION", "ENABLED", "HOOKS", "STATE", "LAST FAULT")]
    for plugin in site.plugins:
        hooks = ", ".join(hook.removeprefix("novantic_") for hook in site.plugins.hooks_of(plugin)) or "-"
        rows.append((plugin.name, plugin.version or "-", "yes", hooks, *_state(states.get(plugin.name))))
    enabled = {plugin.name for plugin in site.plugins}
    for name in sorted(set(points) - enabled):
        dist = points[name].dist
        rows.append((name, dist.version if dist else "-", "no", "-", "-", "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _state(state: Any) -> tuple[str, str]:
    if state is None:
        return "works", "-"
    words = f"{state.faults} faults" + (", set aside" if state.set_aside else "")
    return words, f"{state.last_fault_at:%Y-%m-%d %H:%M} {state.last_fault}"
