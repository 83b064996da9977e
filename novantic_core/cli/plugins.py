"""``novantic plugins``: what is installed, what is enabled, how it fares; and what one of them leaves when it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.cli.config import load_site
from novantic_core.cli.plugins_check import check
from novantic_core.cli.plugins_remove import remove
from novantic_core.cli.table import write_table
from novantic_core.finding import installed, version_of
from novantic_core.plugins import LeftOut
from novantic_core.services.note_faults import plugin_states


@click.group("plugins", invoke_without_command=True)
@click.option("-c", "--config", "config", metavar="FILE.ini", help="The site's .ini file.")
@click.pass_context
def command(context: click.Context, config: str | None) -> None:
    """List the plugins found, check whether they fit, or remove one for good.

    Without a command of its own: name, version, enabled, hooks, state and last fault of each.
    """
    if context.invoked_subcommand is not None:
        context.obj = config
        return
    if config is None:
        raise click.UsageError("Missing option '-c' / '--config'.", context)
    _list(config)


command.add_command(check)
command.add_command(remove)


def _list(config: str) -> None:
    site = load_site(config)
    states: dict[str, Any] = {}
    try:
        with site.database.session(write=False) as session:
            states = plugin_states(session)
    except SQLAlchemyError:
        click.echo("The database can't be read: faults are not known.", err=True)
    points = installed()
    rows: list[Sequence[str]] = [("NAME", "VERSION", "ENABLED", "HOOKS", "STATE", "LAST FAULT")]
    for plugin in site.plugins:
        hooks = ", ".join(hook.removeprefix("novantic_") for hook in site.plugins.hooks_of(plugin)) or "-"
        rows.append((plugin.name, plugin.version or "-", "yes", hooks, *_state(states.get(plugin.name))))
    for name, one in site.plugins.left_out.items():
        rows.append((name, *_absent(one, states.get(name))))
    enabled = {plugin.name for plugin in site.plugins} | site.plugins.left_out.keys()
    others = sorted(points.keys() - enabled)
    rows += [(name, version_of(points[name]) or "-", "no", "-", "-", "-") for name in others]
    write_table(rows)


def _absent(one: LeftOut, state: Any) -> tuple[str, str, str, str, str]:
    """Version, enabled, hooks, state and what is wrong of a plugin that isn't there."""
    version = (state.version if state is not None else "") or "-"
    if one.safe_mode:
        return version, "yes", "-", "left out by safe mode", "-"
    since = f" since {state.missing_since:%Y-%m-%d %H:%M}" if state is not None and state.missing_since else ""
    return version, "yes", "-", f"missing{since}", one.why


def _state(state: Any) -> tuple[str, str]:
    if state is None or not state.faults:
        return "works", "-"
    aside = f", set aside since {state.last_fault_at:%Y-%m-%d %H:%M}" if state.set_aside else ""
    words = f"{state.faults} faults{aside}"
    return words, f"{state.last_fault_at:%Y-%m-%d %H:%M} {state.last_fault}"
