"""The copy of all that is kept about a person: a ZIP, written piece by piece however much it is."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from novantic_core.i18n import _
from novantic_core.models import (
    AccessGrant,
    AccessRequest,
    Attachment,
    Contact,
    Delivery,
    Event,
    Follower,
    Message,
    Organisation,
    Ticket,
    TimeEntry,
)
from novantic_core.plugins import PluginFault
from novantic_core.services.person import Person, ask_plugins, batches, find_person
from novantic_core.site import Site
from novantic_core.values import Text

HOOK = "novantic_contact_export"
PIECE = 64 * 1024
CONTACT = ("id", "email", "name", "phone", "company", "notes", "created_at", "verified_at", "merged_into_id")
TICKET = (
    "number", "subject", "status", "category_key", "priority", "critical", "call_back", "reasons", "channel", "team",
    "name", "email", "phone", "company", "department", "fields", "locale", "created_at", "updated_at", "closed_at",
    "first_answer_at",
)  # fmt: skip
GRANT = ("email", "created_at", "expires_at", "revoked_at", "first_used_at", "last_used_at", "use_count")
DELIVERY = ("kind", "channel", "address", "name", "data", "state", "created_at", "sent_at")
EVENT = ("kind", "at", "actor_kind", "actor_name", "changes")

README = _(
    "This is a copy of what is kept about one person (GDPR, articles 15 and 20).\n\n"
    "person.json: the contact with all addresses, followed tickets, links and mails, and what plugins keep\n"
    "tickets/NUMBER.json: a ticket with its discussion, its events, and the time noted on it\n"
    "files/: the files of the discussions, under the names that tickets/NUMBER.json gives\n\n"
    "A message of the kind “note” was written by technicians for themselves; it is marked “internal”.\n"
    "Times are UTC.\n"
)


class _Sink:
    """Takes what the ZIP writes, and gives it back to be sent. It can't be wound back, and so holds nothing."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.place = 0

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self.pieces.append(piece)
        self.place += len(piece)
        return len(piece)

    def flush(self) -> None:
        return None

    def drain(self) -> Iterator[bytes]:
        pieces, self.pieces = self.pieces, []
        yield from pieces


def export_person(site: Site, contact_id: int, now: datetime, words: Callable[[Text], str]) -> Iterator[bytes]:
    """A ZIP of all that is kept about a person. The first piece comes when every plugin has answered.

    It reads in a transaction of its own, so that all of it is of one moment.

    :param words: puts the file that explains the others into a reader's language
    :raises FieldError: if a plugin stops it, with a sentence; before the first piece
    :raises PluginFault: if one can't answer; before the first piece
    """
    with site.database.session(write=False) as session:
        if not site.database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        person = find_person(session, session.get_one(Contact, contact_id))
        plugins: dict[str, dict[str, Any]] = {}
        for plugin, key, answer in ask_plugins(site, session, person, HOOK):
            if answer is None:
                # it keeps nothing about this address
                continue
            try:
                _json(answer)
            except (TypeError, ValueError) as error:
                raise PluginFault(plugin, HOOK, error) from error
            plugins.setdefault(plugin.name, {})[str(key)] = answer
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
            archive.writestr("README.txt", words(README))
            about = {"made_at": now, **_about(session, person), "plugins": plugins}
            archive.writestr("person.json", _json(about))
            yield from sink.drain()
            for ids in batches(person.tickets):
                for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)):
                    files: list[tuple[str, Attachment]] = []
                    archive.writestr(f"tickets/{ticket.number}.json", _json(_ticket(session, ticket, files)))
                    yield from sink.drain()
                    for name, attachment in files:
                        yield from _file(site, archive, sink, name, attachment)
                session.expunge_all()
        yield from sink.drain()


def _file(site: Site, archive: zipfile.ZipFile, sink: _Sink, name: str, attachment: Attachment) -> Iterator[bytes]:
    try:
        source = site.storage.open(attachment.key)
    except KeyError:
        archive.writestr(f"{name}.missing.txt", "The storage has no such file any more.\n")
        return
    with source, archive.open(name, "w") as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield from sink.drain()
    yield from sink.drain()


def _about(session: Session, person: Person) -> dict[str, Any]:
    numbers = select(Ticket.number)
    addressed: dict[str, Any] = {}
    followed = select(Follower, Ticket.number).join(Ticket, Ticket.id == Follower.ticket_id)
    addressed["follows"] = [
        {"ticket": number, **_row(row, ("email", "name", "locale", "created_at"))}
        for row, number in session.execute(followed.where(Follower.email_key.in_(person.keys)))
    ]
    for name, model, column, columns in (
        ("links", AccessGrant, AccessGrant.email, GRANT), ("mails", Delivery, Delivery.address, DELIVERY),
    ):  # fmt: skip
        query = select(model, Ticket.number).outerjoin(Ticket, Ticket.id == model.ticket_id)
        addressed[name] = [
            {"ticket": number, **_row(row, columns)}
            for row, number in session.execute(query.where(func.lower(column).in_(person.keys)).order_by(model.id))
        ]
    asked = select(AccessRequest).where(func.lower(AccessRequest.email).in_(person.keys))
    addressed["link_requests"] = [_row(row, ("email", "number", "created_at")) for row in session.scalars(asked)]
    elsewhere: list[str] = []
    for ids in batches(person.elsewhere):
        elsewhere += session.scalars(numbers.where(Ticket.id.in_(ids)))
    organisation = None
    if person.contacts[0].organisation_id is not None:
        organisation = session.get_one(Organisation, person.contacts[0].organisation_id).name
    return {
        "contacts": [_row(one, CONTACT) for one in person.contacts], "organisation": organisation,
        "had_a_part_in_tickets_of_others": elsewhere, **addressed,
    }  # fmt: skip


def _ticket(session: Session, ticket: Ticket, files: list[tuple[str, Attachment]]) -> dict[str, Any]:
    """A ticket with all that was said on it, also what a merge or a split carried away; its files go to ``files``."""
    where = (Message.ticket_id == ticket.id) | (Message.moved_from_id == ticket.id)
    query = select(Message).where(where).order_by(Message.created_at, Message.id)
    messages = session.scalars(query.options(selectinload(Message.attachments))).all()
    said = []
    for message in messages:
        attached = []
        for attachment in message.attachments:
            name = f"files/{ticket.number}-{attachment.id}-{attachment.filename}"
            files.append((name, attachment))
            attached.append({"file": name, **_row(attachment, ("filename", "media_type", "size"))})
        said.append({
            "kind": message.kind, "internal": message.kind == "note",
            **_row(message, ("author", "created_at", "html", "text")), "files": attached,
        })  # fmt: skip
    events = session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id))
    spent = session.scalars(select(TimeEntry).where(TimeEntry.ticket_id == ticket.id).order_by(TimeEntry.id))
    return {
        **_row(ticket, TICKET), "messages": said, "events": [_row(event, EVENT) for event in events],
        "time": [_row(entry, ("minutes", "billable", "reason", "note", "spent_on")) for entry in spent],
    }  # fmt: skip


def _row(row: Any, columns: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    """What JSON has no form for: times, and the mappings and lists of plugins."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Iterable):
        return dict(value) if hasattr(value, "keys") else list(value)
    raise TypeError(f"a plugin's answer holds {type(value).__name__}, which is not JSON-able")
