"""The commands that plugins add."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from novantic_core.desk import Desk
from novantic_core.site import Site


def add_commands(cli: click.Group, site: Site) -> None:
    """Let the plugins of a site add theirs; each takes ``-c FILE.ini``, which has been read by then."""

    @contextmanager
    def open_desk() -> Iterator[Desk]:
        with site.database.transaction() as session:
            yield Desk(site, session)

    site.plugins.collect("novantic_commands", cli=cli, open_desk=open_desk)
    for command in cli.commands.values():
        _take_config(command)


def _take_config(command: click.Command) -> None:
    """Let a command take the option, and each of those below it: it is typed at the end, as of the core's commands."""
    if not any("-c" in option.opts for option in command.params):
        option = click.Option(["-c", "--config"], metavar="FILE.ini", help="The site's .ini file.", expose_value=False)
        command.params.append(option)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _take_config(below)
