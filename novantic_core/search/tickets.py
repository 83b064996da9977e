"""The index of tickets: what each of them is found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.models import Attachment, Message, Organisation, Ticket
from novantic_core.models.message import MESSAGE
from novantic_core.values import SearchDocument, SearchIndex, SearchText, Text

NAME = "ticket"
LONGEST = 200_000
"""Characters of one message that are looked into: a pasted log is found by its first hundred pages."""

_TICKET = (
    Ticket.id, Ticket.number, Ticket.subject, Ticket.name, Ticket.email, Ticket.phone, Ticket.company,
    Ticket.department, Ticket.fields,
)  # fmt: skip
# all in one statement: it is run once for each change of a ticket
_READ = (
    select(
        *_TICKET, Organisation.name.label("organisation"), Message.id.label("message"), Message.kind, Message.author,
        Message.text, Attachment.filename,
    )
    .outerjoin(Organisation, Organisation.id == Ticket.organisation_id)
    .outerjoin(Message, Message.ticket_id == Ticket.id)
    .outerjoin(Attachment, Attachment.message_id == Message.id)
    .order_by(Ticket.id, Message.id, Attachment.id)
)  # fmt: skip


def ticket_index(label: Text) -> SearchIndex:
    """The core's own index."""
    return SearchIndex(NAME, label, read_tickets, ticket_ids)


def ticket_ids(session: Session, after: int, limit: int) -> Sequence[int]:
    """Ids above one, the least first."""
    return session.scalars(select(Ticket.id).where(Ticket.id > after).order_by(Ticket.id).limit(limit)).all()


def read_tickets(session: Session, ids: Sequence[int]) -> Iterator[SearchDocument]:
    """What tickets are found by."""
    rows = session.execute(_READ.where(Ticket.id.in_(ids)))
    for _key, lines in groupby(rows, lambda row: row.id):
        yield _document(lines)


def _document(lines: Iterable[Any]) -> SearchDocument:
    ticket: Mapping[str, Any] = {}
    messages: dict[int, str] = {}
    authors: dict[str, None] = {}
    files: list[str] = []
    for line in lines:
        ticket = ticket or line._mapping
        if line.message is not None:
            messages[line.message] = line.text
            if line.kind == MESSAGE:
                authors[line.author] = None
        if line.filename is not None:
            files.append(line.filename)
    return ticket_document(ticket, authors, messages.values(), files)


def ticket_document(
    ticket: Mapping[str, Any], authors: Iterable[str], messages: Iterable[str], files: Iterable[str]
) -> SearchDocument:
    """A ticket as it is found.

    :param ticket: its columns by name, and ``organisation``, the name of the one that it belongs to
    :param authors: who wrote its messages, the requester and others
    """
    names = (ticket["name"], ticket["email"], ticket["phone"], ticket["company"], ticket["organisation"], *authors)
    return SearchDocument(
        ticket["id"],
        [
            SearchText(ticket["number"], "A"),
            SearchText(ticket["subject"], "A"),
            *[SearchText(name, "B") for name in dict.fromkeys(names) if name],
            *[SearchText(message[:LONGEST], "C") for message in messages],
            *[SearchText(text, "D") for text in (*files, ticket["department"], *_texts(ticket["fields"])) if text],
        ],
    )


def _texts(value: Any) -> Iterator[str]:
    """Whatever can be read in what plugins keep of their fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
