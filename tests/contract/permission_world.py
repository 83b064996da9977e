"""A site with something of everything in it, for asking every route: its people, and what fills in an address."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import sqlite3
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyramid.interfaces import IRoutesMapper
from sqlalchemy import select, update

from novantic_core import make_app
from novantic_core.db import WRITING_ROUTES
from novantic_core.models import (
    AccessGrant,
    CannedReply,
    Contact,
    Delivery,
    DeliveryArchive,
    Organisation,
    SavedView,
    Team,
    Technician,
    TechnicianSession,
    Ticket,
    TimeEntry,
)
from novantic_core.security import TECHNICIAN_COOKIE
from novantic_core.services.discuss import add_note
from novantic_core.services.grant_access import grant_access, token_hash
from novantic_core.services.keep_file import keep_file
from novantic_core.services.open_ticket import open_ticket
from novantic_core.testing import BUILT_IN, SITE_URL, App, prepare_database
from novantic_core.values import Actor, TicketDraft
from novantic_mail_intake.keep import Arrival, keep_mail
from novantic_mail_intake.models import IncomingMail

OWN, OTHER, HIDDEN = WHOSE = ("own", "other", "hidden")
"""Of a technician: assigned to them; to somebody else; of a private team that isn't theirs.
Of a visitor: the one whose link they followed, and two that are somebody else's."""

NOBODY, VISITOR, PENDING, TECHNICIAN, ADMINISTRATOR = PEOPLE = (
    "nobody", "visitor", "pending", "technician", "administrator",
)  # fmt: skip
"""``pending`` has given the right password, and not the second factor yet."""

SAMPLES = {
    "id": "1", "name": "nothing", "token": "x" * 43, "filename": "plan.txt", "slug": "nothing", "theme": "novantic",
    "version": "0", "path": "css/base.css", "plugin": "email", "organisation": "1",
    "other": "1", "message": "1", "locale": "fr", "what": "organisation", "kind": "related", "file": "1",
    "mail": "ticket_opened",
}  # fmt: skip
"""What stands in an address for each named part of a route's pattern; ``number`` depends on whose ticket it is.
The world has a row 1 of whatever is asked for by id."""

KEYS = {"/admin/teams/": "Support", "/admin/categories/": "printer"}
"""What stands for ``key``, by the beginning of the pattern."""

POSTED = {"contact": "1"}
"""What a form must name, or its target finds nothing."""

PART = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
CSRF = hashlib.sha256(b"what the form and the cookie agree on").hexdigest()


class UnknownPartError(Exception):
    """A route's pattern has a part that nothing here stands for."""


@dataclass
class World:
    """The site, whose database is as it was at the start whenever a test asks for that."""

    app: App
    database: Path
    kept: Path
    numbers: dict[str, str] = field(default_factory=dict)
    technicians: dict[str, int] = field(default_factory=dict)
    visit: str = ""
    """The cookie of a visitor who has followed their ticket's link."""
    version: int = 0

    # ------------------------------------------------------------------ routes

    def pattern(self, route: str) -> str:
        """A route's pattern."""
        return str(self.app.wsgi.registry.getUtility(IRoutesMapper).get_route(route).pattern)

    def methods(self, route: str) -> set[str]:
        """The methods that a route's views answer, of those that are asked here."""
        found: set[str] = set()
        for view in self.app.wsgi.registry.introspector.get_category("views"):
            seen = view["introspectable"]
            if seen["route_name"] == route:
                methods = seen["request_methods"] or ("GET", "POST")
                found |= {methods} if isinstance(methods, str) else set(methods)
        return found & {"GET", "POST"}

    def writes_by_get(self, route: str) -> bool:
        """Whether a route is named as one whose GET writes: the use of an access link is noted."""
        return route in self.app.wsgi.registry[WRITING_ROUTES]

    def path(self, route: str, whose: str = OWN) -> str:
        """An address of a route.

        :raises UnknownPartError: if its pattern has a part that has no sample
        """
        pattern = self.pattern(route)
        return PART.sub(lambda match: self._sample(route, pattern, match[1], match[2] or "", whose), pattern)

    def _sample(self, route: str, pattern: str, name: str, allowed: str, whose: str) -> str:
        if name == "number":
            return self.numbers[whose]
        if name == "key":
            found = next((key for beginning, key in KEYS.items() if pattern.startswith(beginning)), None)
        else:
            # a part that is one of some words stands for itself
            words = re.fullmatch(r"([\w-]+)(?:\|[\w-]+)*", allowed)
            found = SAMPLES.get(name) or (words[1] if words else None)
        if found is None:
            raise UnknownPartError(
                f"route {route} ({pattern}): nobody knows what to put for {{{name}}}. Give it a value in SAMPLES or "
                "KEYS in tests/contract/permission_world.py, one that the world there has."
            )
        return found

    # ------------------------------------------------------------------ people

    def browser(self, person: str) -> Any:
        """A browser in which somebody is signed in, or has a ticket's link open, or neither."""
        client = self.app.client()
        if person == VISITOR:
            client.set_cookie("session", self.visit)
        elif person != NOBODY:
            client.set_cookie(TECHNICIAN_COOKIE, f"session-of-{person}")
        client.set_cookie("csrf_token", CSRF)
        return client

    def ask(self, client: Any, method: str, path: str) -> Any:
        """Send one request, with the CSRF token that its form would carry: the answer, whatever it is."""
        if method == "GET":
            return client.get(path, status="*")
        return client.post(path, {"csrf_token": CSRF, **POSTED}, status="*")

    # ------------------------------------------------------------------ the database

    def keep(self) -> None:
        """Take the database as it is now for the start."""
        with self.app.site.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.app.site.database.engine.dispose()
        shutil.copyfile(self.database, self.kept)
        self._watch()

    def restore(self) -> None:
        """Put the database back to what it was at the start, if anything has changed since."""
        if not self.has_changed:
            return
        self.watching.close()
        self.app.site.database.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.database)
        self.app.site.preferences_cache.forget()
        self._watch()

    def _watch(self) -> None:
        self.watching = sqlite3.connect(self.database)
        self.version = self._data_version()

    def _data_version(self) -> int:
        return int(self.watching.execute("PRAGMA data_version").fetchone()[0])

    @property
    def has_changed(self) -> bool:
        """Whether anybody has written a row since the start: SQLite counts the commits that change something."""
        return self._data_version() != self.version


@contextmanager
def world(folder: Path) -> Any:
    """A furnished site. On SQLite, whose database is one file to put back; what it holds is the same on any engine."""
    database = folder / "novantic.db"
    settings = {
        "sqlalchemy.url": f"sqlite:///{database}", "novantic.site_url": SITE_URL,
        "novantic.plugins": " ".join(BUILT_IN), "novantic.secret": "0123456789abcdef" * 4, "novantic.mailer": "files",
        "novantic.debug": "true", "novantic.preferences_seconds": "3600",
        "mail.top_level_directory": str(folder / "mail"), "novantic.storage.local.path": str(folder / "files"),
    }  # fmt: skip
    app = App(make_app(settings), settings)
    prepare_database(app.site, {"folder": folder})
    made = World(app, database, folder / "kept.db")
    furnish(made)
    made.keep()
    yield made
    made.watching.close()
    app.site.database.engine.dispose()


def furnish(made: World) -> None:
    """Two technicians, three tickets, and a row 1 of whatever an address may name by its id."""
    app, now = made.app, datetime.now(UTC)
    made.technicians = {
        TECHNICIAN: app.add_technician("hugo@novantic.example", "Hugo"),
        ADMINISTRATOR: app.add_technician("ada@novantic.example", "Ada", "administrator"),
    }
    with app.transaction() as session:
        session.add(Team(key="Support", label="Support"))
        session.add(Team(key="Direction", label="Direction", private=True))
        session.add(Organisation(name="Garage Petit", name_key="garage petit", contract=True, notes="", created_at=now))
    app.site.preferences_cache.forget()
    with app.transaction() as session:
        for whose in WHOSE:
            draft = TicketDraft(
                channel="web", email=f"{whose}@client.example", name="Marc Petit", category="printer",
                subject=f"Ticket {whose}", phone="06 12 34 56 78", message="<p>Rien ne va plus.</p>",
                files=(app_file(app, session, whose, now),),
            )  # fmt: skip
            ticket = open_ticket(app.site, session, draft, now)
            made.numbers[whose] = ticket.number
            add_note(app.site, session, ticket, Actor("technician", "Ada", "ada@novantic.example"), "<p>Note</p>", now)
    with app.transaction() as session:
        own, other, hidden = (
            session.scalars(select(Ticket).where(Ticket.number == made.numbers[whose])).one() for whose in WHOSE
        )
        own.assignee_id = made.technicians[TECHNICIAN]
        other.assignee_id = made.technicians[ADMINISTRATOR]
        hidden.team = "Direction"
        own.organisation_id = 1
        access = grant_access(session, own.id, own.email, now, timedelta(days=1))
        for person in (PENDING, TECHNICIAN, ADMINISTRATOR):
            # straight into the table: checking a password takes its time, on purpose. Seen in the future, so that no
            # request is the first in a minute, which would be noted
            whom = made.technicians[TECHNICIAN if person == PENDING else person]
            session.add(
                TechnicianSession(
                    token_hash=token_hash(f"session-of-{person}"), technician_id=whom, created_at=now,
                    last_seen_at=now + timedelta(days=1), expires_at=now + timedelta(days=2),
                    pending=person == PENDING,
                )
            )  # fmt: skip
        mail = b"Message-ID: <1@novantic.example>\r\nSubject: Bonjour\r\n\r\nBonjour"
        session.add(DeliveryArchive(delivery_id=1, at=now, raw=zlib.compress(mail)))
        session.add(CannedReply(title="Bonjour", html="<p>Bonjour</p>"))
        session.add(SavedView(technician_id=made.technicians[TECHNICIAN], name="À moi", query="assignee=me"))
        session.add(
            TimeEntry(
                ticket_id=own.id, technician_id=made.technicians[TECHNICIAN], organisation_id=1, minutes=15,
                billable=True, reason="", note="", spent_on=now, created_at=now,
            )
        )  # fmt: skip
    keep_mail(app.desk, Arrival("default", "command", b"From: a@client.example\r\nSubject: x\r\n\r\nBonjour"))
    with app.transaction() as session:
        session.execute(
            update(IncomingMail).values(state="held", ticket_id=select(Ticket.id).limit(1).scalar_subquery())
        )
    client = app.client()
    client.get(f"/access/{access}", status=303)
    made.visit = client.cookies["session"]
    with app.transaction() as session:
        # what an address may name by its id is there
        for table in (
            CannedReply,
            Contact,
            Delivery,
            Organisation,
            SavedView,
            Technician,
            TimeEntry,
            AccessGrant,
            IncomingMail,
        ):
            assert session.get(table, 1) is not None, f"the world has no {table.__name__} 1"


def app_file(app: App, session: Any, whose: str, now: datetime) -> Any:
    """A file for a ticket."""
    return keep_file(app.site, session, io.BytesIO(f"plan {whose}".encode()), "plan.txt", "text/plain", now)
