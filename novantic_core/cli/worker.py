"""``novantic worker``: delivers what is due and runs periodic jobs."""

from __future__ import annotations

import logging
import signal
from datetime import UTC, datetime
from typing import Any

import click

from novantic_core.cli.config import config_option, load_site
from novantic_core.delivery.worker import Worker
from novantic_core.services.note_plugins import note_plugins


@click.command("worker")
@config_option
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def command(config: str, once: bool) -> None:
    """Deliver queued notifications until stopped. Any number of workers may run, on any number of machines."""
    site = load_site(config)
    note_plugins(site, datetime.now(UTC))
    worker = Worker(site)
    if once:
        while worker.run_once():
            pass
        worker.leave()
        return

    def stop(_signal: int, _frame: Any) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    logging.getLogger(__name__).info("worker %s works", worker.id)
    worker.run()
