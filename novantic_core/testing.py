"""Fixtures for tests of plugins, themes and the core itself: a pytest plugin, there as soon as Novantic is installed.

    @pytest.mark.novantic(plugins=["webform", "email", "mine"], extra_plugins={"mine": my_plugin})
    def test_field_is_on_the_form(portal):
        assert "my_field" in portal.get("/tickets/new").forms["ticket"].fields

``novantic_app`` is a configured application on a fresh database, ``portal`` and ``back_office`` are WebTest clients of
it, ``mailbox`` shows mail as a recipient would see it. A plugin's fault is raised, not guarded. The marker takes
``plugins`` (names, in order; all built-in ones unless told), ``extra_plugins`` (modules that aren't installed, by
name) and ``settings`` (more lines of the .ini file).
"""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

BUILT_IN = ("webform", "email_links", "faq", "teamviewer", "categories", "critical", "email", "local_storage")
SITE_URL = "http://support.example.com"
PASSWORD = "correct horse battery"  # noqa: S105 - of technicians that exist in tests only


@dataclass
class App:
    """An application under test."""

    wsgi: Any
    settings: Mapping[str, str]

    @property
    def site(self) -> Any:
        """The site: its settings, plugins, database, storage."""
        return self.wsgi.registry.site

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed at the end."""
        with self.site.database.transaction() as session:
            yield session

    def deliver(self) -> None:
        """Do all that a worker would do now."""
        from novantic_core.delivery.worker import Worker

        worker = Worker(self.site)
        while worker.run_once():
            pass
        worker.leave()

    def add_technician(self, email: str = "hugo@novantic.example", name: str = "Hugo", role: str = "technician") -> int:
        """Add somebody who can sign in with :data:`PASSWORD`; their id."""
        from novantic_core.services.sign_in import add_technician

        with self.transaction() as session:
            return add_technician(session, self.site.settings, email, name, role, PASSWORD, datetime.now(UTC)).id

    def client(self) -> Any:
        """A WebTest client with no cookies yet."""
        from webtest import TestApp

        return TestApp(self.wsgi, extra_environ={"HTTP_HOST": "support.example.com", "REMOTE_ADDR": "192.0.2.1"})


@dataclass
class Mailbox:
    """The mails that were sent, oldest first, each read whole as a mail program would."""

    app: App
    folder: Path
    seen: dict[str, EmailMessage] = field(default_factory=dict)

    @property
    def messages(self) -> list[EmailMessage]:
        """All mails up to now; what is due is delivered first."""
        self.app.deliver()
        paths = sorted(self.folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        for path in paths:
            if path.name not in self.seen:
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self.seen[path.name] = message
        return list(self.seen.values())

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [message for message in self.messages if address in str(message["To"])]

    @staticmethod
    def text(message: EmailMessage) -> str:
        """The plain text of a mail."""
        part = message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @staticmethod
    def html(message: EmailMessage) -> str:
        """The HTML of a mail."""
        part = message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    def link(self, message: EmailMessage) -> str:
        """The path of the access link in a mail."""
        site = self.app.settings["novantic.site_url"]
        found = re.search(rf"{re.escape(site)}(/access/\S+)", self.text(message))
        assert found is not None, "there is no access link in this mail"
        return found[1]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "novantic(plugins=None, extra_plugins=None, settings=None): how the application is configured"
    )


@pytest.fixture
def novantic_database_url(tmp_path: Path) -> str:
    """The database of a test: an SQLite file of its own. Override it to test on another engine."""
    return f"sqlite:///{tmp_path}/novantic.db"


@pytest.fixture(scope="session")
def novantic_databases(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    """Databases migrated once for each set of plugins and copied for each test."""
    return {"folder": tmp_path_factory.mktemp("databases")}


@pytest.fixture(scope="session")
def novantic_template_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Templates compiled once for all tests, by far the dearest part of making an application."""
    return str(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def novantic_settings(
    request: pytest.FixtureRequest, tmp_path: Path, novantic_database_url: str, novantic_template_cache: str
) -> dict[str, str]:
    """What the .ini file of the application says."""
    marker = request.node.get_closest_marker("novantic")
    options = marker.kwargs if marker else {}
    settings = {
        "sqlalchemy.url": novantic_database_url,
        "novantic.site_url": SITE_URL,
        "novantic.plugins": " ".join(options["plugins"] if options.get("plugins") is not None else BUILT_IN),
        "novantic.secret": "0123456789abcdef" * 4,
        "novantic.mailer": "files",
        "novantic.debug": "true",
        # one process: nobody else changes anything, and how many statements a page takes doesn't depend on the clock
        "novantic.preferences_seconds": "3600",
        "mail.top_level_directory": str(tmp_path / "mail"),
        "novantic.template_cache": novantic_template_cache,
    }
    if "local_storage" in settings["novantic.plugins"].split():
        settings["novantic.storage.local.path"] = str(tmp_path / "files")
    settings.update(options.get("settings") or {})
    return settings


@pytest.fixture
def novantic_app(
    request: pytest.FixtureRequest, novantic_settings: dict[str, str], novantic_databases: dict[Any, Any]
) -> Iterator[App]:
    """A configured application on a fresh database."""
    from novantic_core import make_app
    from novantic_core.site import build

    marker = request.node.get_closest_marker("novantic")
    extra = marker.kwargs.get("extra_plugins") if marker else None
    if novantic_settings.get("novantic.worker") == "embedded":
        # it looks at the database as soon as the application is made
        site = build(novantic_settings, extra)
        prepare_database(site, novantic_databases)
        site.database.engine.dispose()
    app = App(make_app(novantic_settings, extra), novantic_settings)
    if app.wsgi.registry.worker is None:
        prepare_database(app.site, novantic_databases)
    yield app
    worker = app.wsgi.registry.worker
    if worker is not None:
        worker.stop()
        # its connections can't be closed while it still works with one
        assert worker.ended.wait(30)
    app.site.database.engine.dispose()


def prepare_database(site: Any, prepared: dict[Any, Any]) -> None:
    """Bring a fresh database to the heads of all histories; by a copy of one that was migrated before, where it can.

    :param prepared: what was migrated before. Tests on another engine than SQLite may put a function in it under
        ``copy``: it gets the site and the key of its histories, and brings the database there its own way.
    """
    from novantic_core.migrate import histories, upgrade

    database = site.database.url.database
    key = (tuple(histories(site).items()), site.settings.search, tuple(site.search_indexes))
    if not site.database.is_sqlite or not database:
        prepared.get("copy", lambda site, _key: upgrade(site))(site, key)
        return
    if key not in prepared:
        upgrade(site)
        with site.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        site.database.engine.dispose()
        prepared[key] = prepared["folder"] / f"{len(prepared)}.db"
        shutil.copyfile(database, prepared[key])
        return
    site.database.engine.dispose()
    shutil.copyfile(prepared[key], database)


@pytest.fixture
def portal(novantic_app: App) -> Any:
    """A WebTest client of the portal: a browser that nobody has used yet."""
    return novantic_app.client()


@pytest.fixture
def back_office(novantic_app: App) -> Any:
    """A WebTest client in which an administrator is signed in."""
    novantic_app.add_technician("admin@novantic.example", "Ada", "administrator")
    client = novantic_app.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "admin@novantic.example", PASSWORD
    form.submit().follow()
    return client


@pytest.fixture
def mailbox(novantic_app: App) -> Mailbox:
    """The mails that the application sends."""
    return Mailbox(novantic_app, Path(novantic_app.settings["mail.top_level_directory"]))
