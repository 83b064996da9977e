"""A thousand mails to a server on the loopback, by one worker and by two: real processes, a real outbox.

The server is aiosmtpd in a process of its own, which shares the cores with the workers. What is measured begins with
the first connection and ends when the last delivery is marked as sent; starting Python isn't in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import site
from bench.measuring import knob, spread, table

PATIENCE_SECONDS = 600


def measure_mail(folder: Path, port: int) -> None:
    """The table: both engines, one worker and two."""
    rounds, mails = int(knob("ROUNDS", "3")), int(knob("MAILS", "1000"))
    place = folder / "mail"
    place.mkdir()
    rows = []
    with site.databases(place, knob("DATABASES", "sqlite postgresql").split()) as urls, sink(port) as sink_port:
        for engine, url in urls.items():
            ini = site.write_ini(place, engine, url, port)
            ini.write_text(ini.read_text("utf-8").replace("mail.port = 25", f"mail.port = {sink_port}", 1), "utf-8")
            site.prepare(ini, 200)
            for workers in (1, 2):
                seconds = [_run(ini, mails, workers) for _round in range(rounds)]
                rows.append([engine, str(workers), spread(seconds, ".1f"), f"{mails / statistics.median(seconds):.0f}"])
    table(f"{mails} mails to a server on the loopback", ["database", "workers", "s", "mails/s"], rows)


@contextlib.contextmanager
def sink(port: int) -> Iterator[int]:
    """The mail server, in a process of its own."""
    there = port + 1
    with subprocess.Popen(
        [sys.executable, "-m", "bench.mail", str(there)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield there
        process.terminate()


def _run(ini: Path, mails: int, workers: int) -> float:
    """Seconds from the first mail to the last."""
    from novantic_core.cli.config import load_site

    made = load_site(str(ini))
    last, count = _queue(made, mails)
    command = [sys.executable, "-c", "from novantic_core.cli import main; main()", "worker", "-c", str(ini)]
    running = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _one in range(workers)]
    try:
        first, end = _wait(made, last, count)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)
    made.database.engine.dispose()
    return (end - first).total_seconds() * mails / count


def _queue(made: Any, mails: int) -> tuple[int, int]:
    """Answer on tickets until so many mails wait: after which delivery they come, and how many there are."""
    from novantic_core.models import Delivery, Ticket
    from novantic_core.services.discuss import add_message
    from novantic_core.values import Actor

    actor, count = Actor("technician", "Hugo", "hugo@novantic.example"), 0
    words = "<p>Bonjour,</p><p>c'est réparé : l'imprimante était éteinte.</p>"
    with made.database.session(write=False) as session:
        last = session.scalar(select(func.max(Delivery.id))) or 0
        tickets = list(session.scalars(select(Ticket.id).order_by(Ticket.id)))
    while count < mails:
        with made.database.transaction() as session:
            for key in tickets[: mails - count]:
                add_message(made, session, session.get_one(Ticket, key), actor, words, datetime.now(UTC))
            count = session.scalar(select(func.count()).where(Delivery.id > last)) or 0
    return last, count


def _wait(made: Any, last: int, count: int) -> tuple[datetime, datetime]:
    """When the first and the last of them were marked as sent."""
    from novantic_core.models import Delivery
    from novantic_core.models.delivery import SENT

    until = time.monotonic() + PATIENCE_SECONDS
    sent = select(func.count(), func.min(Delivery.sent_at), func.max(Delivery.sent_at)).where(
        Delivery.id > last, Delivery.state == SENT
    )
    while time.monotonic() < until:
        with made.database.session(write=False) as session:
            done, first, end = session.execute(sent).one()
        if done >= count:
            return first, end
        time.sleep(0.5)
    raise SystemExit(f"only {done} of {count} mails were sent")


async def serve(port: int) -> None:
    """Take every mail and forget it."""
    from aiosmtpd.smtp import SMTP

    class Taker:
        async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
            return "250 kept"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Taker(), loop=loop), "127.0.0.1", port)
    sys.stdout.write(json.dumps(port) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
