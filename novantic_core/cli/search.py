"""``novantic search``: what is found by words."""

from __future__ import annotations

import sys
import time

import click

from novantic_core.cli.config import config_option, load_site
from novantic_core.services.rebuild_index import count_documents, rebuild_index


@click.group("search")
def command() -> None:
    """Care for what is found by words."""


@command.command("rebuild")
@config_option
@click.argument("indexes", nargs=-1, metavar="[INDEX]...")
@click.option("--anew", is_flag=True, help="Forget everything first: for an index that is damaged.")
def rebuild(config: str, indexes: tuple[str, ...], anew: bool) -> None:
    """Index everything anew, or what is named; the site may go on running."""
    site = load_site(config)
    for name in indexes:
        if name not in site.search_indexes:
            raise click.UsageError(f"there is no index {name!r}; there are: {', '.join(site.search_indexes)}")
    for name in indexes or tuple(site.search_indexes):
        began, number = time.monotonic(), count_documents(site, name)
        with click.progressbar(length=number, label=name, file=sys.stderr) as bar:
            rebuild_index(site, name, bar.update, anew=anew)
        click.echo(f"{name}: {number} documents in {time.monotonic() - began:.1f} s.")
