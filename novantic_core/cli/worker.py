"""``novantic worker``: delivers what is due and runs periodic jobs."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from novantic_core.cli.config import config_option, load_site
from novantic_core.delivery.alarms import expect_no_worker
from novantic_core.delivery.worker import Worker
from novantic_core.services.note_plugins import note_plugins
from novantic_core.site import Site

log = logging.getLogger(__name__)

AT_MOST = 240.0
"""Seconds: a worker that cron starts every five minutes is through before the next one comes."""


@click.command("worker")
@config_option
@click.option(
    "--once", is_flag=True, help="Do what is due now, then end: for cron. Exit status 1 if some of it failed."
)
@click.option(
    "--at-most", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help=f"With --once: begin nothing more after so long ({AT_MOST:.0f}).",
)  # fmt: skip
def command(config: str, once: bool, at_most: float | None) -> None:
    """Send, fetch and do what is due until stopped. Any number of workers may run, on any number of machines."""
    if at_most is not None and not once:
        raise click.UsageError("--at-most belongs to --once")
    site = load_site(config)
    note_plugins(site, datetime.now(UTC))
    wrong: dict[str, None] = {}
    worker = Worker(site, tell=wrong.setdefault) if once else Worker(site)
    _run(worker, (lambda: worker.run_due(at_most or AT_MOST)) if once else worker.run)
    if once:
        _report(site, worker, wrong)
    if worker.left_behind:
        logging.shutdown()
        sys.stderr.flush()
        os._exit(1 if wrong else 0)
    sys.exit(1 if wrong else 0)


def _run(worker: Worker, work: Callable[[], None]) -> None:
    def stop(_signal: int, _frame: Any) -> None:
        worker.stop()
        log.info("worker %s was told to stop", worker.id)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("worker %s works", worker.id)
    # in a thread of its own: what hangs there can be left behind
    threading.Thread(target=work, name="novantic-worker", daemon=True).start()
    worker.ended.wait()


def _report(site: Site, worker: Worker, wrong: dict[str, None]) -> None:
    """Say what went wrong, a line for each; and that it is normal that no worker is alive until the next one comes."""
    try:
        with site.database.transaction() as session:
            expect_no_worker(session, datetime.now(UTC))
    except SQLAlchemyError as error:
        wrong.setdefault(f"the database can't be worked with: {getattr(error, 'orig', None) or error}")
    for words in wrong:
        click.echo(" ".join(words.split()), err=True)
    if worker.unfinished:
        click.echo("There is more to do than there was time for: the next worker goes on with it.", err=True)
