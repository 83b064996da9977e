"""Searches in databases of growing size: words that few, many or most tickets have, and offers beside the form.

A word and a rarer one are planted, so that it is known how many tickets have them: ``vidéoprojecteur`` is in the first
message of every hundredth, ``gyrophare`` in that of ten of each size. The others are the demo's own: ``depuis`` is in
half of its tickets, ``poste`` in a third, ``« hors connexion »`` in 3 of 100.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select, update

from bench import site
from bench.growing import ask_again, empty_sites, look, sign_in, sizes_of
from bench.measuring import Server, percentile, served, spread, table

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


def measure_search(server: str, folder: Path, port: int) -> None:
    """A table for each database: the same one is filled further and further."""
    with empty_sites("search", folder, port) as sites:
        for engine, ini in sites.items():
            rows: list[list[str]] = []
            for size, fresh in sizes_of("search", engine, ini):
                plant(ini, fresh)
                rows += measure_size(server, ini, port, size)
            order = [*SEARCHES, "suggestions"]
            rows.sort(key=lambda row: (order.index(row[0]), row[1]))
            table(f"Search, {engine}, {server}, one client", HEAD, rows)


def measure_size(server: str, ini: Path, port: int, size: int) -> Iterator[list[str]]:
    """The rows of one size: each search in each order, and what is offered beside the form of a ticket."""
    cookie = sign_in(ini)
    searches, offered = asked(ini), f"/kb/suggest?{urlencode({'q': SUGGESTED})}"
    looks = look(ini, cookie, [*(path for path, _found, _took in searches.values()), offered])
    with served(server, ini, port) as running:
        for (name, order), (path, found, took) in searches.items():
            if not looks[path].rows:
                raise SystemExit(f"{path} shows no ticket")
            yield [name, order, str(size), found, f"{took:.1f}", *_times(running, path, cookie), str(looks[path].count)]
        yield ["suggestions", "best", str(size), "-", "-", *_times(running, offered, ""), str(looks[offered].count)]


def _times(running: Server, path: str, cookie: str) -> list[str]:
    """Median and 95th percentile of each round, and what the site's processes worked for a request."""
    outcomes, work = ask_again(running, path, cookie)
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
