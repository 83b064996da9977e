"""The values that plugins give and get. All are frozen: describe a change, don't make it.

Plugins import them from :mod:`novantic_core.plugin`; the core imports them from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO, Any, Literal, Protocol, TypeAlias

from pyramid.i18n import TranslationString

Text: TypeAlias = str | TranslationString
"""Words for a reader: a plain string, or one made with ``_`` that is translated when it is shown."""


class FieldError(Exception):
    """What was given can't be taken.

    :param message: a sentence for the person who typed it, shown beside the field
    :param field: the name of the field, where the raiser knows better than the caller
    """

    def __init__(self, message: Text, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


# ---------------------------------------------------------------- intake


@dataclass(frozen=True, slots=True)
class IntakeChannel:
    """A way in which requests come. ``name`` is kept on each ticket, ``label`` is shown to technicians."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the storage, not yet or already part of a message.

    ``key`` is its address there (the SHA-256 of its content, in hexadecimal), ``size`` is in bytes.
    """

    key: str
    filename: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A request before it is a ticket, whatever channel it came by.

    ``message`` is HTML already cleaned by the core; ``fields`` holds the values of the fields that plugins
    added, by name; ``submission`` is a key that the sender repeats when it sends the same draft again.
    """

    channel: str
    email: str
    name: str
    subject: str
    message: str
    category: str | None = None
    company: str = ""
    department: str = ""
    phone: str = ""
    critical: bool = False
    priority: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()
    locale: str = "fr"
    theme: str = ""
    submission: str | None = None

    def with_(self, **changes: Any) -> TicketDraft:
        """A copy with these attributes changed."""
        return replace(self, **changes)


Section = Literal["top", "contact", "detail"]
FieldKind = Literal["text", "checkbox"]


@dataclass(frozen=True, slots=True)
class TicketField:
    """A field that a plugin adds to the form of a ticket.

    ``name`` is the form's and must be unique among plugins. ``section`` says in which part of the form it stands,
    ``after`` after which field ("" for the first place, None for the last). ``parse`` gets what was typed and returns
    the value to keep (JSON-able) or raises :class:`FieldError`; an empty text never reaches it. ``show`` turns a kept
    value into words. The name ``critical`` is special: its value goes to ``TicketDraft.critical``.
    """

    name: str
    label: Text
    section: Section = "contact"
    after: str | None = None
    kind: FieldKind = "text"
    help: Text = ""
    required: bool = False
    max_length: int = 200
    inputmode: str | None = None
    parse: Callable[[str], Any] | None = None
    show: Callable[[Any], Text] | None = None
    show_empty: Text | None = None
    """What the ticket's page says where the field was left empty; None leaves the line out."""


# ---------------------------------------------------------------- categories, priorities, routing


@dataclass(frozen=True, slots=True)
class Category:
    """A topic that a ticket can be about. ``key`` is what is stored: never change it."""

    key: str
    label: Text
    order: int = 0


@dataclass(frozen=True, slots=True)
class Priority:
    """A level of urgency. The greater ``rank``, the more urgent; ``default`` marks the one of an untouched form."""

    key: str
    label: Text
    rank: int
    default: bool = False


@dataclass(frozen=True, slots=True)
class PriorityProposal:
    """A rule's opinion: the key of a priority, why, and whether somebody should ring the requester."""

    priority: str
    reason: Text
    call_back: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Where a new ticket goes first: a team's name, a technician's e-mail address, or both."""

    team: str | None = None
    assignee: str | None = None
    reason: Text = ""


# ---------------------------------------------------------------- storage


class Storage(Protocol):
    """Where files lie. Keys are hexadecimal SHA-256 of the content, so the same key is the same bytes."""

    def put(self, key: str, source: IO[bytes]) -> None:
        """Keep what ``source`` gives under ``key``, on stable storage before returning. Doing it twice is harmless."""

    def open(self, key: str) -> IO[bytes]:
        """The file's bytes from the start; ``KeyError`` when there is none."""

    def delete(self, key: str) -> None:
        """Forget the file; no error when there is none."""

    def stale(self, before: datetime) -> Iterable[str]:
        """Keys of files last put before that time, for the sweep that removes what no ticket refers to."""

    def check(self) -> None:
        """Return if files can be kept now, raise an ``OSError`` that says why not."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the .ini file: its short name, what it takes in words, how to read it, its default.

    ``parse`` gets the text of the file and returns the value or raises ``ValueError``.
    """

    name: str
    takes: str
    parse: Callable[[str], Any] = str
    default: Any = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class StorageBackend:
    """A storage that ``novantic.storage`` can choose by name.

    ``settings`` are read from ``novantic.storage.NAME.*`` and handed to ``factory`` as a mapping.
    """

    name: str
    factory: Callable[[Mapping[str, Any]], Storage]
    settings: tuple[Setting, ...] = ()


# ---------------------------------------------------------------- life cycle


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a ``requester``, a ``technician`` or the ``system`` (a job, a rule)."""

    kind: Literal["requester", "technician", "system"]
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class TicketInfo:
    """A ticket as plugins see it: plain values, read once. Times are UTC with their zone."""

    id: int
    number: str
    subject: str
    status: str
    priority: str
    critical: bool
    call_back: bool
    category: str | None
    channel: str
    team: str
    assignee: str | None
    name: str
    email: str
    phone: str
    company: str
    department: str
    locale: str
    theme: str
    created_at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """A message of a ticket: ``kind`` is ``message`` (the requester's), ``reply`` or ``note``; ``html`` is clean."""

    id: int
    kind: Literal["message", "reply", "note"]
    author: str
    html: str
    text: str
    created_at: datetime
    files: tuple[StoredFile, ...] = ()


EventKind = Literal["opened", "replied", "noted", "status_changed", "assigned", "priority_changed", "access_requested"]


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something that happened to a ticket.

    ``changes`` maps an attribute of the ticket to (before, after); ``technicians`` are those concerned: the assignee,
    else the members of the team, else all; each as a :class:`Recipient`.
    """

    id: int
    kind: EventKind
    at: datetime
    ticket: TicketInfo
    actor: Actor
    message: MessageInfo | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    technicians: tuple[Recipient, ...] = ()


# ---------------------------------------------------------------- notification


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, at which address of the channel's own kind, in which language."""

    address: str
    name: str = ""
    locale: str = "fr"
    role: Literal["requester", "technician"] = "requester"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one recipient.

    ``kind`` names the template (``mail/KIND.txt`` and so on); ``channel`` the channel that carries it, None the
    first one enabled. ``data`` (JSON-able) reaches the template.
    """

    kind: str
    to: Recipient
    channel: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a channel is asked to deliver.

    ``message_id`` is the same at each attempt, so that a receiver can tell a repetition. ``reference`` is that of the
    ticket's first notice, for threading. ``link`` is where the recipient sees the ticket, None where there is no such
    page. ``render(name)`` draws a template of the theme in the recipient's language, with the parcel's values.
    """

    notice: Notice
    message_id: str
    reference: str | None
    ticket: TicketInfo | None
    message: MessageInfo | None
    link: str | None
    brand: Mapping[str, Any]
    render: Callable[[str], str]
    translate: Callable[[Text], str]


class PermanentFailure(Exception):
    """Raised by a channel when trying again can't help; any other exception is tried again later."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people. ``send`` returns when the parcel is accepted, or raises."""

    name: str
    label: Text
    send: Callable[[Parcel], None]
    check: Callable[[], None] | None = None
    """Return if it works now, raise an ``OSError`` that says why not (for ``novantic doctor``)."""


# ---------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A tab of the portal. ``route`` is its route's name; the greater ``order``, the farther right."""

    route: str
    label: Text
    order: int = 50
    section: Literal["portal", "admin"] = "portal"


@dataclass(frozen=True, slots=True)
class PagePart:
    """A piece of a page: a template of the plugin's own and the values it needs."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Something that can be searched: ``find(request, words, limit)`` gives (title, url, excerpt) rows."""

    name: str
    label: Text
    find: Callable[[Any, str, int], Iterable[tuple[Text, str, str]]]


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Work that a worker does every ``every`` seconds, once however many workers there are.

    ``run(session)`` gets a database session that is committed when it returns.
    """

    name: str
    every: int
    run: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class ContactInfo:
    """A person who asked for help."""

    id: int
    email: str
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class FormContext:
    """Where a form of a ticket is drawn: for the ``portal`` or for a technician (``admin``)."""

    place: Literal["portal", "admin"] = "portal"
    locale: str = "fr"
    extra: Mapping[str, Any] = field(default_factory=dict)
