"""What happens to a ticket, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from novantic_core.values.brand import MAIN
from novantic_core.values.intake import StoredFile
from novantic_core.values.text import Text


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
    organisation_id: int | None = None
    brand: str = MAIN
    closed_at: datetime | None = None
    """Since 1.3."""


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
    mail_id: str = ""
    """The Message-ID of the mail that it came by, without its angle brackets; empty for none. Since 1.3."""


@dataclass(frozen=True, slots=True)
class MaskWords:
    """What stands in the place of what would tell who somebody is."""

    name: str
    address: str
    phone: str
    number: str
    """For the number of a computer: its IP address, its TeamViewer ID."""
    picture: str


EventKind = Literal[
    "opened", "replied", "noted", "status_changed", "assigned", "priority_changed", "category_changed",
    "contact_changed", "fields_changed", "acknowledged", "called_back", "merged", "unmerged", "split", "linked",
    "unlinked", "followed", "unfollowed", "time_noted", "access_requested",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """Something that happened to a ticket.

    ``changes`` maps an attribute of the ticket to (before, after), as it stands in :class:`TicketInfo`; a field that a
    plugin added is ``fields.NAME``. ``technicians`` are those concerned: the assignee,
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
    followers: tuple[Recipient, ...] = ()
    """Who follows the ticket besides: technicians, and people outside, who never see a note."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, at which address of the channel's own kind, in which language."""

    address: str
    name: str = ""
    locale: str = "fr"
    role: Literal["requester", "technician"] = "requester"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Something about a technician's account that its owner has to hear of.

    ``invited``: choose a password, you may work here now; ``by`` is the administrator's name. ``reset``: somebody,
    probably they themselves, has forgotten the password. Each notice of these carries a link that works once, within
    ``link_hours`` of its making.
    """

    kind: Literal["invited", "reset"]
    at: datetime
    technician: Recipient
    by: str = ""
    link_hours: int = 1


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about the desk itself that an administrator has to look after."""

    name: str
    """The same as long as it lasts: ``worker``, ``deliveries email``, ``tasks PLUGIN.TASK``, ``plugins PLUGIN`` …"""
    words: Text
    """One sentence; in ``DeskAlarm`` in the language of whom it is to."""
    since: datetime | None = None
    path: str = ""
    """The page of the back office that says more."""


@dataclass(frozen=True, slots=True)
class DeskAlarm:
    """What one administrator is told of how the desk fares: each trouble once when it lasts, once when it is over.

    ``to`` is the administrator; ``began`` is new, ``over`` is well again, ``still`` was told before and lasts.
    """

    at: datetime
    to: Recipient
    began: tuple[Trouble, ...] = ()
    over: tuple[Trouble, ...] = ()
    still: tuple[Trouble, ...] = ()


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
    ticket's first notice, for threading. ``link`` is where the recipient sees the ticket; in a notice about an account,
    which has no ticket, where they choose a password; None where there is no such page. ``render(name)`` draws a
    template of the theme in the recipient's language, with the parcel's values.
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
    references: tuple[str, ...] = ()
    """The ids of what came before it in the conversation with this recipient, the oldest (``reference``) first, each
    in its angle brackets: what they wrote by mail, and what they were written. Since 1.3."""
    reply_to: str = ""
    """Where an answer is to be sent; empty where no plugin takes answers of this channel's kind. Since 1.3."""
    return_path: str = ""
    """Where a server farther on sends word that it can't deliver it; empty for the sender's. Since 1.3."""
    without_secrets: Callable[[str], str] = str
    """A text of the parcel's with asterisks in the place of what opens something: the token of ``link``, that of
    ``reply_to``. What ``send`` returns to be archived is made of such texts. Since 1.3."""


@dataclass(frozen=True, slots=True)
class ReturnAddresses:
    """Where what comes back of a notice is to go: ``reply_to`` a person's answer, ``return_path`` a server's word.

    Each empty to leave it as it is.
    """

    reply_to: str = ""
    return_path: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """A notice as it was told to one recipient. ``message_id`` is that of each of its attempts, without brackets."""

    id: int
    message_id: str
    kind: str
    channel: str
    to: Recipient
    state: str
    ticket: TicketInfo | None = None
    brand: str = MAIN


class PermanentFailure(Exception):
    """Raised by a channel when trying again can't help; any other exception is tried again later."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people. ``send`` returns when the parcel is accepted, or raises."""

    name: str
    label: Text
    send: Callable[[Parcel], bytes | None]
    """Since 1.3 it may return what was sent, as it was sent, to be archived: with nothing secret in it."""
    check: Callable[[], None] | None = None
    """Return if it works now, raise an ``OSError`` that says why not (for ``novantic doctor``)."""
    seconds: float = 120
    """How long one ``send`` may take. One that takes longer is tried again later, and its plugin set aside."""
    per_hour: int | Callable[[], int] = 0
    """How many parcels it may carry in any hour, over all workers of the site; 0 for as many as there are. What has to
    wait for that stays in the outbox, and links that somebody asked for go first. Since 1.3."""
