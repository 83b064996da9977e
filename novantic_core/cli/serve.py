"""``novantic serve``: the site, on the server that its .ini file names."""

from __future__ import annotations

import configparser

import click
import plaster

from novantic_core.cli.config import config_option, read_settings
from novantic_core.settings import SettingsError


@click.command("serve")
@config_option
def command(config: str) -> None:
    """Serve the site as ``pserve`` does; with ``novantic --safe-mode`` before it, without third parties' plugins."""
    settings = read_settings(config)
    said = {"novantic.safe_mode": settings["novantic.safe_mode"]} if "novantic.safe_mode" in settings else {}
    loader = plaster.get_loader(config, protocols=["wsgi"])
    try:
        # the file's own application, whatever stands around it there; what it doesn't say is in the defaults
        app = loader.get_wsgi_app(None, defaults=said)
        server = loader.get_wsgi_server(None, defaults=said)
    except (configparser.Error, LookupError, ValueError) as error:
        raise SettingsError(f"{config}: {error}") from error
    click.echo(f"Serving {settings.get('novantic.site_url', '')}{' in safe mode' if said else ''}. Ctrl-C stops it.")
    server(app)
