"""``novantic demo``: a database full of invented tickets, to look at and to measure with."""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime

import click

from novantic_core.cli.config import config_option, load_site
from novantic_core.demo.fill import fill
from novantic_core.services.sign_in import SHORTEST_PASSWORD

LAST_DAY = date(2026, 6, 30)
"""Fixed, so that a seed gives the same rows whenever it is used."""


class Day(click.ParamType[date]):
    """A day as ``2026-06-30``, or ``today``."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if value == "today":
            return datetime.now(UTC).date()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day as 2026-06-30, or today", param, ctx)


@click.command("demo")
@config_option
@click.option("--tickets", required=True, type=click.IntRange(1, 5_000_000), help="How many tickets to add.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(min=0), help="The same seed, the same data.")
@click.option("--until", default=LAST_DAY, show_default=True, type=Day(), help="The data's last day, or today.")
@click.option("--password-stdin", is_flag=True, help="Read a password for the technicians from standard input.")
def command(config: str, tickets: int, seed: int, until: date, password_stdin: bool) -> None:
    """Add invented French data: companies, people, technicians, tickets with their discussions. Nobody is told."""
    site = load_site(config)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise click.UsageError(f"--password-stdin: a password takes at least {SHORTEST_PASSWORD} characters")
    started = time.monotonic()
    with click.progressbar(length=tickets, label="Tickets", file=sys.stderr) as bar:
        fill(site, tickets, seed, until, password, lambda done: bar.update(done - bar.pos))
    click.echo(f"Added {tickets} tickets in {time.monotonic() - started:.1f} s.")
