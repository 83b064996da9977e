"""``novantic init``: the database, and the way in for the first administrator."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from novantic_core.cli.config import config_option, ensure_database_folder, ensure_secret, open_site, read_settings
from novantic_core.migrate import upgrade
from novantic_core.services.keep_index import count_due, work_off
from novantic_core.services.note_plugins import note_plugins
from novantic_core.services.sign_in import make_setup_link, needs_first_administrator
from novantic_core.site import Site
from novantic_core.values import MAIN


@click.command("init")
@config_option
@click.option("--quiet", is_flag=True, help="Print only the link, if there is one.")
def command(config: str, quiet: bool) -> None:
    """Create or upgrade the database; safe to run again."""
    settings = read_settings(config)
    ensure_secret(settings)
    ensure_database_folder(settings)
    site = open_site(settings)
    moved = upgrade(site)
    note_plugins(site, datetime.now(UTC))
    if not quiet:
        click.echo(f"Upgraded: {', '.join(moved)}." if moved else "The database is up to date.")
    _index(site, quiet)
    with site.database.transaction() as session:
        if needs_first_administrator(session):
            token = make_setup_link(session, datetime.now(UTC))
            click.echo("Create the first administrator with this link; it works once, within seven days:")
            click.echo(f"  {site.brand(MAIN).site_url}/admin/setup/{token}")


def _index(site: Site, quiet: bool) -> None:
    """Index what a new index has to know of. Workers go on with it if this is stopped."""
    waiting = count_due(site, datetime.now(UTC))
    if not waiting:
        return
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=waiting, label="Indexing", file=sys.stderr, hidden=hidden) as bar:
        while done := work_off(site, datetime.now(UTC)):
            bar.update(done)
