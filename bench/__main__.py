"""``python -m bench``: measure, print tables.

Knobs, by the environment: ``BENCH_TICKETS`` (100000), ``BENCH_SECONDS`` of each run (2), ``BENCH_ROUNDS`` (3),
``BENCH_CLIENTS`` ("1 8"), ``BENCH_SERVERS`` ("waitress gunicorn granian"), ``BENCH_DATABASES`` ("sqlite postgresql"),
``BENCH_PORT`` (6590).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from bench import site, statements
from bench.load import SERVER, Outcome, Plan
from bench.site import Asked, Visit

STARTS = 3
WARM_SECONDS = 0.5
PATIENCE_SECONDS = 60


def knob(name: str, default: str) -> str:
    """A setting of the benchmark."""
    return os.environ.get(f"BENCH_{name}", default)


@dataclass
class Server:
    """A site being served."""

    process: psutil.Popen
    port: int
    started_after: float
    """Seconds from its start to the first answer of its form."""

    def cpu_seconds(self) -> float:
        """Time that its processes have worked: unlike the clock, it hardly feels who else uses the machine."""
        times = [one.cpu_times() for one in (self.process, *self.process.children(recursive=True))]
        return sum(time.user + time.system for time in times)

    def memory(self) -> tuple[list[float], float]:
        """Megabytes: each serving process's proportional set size, and the whole tree's."""
        family = [self.process, *self.process.children(recursive=True)]
        sizes = []
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                sizes.append(one.memory_full_info().pss / 1024**2)
        return sorted(sizes)[-2:], sum(sizes)


@contextlib.contextmanager
def served(server: str, ini: Path, port: int, path: str = "/tickets/new") -> Iterator[Server]:
    """A site, from its first answer until the end of the block."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.serve", server, str(ini), str(port)]
    # what a server says of its own coming and going stands in no table
    log = ini.with_suffix(".log")
    with log.open("wb") as said:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        process = psutil.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        while ask(port, path) is None:
            if process.poll() is not None or time.perf_counter() - began > PATIENCE_SECONDS:
                raise SystemExit(f"{server} doesn't serve {ini.name}:\n{log.read_text('utf-8', 'replace')}")
            time.sleep(0.01)
        yield Server(process, port, time.perf_counter() - began)
    finally:
        family = [process, *process.children(recursive=True)]
        process.terminate()
        _gone, alive = psutil.wait_procs(family, 10)
        for one in alive:
            one.kill()
        psutil.wait_procs(alive, 10)


@dataclass(frozen=True)
class Answer:
    """What a page said."""

    status: int
    text: str
    cookies: str


def ask(port: int, path: str, cookie: str = "") -> Answer | None:
    """One request; None while nobody listens."""
    connection = http.client.HTTPConnection(SERVER, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode(), site.cookies(answer))
    except (ConnectionError, http.client.RemoteDisconnected):
        return None
    finally:
        connection.close()


def load(plan: Plan) -> Outcome:
    """Run the load in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "bench.load"], input=json.dumps(asdict(plan)), text=True,
                          capture_output=True, check=False)  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the load failed: {done.stderr}")
    return Outcome(**json.loads(done.stdout))


def table(title: str, head: list[str], rows: list[list[str]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [cell.ljust(width) if not column else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        print("  " + "  ".join(cells))
    sys.stdout.flush()


def spread(values: list[float], form: str = ".0f") -> str:
    """The median of some rounds, between the least and the greatest."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def percentile(values: list[float], part: float) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return 1000 * ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else float("nan")


def measure(server: Server, asked: Asked, clients: int, cookie: str = "", token: str = "") -> list[str]:
    """One row: some rounds of one journey by so many clients."""
    seconds, rounds = float(knob("SECONDS", "2")), int(knob("ROUNDS", "3"))
    plan = Plan(server.port, asked.journey, clients, seconds, asked.path, cookie, token)
    load(Plan(**{**asdict(plan), "seconds": WARM_SECONDS, "seed": 0}))
    outcomes, work = [], []
    for _round in range(rounds):
        before = server.cpu_seconds()
        outcomes.append(load(Plan(**{**asdict(plan), "seed": time.time_ns()})))
        work.append(1000 * (server.cpu_seconds() - before) / max(len(outcomes[-1].latencies), 1))
    rates = [len(outcome.latencies) / outcome.seconds for outcome in outcomes]
    figures = [spread([percentile(o.latencies, part) for o in outcomes], ".1f") for part in (0.5, 0.95, 0.99)]
    return [
        str(clients),
        spread(rates),
        *figures,
        spread(work, ".2f"),
        str(sum(outcome.failures for outcome in outcomes)),
    ]


FIGURES = ["clients", "a second", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "failed"]


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
    """Measure everything."""
    tickets, port = int(knob("TICKETS", "100000")), int(knob("PORT", "6590"))
    servers = knob("SERVERS", "waitress gunicorn granian").split()
    clients = [int(count) for count in knob("CLIENTS", "1 8").split()]
    rounds = f"{knob('ROUNDS', '3')} rounds of {knob('SECONDS', '2')} s"
    print(
        f"Python {platform.python_version()}; {psutil.cpu_count()} cores shared by clients, servers and database; load "
        f"before: {psutil.getloadavg()[0]:.1f}.\n{tickets} tickets; {rounds}: median (least-greatest).\n"
        "CPU: what the site's processes worked for each request, without the database's server.\n"
        "SQL: statements + transaction control (BEGIN, savepoints) of one request."
    )
    with tempfile.TemporaryDirectory(prefix="novantic-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        measure_nothing(servers, folder, port, clients)
        urls = stack.enter_context(site.databases(folder, knob("DATABASES", "sqlite postgresql").split()))
        rows = []
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
