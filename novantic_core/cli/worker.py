"""``novantic worker``: delivers what is due and runs periodic jobs."""

from __future__ import annotations

import logging
import os
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import click

from novantic_core.cli.config import config_option, load_site
from novantic_core.delivery.alarms import expect_no_worker
from novantic_core.delivery.worker import Worker
from novantic_core.services.note_plugins import note_plugins

log = logging.getLogger(__name__)


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
        with site.database.transaction() as session:
            expect_no_worker(session)
        return

    def stop(_signal: int, _frame: Any) -> None:
        worker.stop()
        log.info("worker %s was told to stop", worker.id)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("worker %s works", worker.id)
    # in a thread of its own: what hangs there can be left behind
    threading.Thread(target=worker.run, name="novantic-worker", daemon=True).start()
    worker.ended.wait()
    if worker.left_behind:
        logging.shutdown()
        os._exit(0)
