"""The discussion as technicians see it: messages, notes, what happened between them, and what became of each mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chameleon.utils import Markup
from pyramid.request import Request
from sqlalchemy import bindparam, or_, select

from novantic_core.i18n import _
from novantic_core.models import Attachment, Delivery, Event, Message, Ticket
from novantic_core.models.delivery import FAILED, SENT
from novantic_core.models.message import MESSAGE, NOTE, REPLY
from novantic_core.page import draw_parts
from novantic_core.services.describe import message_info
from novantic_core.services.find_deliveries import BOUNCED
from novantic_core.services.say_fault import say_fault
from novantic_core.values import MessageLink, StoredFile, Text, TicketInfo
from novantic_core.views.admin.tickets.trail import IN_THREAD, Line

# made once: making a statement takes longer than running it
_MESSAGES = select(Message).where(Message.ticket_id == bindparam("ticket")).order_by(Message.created_at, Message.id)
_FILES = (
    select(Attachment)
    .join(Message, Message.id == Attachment.message_id)
    .where(Message.ticket_id == bindparam("ticket"))
    .order_by(Attachment.id)
)
_EVENTS = select(Event).where(Event.ticket_id == bindparam("ticket")).order_by(Event.id)
_DELIVERIES = (
    select(
        Delivery.event_id, Delivery.message_row_id, Delivery.name, Delivery.address, Delivery.role, Delivery.state,
        Delivery.attempts, Delivery.last_error, Delivery.sent_at, Delivery.created_at, Delivery.id,
        Delivery.bounced_at, Delivery.bounce,
    )
    # what came from elsewhere was told from there
    .where(
        or_(
            Delivery.ticket_id == bindparam("ticket"),
            Delivery.ticket_id.in_(
                select(Message.moved_from_id).where(
                    Message.ticket_id == bindparam("ticket"), Message.moved_from_id.is_not(None)
                )
            ),
        )
    )
    .order_by(Delivery.id)
)  # fmt: skip

WHOSE = {MESSAGE: _("client"), REPLY: _("support"), NOTE: _("Internal note")}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of telling somebody."""

    name: str
    address: str
    state: str
    words: Text
    path: str
    """Of the page with all that is known of it."""


@dataclass(slots=True)
class Said:
    """A message with all that stands around it."""

    message: Message
    whose: Text
    files: list[Attachment] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    moved_from: str | None = None
    """The number of the ticket on which it was said, where a merge or a split brought it here."""
    links: list[MessageLink] = field(default_factory=list)
    """What plugins put beside it."""
    parts: list[Markup] = field(default_factory=list)
    """What plugins put below it."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything that was said and done, oldest first."""

    entries: Sequence[Said | Line]
    events: Sequence[Event]
    lines: Sequence[Line]
    told: dict[int, list[Told]]
    """By the id of an event that no message came with."""

    @property
    def last_event(self) -> int:
        """The newest event that this page shows; forms carry it."""
        return self.events[-1].id if self.events else 0


def read_events(request: Request, ticket: Ticket) -> list[Event]:
    """The events of a ticket, oldest first."""
    return list(request.dbsession.scalars(_EVENTS, {"ticket": ticket.id}))


def read_thread(request: Request, ticket: Ticket, events: list[Event], lines: Iterable[Line]) -> Thread:
    """Read what a ticket's page shows, in as many statements however long it is."""
    session, given = request.dbsession, {"ticket": ticket.id}
    said = {
        message.id: Said(message, WHOSE.get(message.kind, message.kind))
        for message in session.scalars(_MESSAGES, given)
    }
    for file in session.scalars(_FILES, given):
        # a picture stands in its text
        if file.message_id in said and not file.inline:
            said[file.message_id].files.append(file)
    told: dict[int, list[Told]] = {}
    for row in session.execute(_DELIVERIES, given):
        if row.message_row_id is None:
            told.setdefault(row.event_id, []).append(_told(request, row))
        elif row.message_row_id in said and (row.role == "requester" or said[row.message_row_id].message.kind == NOTE):
            said[row.message_row_id].told.append(_told(request, row))
    _say_where(request, said.values())
    lines = list(lines)
    between = [line for line in lines if _stands_between(line)]
    # a reply and the change of status it brings have one time: the words first
    entries: list[Said | Line] = sorted(
        [*said.values(), *between],
        key=lambda one: (one.message.created_at, 0, one.message.id) if isinstance(one, Said) else (one.at, 1, one.id),
    )
    return Thread(entries, events, lines, told)


def add_links(request: Request, ticket: TicketInfo, thread: Thread) -> None:
    """Put beside and below the messages what plugins want to stand there; they are asked once for all of them."""
    plugins, session = request.registry.site.plugins, request.dbsession
    asked = [hook for hook in ("novantic_message_links", "novantic_message_parts") if plugins.answers(hook)]
    if not asked:
        return
    said = {one.message.id: one for one in thread.entries if isinstance(one, Said)}
    messages = [message_info(one.message, tuple(map(_file, one.files))) for one in said.values()]
    given = {"session": session, "request": request, "ticket": ticket, "messages": messages}
    found = {
        hook: [(by, one) for by, one in plugins.collect_items(hook, **given) if one.message in said] for hook in asked
    }
    for _by, link in found.get("novantic_message_links", ()):
        said[link.message].links.append(link)
    for part, drawn in draw_parts(request, found.get("novantic_message_parts", ()), session):
        said[part.message].parts.append(drawn)


def _file(row: Attachment) -> StoredFile:
    return StoredFile(row.key, row.filename, row.media_type, row.size)


def _say_where(request: Request, said: Iterable[Said]) -> None:
    moved = [one for one in said if one.message.moved_from_id is not None]
    if not moved:
        return
    wanted = {one.message.moved_from_id for one in moved}
    numbers = dict(request.dbsession.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(wanted))).all())
    for one in moved:
        one.moved_from = numbers[one.message.moved_from_id]


def _stands_between(line: Line) -> bool:
    # what a reply changed besides is said after it
    return line.kind in IN_THREAD or (line.kind == "replied" and len(line.words) > 1)


def _told(request: Request, row: Any) -> Told:
    state = row.state if row.bounced_at is None else BOUNCED
    if state == BOUNCED:
        words: Text = _("came back: ${error}", mapping={"error": row.bounce})
    elif state == SENT:
        # as a rule within the minute
        form = "time" if row.sent_at - row.created_at < timedelta(hours=12) else "medium"
        words = _("delivered at ${time}", mapping={"time": request.page.date(row.sent_at, form)})
    elif state == FAILED:
        words = _("not delivered: ${error}", mapping={"error": say_fault(row.last_error)})
    elif row.last_error:
        # a first attempt is counted before it is made: until it fails there is nothing to tell of it
        words = _("not delivered yet, it will be tried again: ${error}", mapping={"error": say_fault(row.last_error)})
    else:
        words = _("on its way")
    return Told(row.name, row.address, state, words, request.route_path("admin_delivery", id=row.id))


def attribution(request: Request, ticket: Ticket, message: Message) -> str:
    """The line above a quotation, in the language of who will read it: the client's."""
    site = request.registry.site
    catalogue = site.themes.catalogue(request.theme, ticket.locale)
    when = catalogue.date(message.created_at, site.settings.timezone)
    words = _("On ${when}, ${name} wrote:", mapping={"when": when, "name": message.author})
    return str(catalogue.translate(words))
