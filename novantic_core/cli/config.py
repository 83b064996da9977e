"""Reading the .ini file that every command is given."""

from __future__ import annotations

import configparser
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import plaster

from novantic_core.settings import SAFE_MODE, SettingsError
from novantic_core.site import Site, build


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``-c FILE.ini``."""
    return click.option("-c", "--config", "config", required=True, metavar="FILE.ini", help="The site's .ini file.")(
        command
    )


def read_settings(path: str) -> dict[str, str]:
    """The ``[app:main]`` section of an .ini file, with ``%(here)s`` filled in, and its logging set up.

    :raises SettingsError: in one line, for a file that isn't there or can't be read
    """
    if not Path(path).is_file():
        raise SettingsError(f"{path}: there is no such file")
    try:
        loader = plaster.get_loader(path, protocols=["wsgi"])
        settings = dict(loader.get_wsgi_app_settings("main"))
        loader.setup_logging({})
        if wants_safe_mode():
            settings[SAFE_MODE] = "true"
    except (configparser.Error, plaster.PlasterError, LookupError, ValueError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    return settings


def ask_for_safe_mode() -> None:
    """Let the command at hand use no plugin that doesn't come with Novantic."""
    click.get_current_context().meta[SAFE_MODE] = True


def wants_safe_mode() -> bool:
    """Whether that was asked for."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(SAFE_MODE))


def load_site(path: str) -> Site:
    """The site of an .ini file."""
    return open_site(read_settings(path))


def open_site(settings: Mapping[str, Any]) -> Site:
    """The site of these settings, whose database connections are closed when the command ends."""
    site = build(settings)
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(site.database.engine.dispose)
    return site


def ensure_secret(settings: dict[str, str]) -> None:
    """Write a secret of the site's own where ``novantic.secret_file`` names a file that isn't there yet."""
    name = settings.get("novantic.secret_file")
    if not name or Path(name).exists():
        return
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", opener=_private) as target:
            target.write(secrets.token_hex(32) + "\n")
    except FileExistsError:
        return
    except OSError as error:
        raise SettingsError(f"novantic.secret_file = {name}: {error.strerror}") from error


def _private(path: str, flags: int) -> int:

    return os.open(path, flags, 0o600)


def ensure_database_folder(settings: dict[str, str]) -> None:
    """Make the folder of an SQLite file."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.get("sqlalchemy.url", ""))
    except ArgumentError:
        return
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"sqlalchemy.url: {Path(url.database).parent}: {error.strerror}") from error
