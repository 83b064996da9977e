"""What measurements of a growing desk share: databases filled further and further, a technician, pages asked again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyramid.paster import get_app
from pyramid.request import Request
from sqlalchemy import event, select

from bench import site
from bench.load import Outcome, Plan
from bench.measuring import Server, knob, load
from bench.statements import CONTROL, Count


@dataclass(frozen=True)
class Look:
    """What one request of a page takes besides time."""

    rows: int
    count: Count


@contextmanager
def empty_sites(name: str, folder: Path, port: int) -> Iterator[dict[str, Path]]:
    """A site over an empty database of each engine, by the engine's name."""
    place = folder / name
    place.mkdir()
    with site.databases(place, knob("DATABASES", "sqlite postgresql").split()) as urls:
        yield {engine: site.write_ini(place, engine, url, port) for engine, url in urls.items()}


def sizes_of(name: str, engine: str, ini: Path) -> Iterator[tuple[int, int]]:
    """Fill a site further and further: how many tickets it has, and how many of them are new."""
    there = 0
    for size in sorted(int(size) for size in knob(name.upper(), "1000 100000 1000000").split()):
        began = time.perf_counter()
        site.prepare(ini, size - there)
        print(f"\n{engine}: {size} tickets after {time.perf_counter() - began:.1f} s")
        yield size, size - there
        there = size


def ask_again(running: Server, path: str, cookie: str) -> tuple[list[Outcome], float]:
    """Each round's answers, and what the site's processes worked for a request, in milliseconds."""
    seconds = float(knob("SECONDS", "2"))
    load(Plan(running.port, "get", 1, seconds / 2, path, cookie))
    before = running.cpu_seconds()
    outcomes = [load(Plan(running.port, "get", 1, seconds, path, cookie)) for _round in range(int(knob("ROUNDS", "3")))]
    if any(outcome.failures for outcome in outcomes):
        raise SystemExit(f"{path} was not answered with a page")
    answered = sum(len(outcome.latencies) for outcome in outcomes)
    return outcomes, 1000 * (running.cpu_seconds() - before) / answered


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


def look(ini: Path, cookie: str, paths: Iterable[str]) -> dict[str, Look]:
    """Rows and statements of each page, counted in this process."""
    app = get_app(str(ini))
    heard: list[str] = []
    engine = app.registry.site.database.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, words, *_rest: heard.append(words))
    found = {}
    for path in paths:
        counts = []
        for _attempt in range(3):
            heard.clear()
            answer = Request.blank(path, headers={"Cookie": cookie}).get_response(app)
            control = sum(words.startswith(CONTROL) for words in heard)
            counts.append((len(heard) - control, control))
        # the least: now and then one of them reads the desk's settings anew, as any page does
        found[path] = Look(len(re.findall(r"<tr[^>]* data-number=", answer.text)), Count(*min(counts)))
    engine.dispose()
    return found
