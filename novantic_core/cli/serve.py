"""``novantic serve``: the site by the server that its .ini file names, as ``pserve`` does."""

from __future__ import annotations

import click
from pyramid.scripts.pserve import PServeCommand

from novantic_core.cli.config import config_option, read_settings, wants_safe_mode
from novantic_core.settings import SAFE_MODE


@click.command("serve")
@config_option
def command(config: str) -> None:
    """Serve the site, as `pserve FILE.ini` does; with `novantic --safe-mode serve`, without plugins of others."""
    serve(config)


def serve(config: str) -> None:
    """Serve until stopped.

    :raises SettingsError: in one line, for a file that can't be read
    """
    read_settings(config)
    variables = [f"{SAFE_MODE}=true"] if wants_safe_mode() else []
    PServeCommand(["novantic serve", config, *variables], quiet=True).run()
