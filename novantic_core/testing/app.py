"""An application under test, and its mails."""

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
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from novantic_core.plugin import Parcel

TICKET = {
    "company": "Boulangerie Lefèvre",
    "email": "claire@lefevre.example.com",
    "name": "Claire Lefèvre",
    "phone": "01 44 55 66 77",
    "subject": "Imprimante HP – hors connexion",
    "message": "Bonjour,\nmon imprimante apparaît hors connexion.",
}
"""What a client types into the form of :func:`~novantic_core.testing.fixtures.open_ticket`."""
BUILT_IN = (
    "webform", "email_links", "faq", "teamviewer", "categories", "critical", "email", "local_storage", "mail_intake",
)  # fmt: skip
"""The plugins that Novantic brings, in the order of its own .ini files."""
SITE_URL = "http://support.example.com"
"""``novantic.site_url`` of the application."""
PASSWORD = "correct horse battery"  # noqa: S105 - of technicians that exist in tests only
"""The password of every technician that a test adds."""


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

    @contextmanager
    def desk(self) -> Iterator[Any]:
        """A desk in a transaction that is committed at the end, as a request has one."""
        from novantic_core.plugin import Desk

        with self.transaction() as session:
            yield Desk(self.site, session)

    def open_ticket(self, **values: Any) -> Any:
        """Open a ticket without a form, as a channel of the site would: its ``TicketInfo``.

        :param values: attributes of the ``TicketDraft``; those of :data:`TICKET` unless told
        :raises FieldError: if a plugin refuses it
        """
        from novantic_core.plugin import TicketDraft

        given = {"channel": next(iter(self.site.intake_channels)), **TICKET, **values}
        with self.desk() as desk:
            return desk.open_ticket(TicketDraft(**given))

    def add_organisation(self, name: str, *domains: str) -> int:
        """Add a company that is served, and the mail domains by which its people are known; its id."""
        from novantic_core.plugin import Actor
        from novantic_core.services.keep_organisation import add_domain, create_organisation

        actor, now = Actor("technician", "Ada", "admin@novantic.example"), datetime.now(UTC)
        with self.transaction() as session:
            row = create_organisation(session, {"name": name, "contract": True, "notes": ""}, actor, now)
            for domain in domains:
                add_domain(self.site, session, row, domain, actor, now)
            return row.id

    def change_setting(self, plugin: str, name: str, text: str) -> None:
        """Set one of a plugin's settings as an administrator does on its page.

        :raises FieldError: if the plugin refuses it
        """
        from novantic_core.plugin import Actor
        from novantic_core.services.set_up_plugin import set_up_plugin

        actor = Actor("technician", "Ada", "admin@novantic.example")
        with self.transaction() as session:
            set_up_plugin(self.site, session, self.site.plugins.get(plugin), {name: text}, actor, datetime.now(UTC))

    def command(self, *words: str) -> Any:
        """Run a command that a plugin added, as ``novantic WORDS -c FILE.ini`` would: click's ``Result``."""
        import click
        from click.testing import CliRunner

        from novantic_core.cli.added import add_commands

        group = click.Group("novantic")
        add_commands(group, self.site)
        return CliRunner().invoke(group, [*words, "-c", "site.ini"])

    def upgrade(self) -> None:
        """Run ``novantic init`` again: the migrations of the core and of each plugin."""
        from novantic_core.migrate import upgrade

        upgrade(self.site)

    def parcel(self, session: Session, delivery: Any) -> Parcel:
        """What a channel would be handed now.

        :param delivery: a row of ``novantic_core.testing.tables.Delivery``
        """
        from novantic_core.delivery.parcel import make_parcel

        return make_parcel(self.site, session, delivery, datetime.now(UTC))

    def deliver(self) -> None:
        """Do all that a worker would do now: deliver what is due, run the jobs whose time has come."""
        from novantic_core.delivery.worker import Worker

        worker = Worker(self.site)
        while worker.run_once():
            pass
        worker.leave()

    def run_task(self, name: str, stopping: Any = None) -> None:
        """Do one run of a worker's task here and now, as a worker would; what it raises is raised.

        :param name: ``PLUGIN.TASK``
        :param stopping: a ``threading.Event``, for a task that goes on until it is told to stop; without one it is
            run as by ``novantic worker --once``, and doesn't wait for more
        """
        from novantic_core.delivery.tasks import Tools
        from novantic_core.delivery.worker import Worker

        worker = Worker(self.site)
        task = worker.tasks.of(name)
        try:
            task.try_out(Tools(task, stopping, once=stopping is None))
        finally:
            worker.leave()

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker at work as long as this lasts, in threads of its own: it delivers, runs jobs, and does tasks."""
        import threading

        from novantic_core.delivery.worker import Worker

        worker = Worker(self.site)
        threading.Thread(target=worker.run, name="novantic-worker", daemon=True).start()
        try:
            yield
        finally:
            worker.stop()
            worker.ended.wait()

    def add_technician(self, email: str = "hugo@novantic.example", name: str = "Hugo", role: str = "technician") -> int:
        """Add somebody who can sign in with :data:`PASSWORD`; their id."""
        from novantic_core.services.sign_in import add_technician

        with self.transaction() as session:
            return add_technician(session, self.site.settings, email, name, role, PASSWORD, datetime.now(UTC)).id

    def client(self) -> Any:
        """A WebTest client with no cookies yet."""
        from webtest import TestApp

        return TestApp(self.wsgi, extra_environ={"HTTP_HOST": "support.example.com", "REMOTE_ADDR": "192.0.2.1"})

    def sign_in(self, email: str = "hugo@novantic.example", name: str = "Hugo", role: str = "technician") -> Any:
        """Add a technician: a WebTest client in which they are signed in."""
        self.add_technician(email, name, role)
        client = self.client()
        form = client.get("/admin/login").forms["sign-in"]
        form["login"], form["password"] = email, PASSWORD
        # the dashboard that comes then is dear to draw, and nobody looks at it
        form.submit(status=303)
        return client

    def changed_tables(self, metadata: Any) -> list[Any]:
        """How the tables of a plugin's migrations differ from its models: nothing, if each change has its migration.

        :param metadata: ``Base.metadata`` of the plugin's models
        """
        from novantic_core.migrate import autogenerate

        with self.site.database.engine.connect() as connection:
            return autogenerate(connection, metadata)


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
