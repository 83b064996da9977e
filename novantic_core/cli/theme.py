"""``novantic theme check``: is a theme whole."""

from __future__ import annotations

import secrets
import sys

import click

from novantic_core.cli.config import config_option, open_site, read_settings
from novantic_core.settings import SettingsError


@click.group("theme")
def command() -> None:
    """Look after the site's themes."""


@command.command("check")
@click.argument("name", required=False)
@config_option
def check(config: str, name: str | None) -> None:
    """Check the theme NAME, or all that the site uses: colours, files, words, and each page and mail drawn.

    A line for each fault, with its file and its mend; exit status 1 if there is one. Pages are drawn by a copy of the
    site on a database of its own: nothing of yours is read or written but the theme's files.
    """
    from novantic_core.theme_check import check_theme

    # no secret is needed to look at pages; a site that was never started has none yet
    given = {key: value for key, value in read_settings(config).items() if not key.startswith("novantic.secret")}
    settings = {**given, "novantic.secret": secrets.token_hex(32)}
    try:
        site = open_site(settings)
    except SettingsError as error:
        if not _is_of_theme(str(error), name):
            raise
        # a theme that can't be read is what the check is for
        click.echo(str(error))
        sys.exit(1)
    themes = site.themes.themes
    if name is not None and name not in themes:
        raise click.BadParameter(f"{name!r} is not among the themes: {', '.join(sorted(themes))}", param_hint="NAME")
    faults = 0
    for theme in [name] if name else dict.fromkeys(brand.theme for brand in site.brands.values()):
        report = check_theme(site, settings, theme)
        for finding in report.findings:
            click.echo(str(finding))
        count = len(report.faults)
        said = "no fault" if not count else f"{count} fault{'s' if count > 1 else ''}"
        click.echo(f"{theme}: {said}; {report.pages} pages and {report.mails} mails drawn")
        faults += count
    sys.exit(1 if faults else 0)


def _is_of_theme(fault: str, name: str | None) -> bool:
    return fault.startswith("theme " if name is None else f"theme {name}: ") or (
        fault.startswith("the parent ") and (name is None or f" of theme {name} " in fault)
    )
