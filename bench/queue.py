"""The queue's first page in databases of growing size: what it takes must not grow with them."""

from __future__ import annotations

import statistics
from pathlib import Path

from bench.growing import ask_again, empty_sites, look, sign_in, sizes_of
from bench.measuring import percentile, served, spread, table

PAGES = {
    "all open": "/admin/tickets",
    "mine": "/admin/tickets?assignee=me",
    "closed": "/admin/tickets?status=closed",
    "nothing new": "/admin/tickets/news?since=999999999",
}
"""The first page as one comes in, by two other filters of the menu, and what its script asks every twenty seconds."""
HEAD = ["", "tickets", "median (least-greatest) ms", "ratio", "CPU ms", "rows", "SQL"]


def measure_queue(server: str, folder: Path, port: int) -> None:
    """A table for each database: the same one is filled further and further."""
    with empty_sites("queue", folder, port) as sites:
        for engine, ini in sites.items():
            rows, first = [], dict[str, float]()
            for size, _fresh in sizes_of("queue", engine, ini):
                cookie = sign_in(ini)
                looks = look(ini, cookie, PAGES.values())
                with served(server, ini, port) as running:
                    for name, path in PAGES.items():
                        outcomes, work = ask_again(running, path, cookie)
                        medians = [percentile(one.latencies, 0.5) for one in outcomes]
                        middle = statistics.median(medians)
                        first.setdefault(name, middle)
                        ratio = f"{middle / first[name]:.2f}"
                        seen = looks[path]
                        figures = [spread(medians, ".1f"), ratio, f"{work:.1f}", str(seen.rows), str(seen.count)]
                        rows.append([name, str(size), *figures])
            rows.sort(key=lambda row: list(PAGES).index(row[0]))
            table(f"The queue, {engine}, {server}, one client", HEAD, rows)
