"""What comes in: channels, files, drafts, the fields that plugins add."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from novantic_core.values.brand import MAIN
from novantic_core.values.text import Text


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

    ``message`` is clean HTML: a channel makes it with ``clean_html`` of what somebody wrote. ``fields`` holds the
    values of the fields that plugins added, by name; ``submission`` is a key that the sender repeats when it sends
    the same draft again.
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
    brand: str = MAIN
    """The key of the brand under whose name the client wrote; one that the settings don't name is the main one."""
    submission: str | None = None
    origin: str = ""
    """By which of its channel's doors it came, where it has several: the name of a mailbox. Since 1.3."""
    mail_id: str = ""
    """The Message-ID of the mail that it came by, without its angle brackets; empty for none. Since 1.3."""

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
