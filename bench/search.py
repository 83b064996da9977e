"""Searches in databases of growing size: words that few, many or most tickets have, and offers beside the form.

A word and a rarer one are planted, so that it is known how many tickets have them: ``vidéoprojecteur`` is in the first
message of every hundredth, ``gyrophare`` in that of ten of each size. The others are the demo's own: ``depuis`` is in
half of its tickets, ``poste`` in a third, ``« hors connexion »`` in 3 of 100.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from pyramid.paster import get_app
from pyramid.request import Request
from sqlalchemy import event, func, select, update

from bench import site
from bench.load import Plan
from bench.measuring import Server, knob, load, percentile, served, spread, table
from bench.queue import sign_in
from bench.statements import CONTROL, Count

PLANTED, EVERY = "vidéoprojecteur", 100
RARE, SOWN = "gyrophare", 10
SEARCHES = {
    "in 1 %": PLANTED,
    "two words": f"{PLANTED} poste",
    "a phrase": '"hors connexion"',
    "rare": RARE,
    "in half": "depuis",
}
ORDERS = {"best": "", "newest": "-created"}
SUGGESTED = "mon imprimante est hors connexion"
HEAD = ["", "first", "tickets", "found", "engine ms", "page: p50 ms", "p95 ms", "CPU ms", "SQL"]
BATCH = 500
TIMES = 15
"""Searches of the engine by itself, of which the median counts."""


@dataclass(frozen=True)
class Look:
    """What one request of a page takes besides time."""

    rows: int
    count: Count


def measure_search(server: str, folder: Path, port: int) -> None:
    """A table for each database: the same one is filled further and further."""
    sizes = sorted(int(size) for size in knob("SEARCH", "1000 100000 1000000").split())
    place = folder / "search"
    place.mkdir()
    with site.databases(place, knob("DATABASES", "sqlite postgresql").split()) as urls:
        for engine, url in urls.items():
            ini = site.write_ini(place, engine, url, port)
            rows, there = [], 0
            for size in sizes:
                began = time.perf_counter()
                site.prepare(ini, size - there)
                plant(ini, size - there)
                there = size
                print(f"\n{engine}: {size} tickets after {time.perf_counter() - began:.1f} s")
                rows += measure_size(server, ini, port, size)
            order = [*SEARCHES, "suggestions"]
            rows.sort(key=lambda row: (order.index(row[0]), row[1]))
            table(f"Search, {engine}, {server}, one client", HEAD, rows)


def measure_size(server: str, ini: Path, port: int, size: int) -> Iterator[list[str]]:
    """The rows of one size: each search in each order, and what is offered beside the form of a ticket."""
    cookie = sign_in(ini)
    looks = look(ini, cookie)
    with served(server, ini, port) as running:
        for (name, order), (path, found, took) in asked(ini).items():
            seen = looks[path]
            if not seen.rows:
                raise SystemExit(f"{path} shows no ticket")
            yield [name, order, str(size), found, f"{took:.1f}", *measure(running, path, cookie), str(seen.count)]
        path = f"/kb/suggest?{urlencode({'q': SUGGESTED})}"
        yield ["suggestions", "best", str(size), "-", "-", *measure(running, path, ""), str(looks[path].count)]


def measure(running: Server, path: str, cookie: str) -> list[str]:
    """Median and 95th percentile of each round, and what the site's processes worked for a request."""
    seconds = float(knob("SECONDS", "2"))
    load(Plan(running.port, "get", 1, seconds / 2, path, cookie))
    before = running.cpu_seconds()
    outcomes = [load(Plan(running.port, "get", 1, seconds, path, cookie)) for _round in range(int(knob("ROUNDS", "3")))]
    if any(outcome.failures for outcome in outcomes):
        raise SystemExit(f"{path} was not answered with a page")
    work = 1000 * (running.cpu_seconds() - before) / sum(len(outcome.latencies) for outcome in outcomes)
    figures = [spread([percentile(one.latencies, part) for one in outcomes], ".1f") for part in (0.5, 0.95)]
    return [*figures, f"{work:.1f}"]


def asked(ini: Path) -> dict[tuple[str, str], tuple[str, str, float]]:
    """For each search and order its address, how many tickets it finds, and what the engine by itself takes, in ms."""
    from novantic_core.cli.config import load_site
    from novantic_core.desk import Desk

    made = load_site(str(ini))
    found = {}
    for name, words in SEARCHES.items():
        with made.database.session(write=False) as session:
            # all of them, which no page asks for
            number = str(len(Desk(made, session).find("ticket", words, newest=True, limit=10**7)))
        for order, sort in ORDERS.items():
            times = []
            for _one in range(TIMES):
                with made.database.session(write=False) as session:
                    session.connection()
                    began = time.perf_counter()
                    Desk(made, session).find("ticket", words, newest=bool(sort), limit=26)
                    times.append(1000 * (time.perf_counter() - began))
            found[name, order] = (address(words, sort), number, statistics.median(times))
    made.database.engine.dispose()
    return found


def address(words: str, sort: str) -> str:
    """The technicians' search."""
    return f"/admin/tickets?{urlencode({'q': words, 'sort': sort} if sort else {'q': words})}"


def look(ini: Path, cookie: str) -> dict[str, Look]:
    """Rows and statements of each page, counted in this process."""
    app = get_app(str(ini))
    heard: list[str] = []
    engine = app.registry.site.database.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, words, *_rest: heard.append(words))
    paths = [address(words, sort) for words in SEARCHES.values() for sort in ORDERS.values()]
    found = {}
    for path in (*paths, f"/kb/suggest?{urlencode({'q': SUGGESTED})}"):
        counts = []
        for _attempt in range(3):
            heard.clear()
            answer = Request.blank(path, headers={"Cookie": cookie}).get_response(app)
            control = sum(words.startswith(CONTROL) for words in heard)
            counts.append((len(heard) - control, control))
        found[path] = Look(len(re.findall(r"<tr[^>]* data-number=", answer.text)), Count(*min(counts)))
    engine.dispose()
    return found


def plant(ini: Path, fresh: int) -> None:
    """Let some of the newest tickets say a word that no other does, and index them anew."""
    from novantic_core.cli.config import load_site
    from novantic_core.models import Message, Ticket
    from novantic_core.services.keep_index import changed

    made = load_site(str(ini))
    with made.database.session(write=False) as session:
        last = session.scalar(select(func.max(Ticket.id))) or 0
    some = dict.fromkeys(range(last - fresh + EVERY, last + 1, EVERY), PLANTED)
    few = range(last - fresh + 7, last + 1, max(fresh // SOWN, 1))
    for word, keys in ((PLANTED, list(some)), (RARE, list(few)[:SOWN])):
        for start in range(0, len(keys), BATCH):
            ids = keys[start : start + BATCH]
            with made.database.transaction() as session:
                firsts = select(func.min(Message.id)).where(Message.ticket_id.in_(ids)).group_by(Message.ticket_id)
                session.execute(
                    update(Message)
                    .where(Message.id.in_(firsts))
                    .values(text=Message.text + f" Le {word} aussi."),
                    execution_options={"synchronize_session": False},
                )  # fmt: skip
                changed(made, session, "ticket", *ids)
    site.settle(ini)
    made.database.engine.dispose()
