"""``novantic plugins check``: which installed plugins fit this version."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from novantic_core import settings as settings_module
from novantic_core.cli.config import read_settings
from novantic_core.cli.table import write_table
from novantic_core.fitting import VERSION
from novantic_core.services.check_plugin import PluginReport, check_plugins


@click.command("check")
@click.option("-c", "--config", "config", metavar="FILE.ini", help="The site's .ini file: which plugins are enabled.")
@click.pass_context
def check(context: click.Context, config: str | None) -> None:
    """Say which installed plugins fit this version, and why others don't; nothing is changed.

    Exit status 0 if all that are enabled fit; without -c, if all that are installed do.
    """
    config = config or context.obj
    # the site is not built: one that can't start is what somebody wants to understand
    enabled = settings_module.read(read_settings(config))[0].plugins if config else ()
    reports = check_plugins(enabled)
    rows: list[Sequence[str]] = [("NAME", "VERSION", "ENABLED", "NEEDS", "FITS")]
    notes = {}
    for report in reports:
        notes[len(rows)] = [*report.faults, *(f"warning: {words}" for words in report.warnings)]
        in_use = "-" if config is None else "yes" if report.enabled else "no"
        fits = "no" if not report.fits else "yes, with a warning" if report.warnings else "yes"
        rows.append((report.name, report.version or "-", in_use, report.asks or "-", fits))
    write_table(rows, notes)
    counted = [report for report in reports if report.enabled or config is None]
    misfits = [report.name for report in counted if not report.fits]
    click.echo(f"\n{_verdict(counted, misfits, config is not None)}")
    sys.exit(1 if misfits else 0)


def _verdict(counted: Sequence[PluginReport], misfits: Sequence[str], enabled: bool) -> str:
    which = "enabled" if enabled else "installed"
    if misfits:
        return f"Not fit for version {VERSION} of the contract: {', '.join(misfits)} ({which}: {len(counted)})."
    return f"All {len(counted)} that are {which} fit version {VERSION} of the contract."
