"""``python -m bench``: measure, print tables.

Knobs, by the environment: ``BENCH_TABLES`` ("nothing site queue search mail"), ``BENCH_TICKETS`` (100000),
``BENCH_SECONDS`` of each run (2), ``BENCH_ROUNDS`` (3), ``BENCH_CLIENTS`` ("1 8"), ``BENCH_SERVERS`` ("waitress
gunicorn granian"), ``BENCH_DATABASES`` ("sqlite postgresql"), ``BENCH_QUEUE`` and ``BENCH_SEARCH`` ("1000 100000
1000000"), ``BENCH_MAILS`` (1000), ``BENCH_PORT`` (6590).
"""

from __future__ import annotations

import contextlib
import platform
import tempfile
import time
from pathlib import Path

import psutil

from bench import mail, queue, search, site, statements
from bench.measuring import FIGURES, STARTS, ask, knob, measure, served, spread, table
from bench.site import Asked, Visit


def measure_nothing(servers: list[str], folder: Path, port: int, clients: list[int]) -> None:
    """What server and load cost by themselves."""
    rows = []
    for server in servers:
        with served(server, site.write_nothing_ini(folder, port), port) as running:
            rows += [[server, *measure(running, Asked("nothing", "get", "/"), count)] for count in clients]
    table("Nothing: an application that answers 7 kB at once; what server and load cost", ["server", *FIGURES], rows)


def measure_site(
    engine: str, server: str, ini: Path, visit: Visit, port: int, clients: list[int],
    counts: dict[str, statements.Count],
) -> list[str]:  # fmt: skip
    """The table of one server over one database; its memory and start as a row of another."""
    starts = []
    for _start in range(STARTS - 1):
        with served(server, ini, port) as one:
            starts.append(one.started_after)
    rows = []
    with served(server, ini, port) as running:
        starts.append(running.started_after)
        seen, entered, kb = ask(port, "/tickets/new"), ask(port, visit.link), ask(port, "/kb")
        assert seen is not None
        assert entered is not None
        assert kb is not None
        token = seen.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        for asked in site.what_is_asked(visit, site.find_article(kb.text)):
            for count in clients:
                cookie = entered.cookies if asked.visitor else seen.cookies
                figures = measure(running, asked, count, cookie, token)
                rows.append([asked.name, *figures, str(counts.get(asked.name, "-"))])
        largest, total = running.memory()
    table(f"{engine}, {server}", ["", *FIGURES, "SQL"], rows)
    return [engine, server, spread(starts, ".2f"), " ".join(f"{size:.0f}" for size in largest), f"{total:.0f}"]


def main() -> None:
    """Measure everything, or the tables that are asked for."""
    tables = knob("TABLES", "nothing site queue search mail").split()
    port = int(knob("PORT", "6590"))
    servers = knob("SERVERS", "waitress gunicorn granian").split()
    clients = [int(count) for count in knob("CLIENTS", "1 8").split()]
    rounds = f"{knob('ROUNDS', '3')} rounds of {knob('SECONDS', '2')} s"
    print(
        f"Python {platform.python_version()}; {psutil.cpu_count()} cores shared by clients, servers and database; load "
        f"before: {psutil.getloadavg()[0]:.1f}.\n{rounds}: median (least-greatest).\n"
        "CPU: what the site's processes worked for each request, without the database's server.\n"
        "SQL: statements + transaction control (BEGIN, savepoints) of one request."
    )
    with tempfile.TemporaryDirectory(prefix="novantic-bench-") as name:
        folder = Path(name)
        if "nothing" in tables:
            measure_nothing(servers, folder, port, clients)
        if "site" in tables:
            measure_sites(servers, folder, port, clients)
        if "queue" in tables:
            queue.measure_queue(servers[0], folder, port)
        if "search" in tables:
            search.measure_search(servers[0], folder, port)
        if "mail" in tables:
            mail.measure_mail(folder, port)


def measure_sites(servers: list[str], folder: Path, port: int, clients: list[int]) -> None:
    """Each server over each database, with the pages of the portal."""
    tickets, rows = int(knob("TICKETS", "100000")), []
    with contextlib.ExitStack() as stack:
        urls = stack.enter_context(site.databases(folder, knob("DATABASES", "sqlite postgresql").split()))
        for engine, url in urls.items():
            ini = site.write_ini(folder, engine, url, port)
            began = time.perf_counter()
            site.prepare(ini, tickets)
            print(f"\n{engine}: {tickets} tickets made in {time.perf_counter() - began:.1f} s")
            visit = site.make_visit(ini)
            with served(servers[0], ini, port):
                kb = ask(port, "/kb")
            assert kb is not None
            counts = statements.count(ini, visit, site.what_is_asked(visit, site.find_article(kb.text)))
            rows += [measure_site(engine, server, ini, visit, port, clients, counts) for server in servers]
    table("Processes", ["database", "server", "s to first form", "MB (PSS) each", "MB in all"], rows)


if __name__ == "__main__":
    main()
