"""Writing invented tickets in bulk: rows in large batches, past the unit of work, a transaction for each batch.

No notice is queued and no hook is called: nobody is told about tickets that nobody opened.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.orm import Session

from novantic_core.demo import invent, words
from novantic_core.demo.invent import Person, Story
from novantic_core.models import (
    Category,
    Contact,
    Event,
    Message,
    Organisation,
    OrganisationDomain,
    Technician,
    Ticket,
)
from novantic_core.models.message import MESSAGE as MESSAGE_KIND
from novantic_core.models.message import NOTE, REPLY
from novantic_core.models.ticket import CLOSED, OPEN
from novantic_core.search.tickets import NAME as TICKETS
from novantic_core.search.tickets import ticket_document
from novantic_core.services.sign_in import add_technician
from novantic_core.site import Site
from novantic_core.values import FormContext, SearchDocument

BATCH = 2_000
"""Tickets in one transaction: long enough to be quick, short enough for others who write to wait for."""

TABLES: tuple[Table, ...] = tuple(model.__table__ for model in (Contact, Ticket, Message, Event))  # type: ignore[misc]
CONTACT, TICKET, MESSAGE, EVENT = TABLES

Rows = list[dict[str, Any]]


@dataclass
class _Batch:
    """The rows of one transaction, with the ids they will have."""

    tickets: Rows = field(default_factory=list)
    messages: Rows = field(default_factory=list)
    events: Rows = field(default_factory=list)


@dataclass(frozen=True)
class _Desk:
    """What all rows need to know of the site they go to."""

    site: Site
    topics: list[str]
    levels: list[str]
    channel: str
    has_teamviewer: bool
    technicians: list[tuple[int, str]]
    organisations: dict[int, str] = field(default_factory=dict)
    """Names by id, filled in when they are there."""


def fill(
    site: Site, count: int, seed: int, until: date, password: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:  # fmt: skip
    """Add so many tickets, three messages each and now and then a note, with the people and events that they need.

    The same seed on a fresh database gives the same rows (but for what guards the technicians' passwords); on one with
    tickets in it, people of the same address are taken to be the same and numbers that are free are used.

    :param until: the day by which all has been said: tickets are spread over the two years before
    :param password: of the invented technicians; without it nobody can sign in as one of them
    :param progress: told how many tickets are written so far
    """
    # repeatable on purpose
    chance, story_chance = Random(seed), Random(seed + 1)  # noqa: S311
    everybody = invent.people(chance, max(count // invent.TICKETS_PER_PERSON, 1))
    with site.database.transaction() as session:
        desk = _prepare(site, session, until, password)
        contacts = _keep_people(session, everybody, until, _keep_organisations(session, everybody, until))
        taken = set(session.scalars(select(Ticket.number)))
        desk.organisations.update(session.execute(select(Organisation.id, Organisation.name)).all())
    numbers = invent.numbers(chance, taken, count)
    names = [name for _id, name in desk.technicians]
    told = zip(numbers, invent.stories(story_chance, everybody, desk.topics, names, until, count), strict=False)
    done = 0
    while batch := list(itertools.islice(told, BATCH)):
        with site.database.transaction() as session:
            _write(session, desk, contacts, batch)
        done += len(batch)
        if progress is not None:
            progress(done)


def _prepare(site: Site, session: Session, until: date, password: str | None) -> _Desk:
    """The topics' rows and the technicians."""
    known = set(session.scalars(select(Category.key)))
    session.add_all(
        Category(key=key, label=str.__str__(category.label), plugin=site.category_plugin(key))
        for key, category in site.categories.items()
        if key not in known
    )
    started = datetime(until.year - invent.YEARS, 1, 1, tzinfo=UTC)
    technicians = []
    for name, email in words.TECHNICIANS:
        row = session.scalar(select(Technician).where(Technician.email_key == email.casefold()))
        if row is None:
            secret = password or secrets.token_urlsafe(32)
            row = add_technician(session, site.settings, email, name, "technician", secret, started)
        technicians.append((row.id, row.name))
    levels = list(site.priorities)
    fields = {field.name for _by, field in site.ticket_fields(FormContext())}
    return _Desk(
        site=site, topics=list(site.categories) or [""], levels=levels,
        channel="web" if "web" in site.intake_channels else next(iter(site.intake_channels), "demo"),
        has_teamviewer="teamviewer_id" in fields, technicians=technicians,
    )  # fmt: skip


def _keep_organisations(session: Session, everybody: list[Person], until: date) -> dict[str, int]:
    """Rows for companies that have none yet, each with its mail domain; each domain's id."""
    known: dict[str, int] = dict(
        session.execute(select(OrganisationDomain.domain, OrganisationDomain.organisation_id)).all()
    )
    started = datetime(until.year - invent.YEARS, 1, 1, tzinfo=UTC)
    names = set(session.scalars(select(Organisation.name_key)))
    for person in everybody:
        if person.domain not in known and person.company.casefold() not in names:
            # two in three have a contract; the length of a name is as good a die as any, and the same each time
            organisation = Organisation(
                name=person.company, name_key=person.company.casefold(), contract=len(person.company) % 3 != 0,
                created_at=started,
            )  # fmt: skip
            session.add(organisation)
            session.flush()
            session.add(OrganisationDomain(domain=person.domain, organisation_id=organisation.id))
            known[person.domain] = organisation.id
            names.add(person.company.casefold())
    session.flush()
    return known


def _keep_people(
    session: Session, everybody: list[Person], until: date, organisations: dict[str, int]
) -> dict[str, tuple[int, int | None]]:
    """Rows for people who have none yet; for each address the person's id and the organisation's."""
    known: dict[str, tuple[int, int | None]] = {
        key: (contact, organisation)
        for key, contact, organisation in session.execute(
            select(Contact.email_key, Contact.id, Contact.organisation_id)
        )
    }
    connection = session.connection()
    following = _ids(connection, CONTACT)
    started = datetime(until.year - invent.YEARS, 1, 1, tzinfo=UTC)
    rows: Rows = []
    for person in everybody:
        if person.email not in known:
            organisation = organisations.get(person.domain)
            known[person.email] = (next(following), organisation)
            rows.append({
                "id": known[person.email][0], "organisation_id": organisation, "email_key": person.email,
                "email": person.email, "name": person.name, "phone": person.phone, "company": person.company,
                "created_at": started, "verified_at": started,
            })  # fmt: skip
    _insert(connection, CONTACT, rows)
    return known


def _write(
    session: Session, desk: _Desk, contacts: dict[str, tuple[int, int | None]], stories: Iterable[tuple[str, Story]]
) -> None:
    batch, connection = _Batch(), session.connection()
    ids = [_ids(connection, table) for table in (TICKET, MESSAGE, EVENT)]
    for number, story in stories:
        _ticket_rows(batch, desk, number, story, contacts[story.person.email], *ids)
    for table, rows in ((TICKET, batch.tickets), (MESSAGE, batch.messages), (EVENT, batch.events)):
        _insert(connection, table, rows)
    desk.site.search_engine.put(session, TICKETS, list(_documents(batch, desk.organisations)))


def _documents(batch: _Batch, organisations: dict[int, str]) -> Iterator[SearchDocument]:
    """The tickets as they are found, made of the rows at hand."""
    messages = itertools.groupby(batch.messages, lambda row: row["ticket_id"])
    for ticket, (_key, theirs) in zip(batch.tickets, messages, strict=True):
        said = list(theirs)
        organisation = organisations.get(ticket["organisation_id"], "")
        authors = [row["author"] for row in said if row["kind"] == MESSAGE_KIND]
        yield ticket_document({**ticket, "organisation": organisation}, authors, [row["text"] for row in said], ())


def _ticket_rows(
    batch: _Batch, desk: _Desk, number: str, story: Story, contact: tuple[int, int | None], tickets: Iterator[int],
    messages: Iterator[int], events: Iterator[int],
) -> None:  # fmt: skip
    ticket, person, settings = next(tickets), story.person, desk.site.settings
    # a client knows the desk by one name
    brands = list(desk.site.brands.values())
    brand = brands[(contact[1] or contact[0]) % len(brands)]
    technician_id, technician = desk.technicians[story.technician]
    # a site may have other levels than the four: the nearest place in its own order
    rank = min(story.priority * len(desk.levels) // 4, len(desk.levels) - 1)
    level = desk.site.priorities[desk.levels[rank]]
    reasons = []
    if story.critical:
        reasons.append({"what": "priority", "value": level.key, "plugin": "critical",
                        "reason": "critical situation: the whole production is blocked"})  # fmt: skip
    opened = story.said[0].at
    heard = [said for said in story.said if said.kind != NOTE]
    answered = next((said.at for said in heard if said.kind == REPLY), None)
    # of those that are open, some have been put back for whoever has time
    assignee_id = None if story.status == OPEN and int(number) % 5 == 0 else technician_id
    batch.tickets.append({
        "id": ticket, "number": number, "subject": story.subject, "status": story.status,
        "category_key": story.topic or None, "priority": level.key, "priority_rank": level.rank,
        "critical": story.critical, "call_back": story.critical and story.status != CLOSED, "reasons": reasons,
        "channel": desk.channel, "team": settings.default_team, "assignee_id": assignee_id, "contact_id": contact[0],
        "organisation_id": contact[1], "first_answer_at": answered,
        "acknowledged_at": answered if story.critical else None,
        "acknowledged_by_id": technician_id if story.critical else None,
        "last_author": heard[-1].by or person.name, "last_kind": heard[-1].kind,
        "last_word_at": heard[-1].at,
        "name": person.name, "email": person.email, "phone": person.phone, "company": person.company,
        "department": person.department,
        "fields": {"teamviewer_id": story.teamviewer} if story.teamviewer and desk.has_teamviewer else {},
        "locale": settings.default_locale, "theme": brand.theme, "brand": brand.key, "submission": None, "created_at": opened,
        "updated_at": story.updated_at, "closed_at": story.closed_at,
    })  # fmt: skip

    def happened(kind: str, at: datetime, by: str, message: int | None, **changes: list[Any]) -> None:
        batch.events.append({
            "id": next(events), "ticket_id": ticket, "kind": kind, "at": at,
            "actor_kind": "technician" if by else "requester", "actor_name": by or person.name, "message_id": message,
            "changes": changes,
        })  # fmt: skip

    status = OPEN
    for place, said in enumerate(story.said):
        message = next(messages)
        batch.messages.append({
            "id": message, "ticket_id": ticket, "kind": said.kind, "author": said.by or person.name,
            "technician_id": technician_id if said.by else None, "html": said.html, "text": said.text,
            "submission": None, "created_at": said.at,
        })  # fmt: skip
        kind = "opened" if place == 0 else "noted" if said.kind == "note" else "replied"
        changes = {"status": [status, said.status]} if said.status != status and not said.by else {}
        happened(kind, said.at, said.by, message, **changes)
        if place == 0:
            happened("assigned", opened, technician, None, assignee=[None, technician])
        if said.by and said.status != status:
            # a technician's answer leaves the status; setting it is a step of its own
            happened("status_changed", said.at, said.by, None, status=[status, said.status])
        status = said.status
    if story.status != status:
        at = story.closed_at or story.updated_at
        happened("status_changed", at, technician, None, status=[status, story.status])


def _ids(connection: Connection, table: Table) -> Iterator[int]:
    """The ids that follow a table's last one.

    Nobody else takes them meanwhile: SQLite has one writer, and PostgreSQL's lock keeps inserts out (they take their id
    after the lock).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
    last = connection.scalar(select(func.max(table.c.id))) or 0
    return itertools.count(last + 1)


def _insert(connection: Connection, table: Table, rows: Rows) -> None:
    if not rows:
        return
    connection.execute(insert(table), rows)
    if connection.dialect.name == "postgresql":
        # ids were given here: the sequence goes on after them
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), :last)"),
                           {"last": rows[-1]["id"]})  # fmt: skip
