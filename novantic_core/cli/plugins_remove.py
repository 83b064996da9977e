"""``novantic plugins remove``: a plugin out of use for good, and its data kept, exported or dropped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from novantic_core.cli.config import load_site
from novantic_core.services.plugin_belongings import Belongings
from novantic_core.services.remove_plugin import RemovalRefusedError, Way, look_at, remove_plugin
from novantic_core.site import Site
from novantic_core.values import Actor


@click.command("remove")
@click.argument("name")
@click.option("-c", "--config", "config", metavar="FILE.ini", help="The site's .ini file.")
@click.option("--keep-data", is_flag=True, help="Leave its tables and settings as they are.")
@click.option("--export", "target", metavar="FILE", help="Write all that it has into FILE, a zip, then drop it.")
@click.option("--drop", is_flag=True, help="Drop all that it has, without a copy.")
@click.option("--yes", is_flag=True, help="Don't ask before dropping: for scripts.")
@click.pass_context
def remove(
    context: click.Context, name: str, config: str | None, *, keep_data: bool, target: str | None, drop: bool, yes: bool
) -> None:  # fmt: skip
    """Take the plugin NAME out of use for good, installed or not, once it is off novantic.plugins.

    What becomes of its data has to be said: --keep-data, --export FILE or --drop.
    """
    config = config or context.obj
    if config is None:
        raise click.UsageError("Missing option '-c' / '--config'.", context)
    if keep_data + (target is not None) + drop != 1:
        raise click.UsageError("say what becomes of its data, by one of --keep-data, --export FILE and --drop")
    site, now, actor = load_site(config), datetime.now(UTC), Actor("system", "novantic plugins remove")
    try:
        if drop and not yes:
            _confirm(site, name)
        way: Way = "kept" if keep_data else "exported" if target is not None else "dropped"
        done = remove_plugin(site, name, way, actor, now, Path(target) if target is not None else None)
    except RemovalRefusedError as refusal:
        raise click.ClickException(str(refusal)) from None
    except DBAPIError as error:
        words = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"nothing of {name} was removed: {words}; is it still in use somewhere?") from None
    except OSError as error:
        words = str(error) if error.strerror is None else f"{target}: {error.strerror}"
        raise click.ClickException(f"nothing of {name} was removed: {words}") from None
    click.echo(f"{name} is removed. {_fate(way)}")
    for line in _counted(done.had):
        click.echo(f"  {line}")
    for line in _left(done.had, way, target):
        click.echo(line)


def _confirm(site: Site, name: str) -> None:
    if not _can_answer():
        raise click.UsageError("--drop asks before it drops: where nobody can answer, say --yes")
    with site.database.session(write=False) as session:
        found = look_at(site, session, name)
    click.echo(f"{name} has in this site:")
    for line in _counted(found):
        click.echo(f"  {line}")
    click.confirm("Drop all of this for good, without a copy?", abort=True)


def _can_answer() -> bool:
    return sys.stdin.isatty()


def _fate(way: Way) -> str:
    return {
        "kept": "What it has stays, for when it is enabled again:",
        "exported": "What it had was written to the file, then dropped:",
        "dropped": "What it had was dropped:",
    }[way]


def _counted(had: Belongings) -> Iterator[str]:
    for table, rows in had.tables.items():
        yield f"table {table}: {rows} {'row' if rows == 1 else 'rows'}"
    for view in had.views:
        yield f"view {view}"
    for words, count in (
        ("preferences", len(had.preferences)),
        ("files that it holds", had.held_files),
        ("search indexes", len(had.indexes)),
    ):
        if count:
            yield f"{words}: {count}"
    if had.version_table is not None:
        yield f"its place in its migrations ({had.version_table})"


def _left(had: Belongings, way: Way, target: str | None) -> Iterator[str]:
    if had.deliveries:
        yield f"Deliveries that waited for it and are cancelled: {had.deliveries}."
    if had.said.fields:
        yield f"Tickets keep what was filled in for {', '.join(had.said.fields)}: it is part of their record."
    elif had.said.plugin is None:
        yield "Tickets keep what was filled in for its fields: it is part of their record."
    if way != "kept" and had.others:
        yield f"Not touched, since another plugin's name fits better: {', '.join(had.others)}."
    if target is not None:
        yield f"The copy: {target}"
