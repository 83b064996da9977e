"""What plugins add to pages, jobs and people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from novantic_core.values.text import Text


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A tab of the portal. ``route`` is its route's name; the greater ``order``, the farther right."""

    route: str
    label: Text
    order: int = 50
    section: Literal["portal", "admin"] = "portal"
    group: Literal["tickets", "clients", "steering", "settings"] = "steering"
    """In which part of the back office's menu it stands."""
    count: int = 0
    """How much waits there; shown in the back office's menu unless it is 0. Since 1.3."""


@dataclass(frozen=True, slots=True)
class PagePart:
    """A piece of a page: a template of the plugin's own and the values it needs."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Something that can be searched: ``find(request, words, limit)`` gives (title, url, excerpt) rows.

    ``more(request, words)`` gives the address of a page with all that is found, where there is one.
    """

    name: str
    label: Text
    find: Callable[[Any, str, int], Iterable[tuple[Text, str, str]]]
    more: Callable[[Any, str], str] | None = None


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Work that a worker does every ``every`` seconds, once however many workers there are.

    ``run(session)`` gets a database session that is committed when it returns.
    """

    name: str
    every: int
    run: Callable[[Any], object]
    seconds: float = 600
    """How long it may take. One that takes longer is given up, with what it wrote, and its plugin set aside."""


class TaskTools(Protocol):
    """What a worker's task works with."""

    @property
    def stopping(self) -> threading.Event:
        """Set when the worker is to stop: end soon."""
        ...

    @property
    def once(self) -> bool:
        """Whether cron started the worker, with ``--once``: do what there is to do, and don't wait for more."""
        ...

    def open_desk(self) -> AbstractContextManager[Any]:
        """``with tools.open_desk() as desk:`` is a transaction of the site's, committed at the end."""
        ...

    def answered(self) -> None:
        """Say that what is watched answers: it is on this that administrators are told when it no longer does."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerTask:
    """Something that goes on as long as a worker works, in a thread of its own: a mailbox, a port that is listened on.

    ``run(tools)`` does a round of it, or goes on until ``tools.stopping`` is set; when it returns it is run again
    ``every`` seconds later. An ``OSError`` it raises is everyday (a server is away): it is kept as the task's fault and
    the task run again, after longer and longer. Anything else is a fault of the plugin, too.

    A run that gives no sign for a quarter of an hour (or for ``late`` seconds, where that is longer), neither by
    ``tools.answered()`` nor by ``tools.open_desk()``, is told to end; one that doesn't is left behind, and another one
    begun. ``novantic worker --once`` does a round of what one worker of the site does, and no other task.
    """

    name: str
    """Unique in the plugin, at most 60 characters."""
    run: Callable[[TaskTools], object]
    label: Text = ""
    every: float = 5
    alone: bool = True
    """Done by one worker of the site at a time. Else by each: for what only one process of a machine can hold."""
    late: float = 900
    """After how many seconds without an answer administrators are told; 0 for never."""


@dataclass(frozen=True, slots=True)
class MessageLink:
    """A link beside a message of a ticket, on the technicians' page.

    :param message: the message's id
    """

    message: int
    label: Text
    url: str


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A piece below a message of a ticket, on the technicians' page: a template of the plugin's own and its values.

    :param message: the message's id
    """

    message: int
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True, slots=True)
class ActionKind:
    """Something that is done to the desk, for its audit trail.

    :param name: small letters and underscores, beginning with the plugin's name: ``faq_removed``
    :param words: a sentence with ``${what}`` for what it was done to: ``Article removed: ${what}``
    """

    name: str
    words: Text


@dataclass(frozen=True, slots=True)
class ContactInfo:
    """A person who asked for help."""

    id: int
    email: str
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationInfo:
    """A company that is served."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class FormContext:
    """Where a form of a ticket is drawn: for the ``portal`` or for a technician (``admin``).

    In the back office ``extra["category"]`` is the key of the ticket's category (None for none): a field may be asked
    for on tickets of one category only. One that is ``required`` and empty is asked for on the ticket's page.
    """

    place: Literal["portal", "admin"] = "portal"
    locale: str = "fr"
    extra: Mapping[str, Any] = field(default_factory=dict)
