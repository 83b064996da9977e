"""The fixtures."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy
from sqlalchemy import func, select

from novantic_core.testing.app import BUILT_IN, SITE_URL, TICKET, App, Mailbox, prepare_database
from novantic_core.testing.start import Routers

if TYPE_CHECKING:
    from novantic_core.testing.desk import SmallDesk
    from novantic_core.testing.smtp import SmtpSink
    from novantic_core.testing.web import WebServer


KNOWN_WARNINGS = (
    # WebOb and pyramid_mailer import cgi; legacy-cgi takes its place from Python 3.13 on
    "'cgi' is deprecated:DeprecationWarning",
    # Pyramid 2.1 imports pkg_resources, which is why setuptools is held below 80.9
    "pkg_resources is deprecated",
    "Deprecated call to `pkg_resources.declare_namespace:DeprecationWarning",
    # the copy of an upload that somebody may still read whose attempt was given up is left to the garbage collector
    "unclosed file <_io.BufferedRandom:ResourceWarning",
    # the same file, where the collector takes what is inside first
    r"unclosed file <_io.FileIO name=\d+ mode='rb\+':ResourceWarning",
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Leave out warnings about what Novantic stands on, which no plugin can mend; before a conftest.py imports it."""
    for known in KNOWN_WARNINGS:
        early_config.addinivalue_line("filterwarnings", f"ignore:{known}")
    return (yield)


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


@pytest.fixture(scope="session")
def novantic_routers() -> Routers:
    """Routes and views configured once for each set of plugins and settings; each test's site is new all the same."""
    return Routers()


@pytest.fixture
def novantic_app(
    request: pytest.FixtureRequest,
    novantic_settings: dict[str, str],
    novantic_databases: dict[Any, Any],
    novantic_routers: Routers,
) -> Iterator[App]:
    """A configured application on a fresh database."""
    from novantic_core.site import build

    marker = request.node.get_closest_marker("novantic")
    extra = marker.kwargs.get("extra_plugins") if marker else None
    if novantic_settings.get("novantic.worker") == "embedded":
        # it looks at the database as soon as the application is made
        site = build(novantic_settings, extra)
        prepare_database(site, novantic_databases)
        site.database.engine.dispose()
    app = App(novantic_routers.start(novantic_settings, extra), novantic_settings)
    if app.wsgi.registry.worker is None:
        prepare_database(app.site, novantic_databases)
    yield app
    worker = app.wsgi.registry.worker
    if worker is not None:
        worker.stop()
        # its connections can't be closed while it still works with one
        assert worker.ended.wait(30)
    app.site.database.engine.dispose()


@pytest.fixture
def portal(novantic_app: App) -> Any:
    """A WebTest client of the portal: a browser that nobody has used yet."""
    return novantic_app.client()


@pytest.fixture
def back_office(novantic_app: App) -> Any:
    """A WebTest client in which an administrator is signed in."""
    return novantic_app.sign_in("admin@novantic.example", "Ada", "administrator")


@pytest.fixture
def mailbox(novantic_app: App) -> Mailbox:
    """The mails that the application sends."""
    return Mailbox(novantic_app, Path(novantic_app.settings["mail.top_level_directory"]))


@pytest.fixture
def open_ticket(portal: Any) -> Callable[..., str]:
    """Open a ticket through the form, as a client would: ``open_ticket(subject="Panne", anydesk_id="…")``; its number.

    What isn't said is Claire Lefèvre's, whose printer is offline (``TICKET``).
    """

    def open_one(**values: Any) -> str:
        form = portal.get("/tickets/new").forms["ticket"]
        values = {**TICKET, **values}
        if "topic" in form.fields and "topic" not in values:
            topics = [key for key, _chosen, _words in form["topic"].options if key]
            values["topic"] = "printer" if "printer" in topics else topics[0]
        for name, value in values.items():
            form[name] = value
        page = form.submit(status=303).follow()
        return str(page.html.find(class_="num").text)

    return open_one


@pytest.fixture
def visit(portal: Any, mailbox: Mailbox, open_ticket: Callable[..., str]) -> Callable[..., Any]:
    """Open a ticket, as ``open_ticket`` does, and follow the link of its first mail: the page of the discussion."""

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
def count(novantic_app: App) -> Callable[[Any], int]:
    """How many rows a table has: ``count(Ticket)``."""

    def rows(table: Any) -> int:
        with novantic_app.site.database.session(write=False) as session:
            return int(session.scalar(select(func.count()).select_from(table)))

    return rows


@pytest.fixture
def say(novantic_app: App) -> Callable[..., int]:
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
def statements(novantic_app: App) -> Callable[[], Any]:
    """The SQL that is sent meanwhile.

    ``with statements() as sent: portal.get("/")``, then ``len(sent)``.
    """

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
    # aiosmtpd is for those who test mail
    from novantic_core.testing.smtp import SmtpSink

    sink = SmtpSink()
    novantic_settings.update(
        {"novantic.mailer": "smtp", "mail.host": "127.0.0.1", "mail.port": str(sink.port)}
    )  # fmt: skip
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def web_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """An HTTP server on the loopback, for a plugin that calls others: keeps what it was asked, answers as told."""
    from novantic_core.testing.web import WebServer

    # whatever proxy this machine goes through, its own loopback is nearer
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = WebServer()
    with server.running():
        yield server


@pytest.fixture
def small_desk(novantic_app: App) -> SmallDesk:
    """A desk for tests about several tickets and people: ``small_desk.merge(one, other)``."""
    from novantic_core.testing.desk import SmallDesk

    return SmallDesk(novantic_app)


@pytest.fixture
def untranslated(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The words that no catalogue had when they were asked for, by language: draw pages, then look.

    ``assert untranslated == {}`` at the end of a test that has drawn all that a plugin draws, in French. English is the
    text itself, and isn't asked for.
    """
    from pyramid.i18n import TranslationString

    from novantic_core.i18n import Catalogue

    missing: dict[str, set[str]] = {}
    translate = Catalogue.translate

    def note(self: Catalogue, msgid: Any, *args: Any, **options: Any) -> Any:
        # a template's words come with their default; other plain text is what somebody typed
        marked = isinstance(msgid, TranslationString) or (isinstance(msgid, str) and options.get("default") is not None)
        if marked and self.locale_name != "en" and not self.knows(msgid):
            missing.setdefault(self.locale_name, set()).add(str.__str__(msgid))
        return translate(self, msgid, *args, **options)

    monkeypatch.setattr(Catalogue, "translate", note)
    return missing


@pytest.fixture
def portal_theme() -> str:
    """The theme under which a plugin's pages are tested; override it, with parameters, to test under several."""
    return "novantic"


class Words:
    """How the theme of the site says something in a language, as a page has it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, english: str, locale: str = "en", **values: str) -> str:
        """The words in place of the core's or a plugin's English ones."""
        site = self._app.site
        return str(site.themes.catalogue(site.brand("main").theme, locale).translate(english, mapping=values))


@pytest.fixture
def words(novantic_app: Any) -> Words:
    """What the theme of the site says in place of English words: ``words("Open a new ticket")``."""
    return Words(novantic_app)
