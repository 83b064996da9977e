"""Serving a site, sending it the load, and printing what came of it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from bench import site
from bench.load import SERVER, Outcome, Plan
from bench.site import Asked

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
