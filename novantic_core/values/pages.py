"""What plugins add to pages, jobs and people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
