"""The queue's first page in databases of growing size: what it takes must not grow with them."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyramid.paster import get_app
from pyramid.request import Request
from sqlalchemy import event, select

from bench import site
from bench.load import Plan
from bench.measuring import Server, knob, load, percentile, served, spread, table
from bench.statements import CONTROL, Count

PAGES = {
    "all open": "/admin/tickets",
    "mine": "/admin/tickets?assignee=me",
    "closed": "/admin/tickets?status=closed",
    "nothing new": "/admin/tickets/news?since=999999999",
}
"""The first page as one comes in, by two other filters of the menu, and what its script asks every twenty seconds."""
HEAD = ["", "tickets", "median (least-greatest) ms", "ratio", "CPU ms", "rows", "SQL"]


@dataclass(frozen=True)
class Look:
    """What one request of a page takes besides time."""

    rows: int
    count: Count


def measure_queue(server: str, folder: Path, port: int) -> None:
    """A table for each database: the same one is filled further and further."""
    sizes = sorted(int(size) for size in knob("QUEUE", "1000 100000 1000000").split())
    place = folder / "queue"
    place.mkdir()
    with site.databases(place, knob("DATABASES", "sqlite postgresql").split()) as urls:
        for engine, url in urls.items():
            ini = site.write_ini(place, engine, url, port)
            rows, first, there = [], dict[str, float](), 0
            for size in sizes:
                began = time.perf_counter()
                site.prepare(ini, size - there)
                there, cookie = size, sign_in(ini)
                print(f"\n{engine}: {size} tickets after {time.perf_counter() - began:.1f} s")
                looks = look(ini, cookie)
                with served(server, ini, port) as running:
                    for name, path in PAGES.items():
                        medians, work = measure_page(running, path, cookie)
                        middle = statistics.median(medians)
                        first.setdefault(name, middle)
                        ratio = f"{middle / first[name]:.2f}"
                        seen = looks[name]
                        figures = [spread(medians, ".1f"), ratio, f"{work:.1f}", str(seen.rows), str(seen.count)]
                        rows.append([name, str(size), *figures])
            rows.sort(key=lambda row: list(PAGES).index(row[0]))
            table(
                f"The queue, {engine}, {server}, one client",
                HEAD,
                rows,
            )


def measure_page(running: Server, path: str, cookie: str) -> tuple[list[float], float]:
    """The median of each round, and what the site's processes worked for a request, in milliseconds."""
    seconds = float(knob("SECONDS", "2"))
    load(Plan(running.port, "get", 1, seconds / 2, path, cookie))
    before = running.cpu_seconds()
    outcomes = [load(Plan(running.port, "get", 1, seconds, path, cookie)) for _round in range(int(knob("ROUNDS", "3")))]
    if any(outcome.failures for outcome in outcomes):
        raise SystemExit(f"{path} was not answered with a page")
    answered = sum(len(outcome.latencies) for outcome in outcomes)
    work = 1000 * (running.cpu_seconds() - before) / answered
    return [percentile(outcome.latencies, 0.5) for outcome in outcomes], work


def sign_in(ini: Path) -> str:
    """The cookie of a signed-in technician: the first of the invented ones, who has tickets."""
    from novantic_core.cli.config import load_site
    from novantic_core.models import Technician
    from novantic_core.security import TECHNICIAN_COOKIE
    from novantic_core.services.sign_in import Browser, start_session

    made = load_site(str(ini))
    with made.database.transaction() as session:
        technician = session.scalars(select(Technician).order_by(Technician.id)).first()
        assert technician is not None
        token = start_session(session, technician, datetime.now(UTC), Browser()).token
    made.database.engine.dispose()
    return f"{TECHNICIAN_COOKIE}={token}"


def look(ini: Path, cookie: str) -> dict[str, Look]:
    """Rows and statements of each page, counted in this process."""
    app = get_app(str(ini))
    heard: list[str] = []
    engine = app.registry.site.database.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, words, *_rest: heard.append(words))
    found = {}
    for name, path in PAGES.items():
        counts = []
        for _attempt in range(3):
            heard.clear()
            answer = Request.blank(path, headers={"Cookie": cookie}).get_response(app)
            control = sum(words.startswith(CONTROL) for words in heard)
            counts.append((len(heard) - control, control))
        # the least: now and then one of them reads the desk's settings anew, as any page does
        found[name] = Look(len(re.findall(r"<tr[^>]* data-number=", answer.text)), Count(*min(counts)))
    engine.dispose()
    return found
