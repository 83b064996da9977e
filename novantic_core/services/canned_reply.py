"""Canned replies: what stands in double braces is filled in with the ticket's own words."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from novantic_core.i18n import Catalogue, _
from novantic_core.models import Technician, Ticket
from novantic_core.site import Site
from novantic_core.values import Text

VARIABLES: Mapping[str, Text] = {
    "requester.name": _("The requester's whole name"),
    "requester.first_name": _("The requester's first name"),
    "requester.email": _("The requester's e-mail address"),
    "requester.phone": _("The requester's phone number"),
    "organisation": _("The requester's organisation, or the company named on the ticket"),
    "ticket.number": _("The ticket's number"),
    "ticket.subject": _("The ticket's subject"),
    "ticket.category": _("The ticket's category"),
    "ticket.priority": _("The ticket's priority"),
    "ticket.opened": _("The day on which the ticket was opened"),
    "ticket.team": _("The team that takes care of the ticket"),
    "technician.name": _("Your own name"),
    "technician.first_name": _("Your own first name"),
    "brand.name": _("The name of your desk, as the client knows it"),
    "brand.phone": _("The phone number of your desk"),
    "brand.email": _("The e-mail address of your desk"),
    "brand.hours": _("The opening hours of your desk"),
}
"""What may stand in double braces, with what it is, for who writes a canned reply."""

_VARIABLE = re.compile(r"\{\{(?:\s|&nbsp;)*([A-Za-z][\w.]*)(?:\s|&nbsp;)*\}\}")
_TAG = re.compile(r"(<[^<>]*>)")
_TITLES = {"m", "mr", "mme", "mlle", "mrs", "ms", "dr", "me", "pr", "prof", "monsieur", "madame", "mademoiselle"}


def fill_canned_reply(
    site: Site, html: str, ticket: Ticket, technician: Technician, organisation_name: str = ""
) -> str:
    """A canned reply for a ticket, in the language of its requester.

    Only words are filled in, never a tag's attributes: an address made of what a requester typed could be a script.

    :param html: clean HTML
    :param organisation_name: the requester's organisation; the company named on the ticket where there is none
    :return: clean HTML; variables that nobody knows stay as they are, for who reads it before sending
    """
    known = _Filling(site, ticket, technician, organisation_name)

    def fill(match: re.Match[str]) -> str:
        value = known.value(match[1])
        return match[0] if value is None else html_module.escape(value, quote=False)

    pieces = _TAG.split(html)
    return "".join(piece if piece.startswith("<") else _VARIABLE.sub(fill, piece) for piece in pieces)


def unknown_variables(html: str) -> list[str]:
    """Names in double braces that mean nothing, once each, in the order in which they stand."""
    text = _TAG.sub("", html)
    return list(dict.fromkeys(match[1] for match in _VARIABLE.finditer(text) if match[1] not in VARIABLES))


def first_name(name: str) -> str:
    """The first name in a whole one: ``Claire`` of "Claire Lefèvre", "LEFÈVRE Claire" and "Mme Claire Lefèvre".

    Where only a title or an initial comes with one name, as "M. Dupont", that is how the person wants to be called.
    """
    words = name.split()
    rest = [word for word in words if word.rstrip(".").casefold() not in _TITLES]
    if len(rest) < 2 or rest[0].endswith("."):
        return name.strip()
    if _is_capitals(rest[0]):
        # a French form's way: the family name in capitals, wherever it stands
        return next((word for word in rest if not _is_capitals(word)), rest[0])
    return rest[0]


def _is_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


@dataclass(frozen=True)
class _Filling:
    site: Site
    ticket: Ticket
    technician: Technician
    organisation_name: str

    def value(self, name: str) -> str | None:
        """The words for a variable; None for one that nobody knows."""
        if name not in VARIABLES:
            return None
        value: str = _VALUES[name](self)
        return value

    @property
    def theme(self) -> str:
        ticket, site = self.ticket, self.site
        kept = ticket.theme in site.themes.themes and ticket.brand in site.brands
        return ticket.theme if kept else site.brand(ticket.brand).theme

    @property
    def catalogue(self) -> Catalogue:
        return self.site.themes.catalogue(self.theme, self.ticket.locale)

    @property
    def brand(self) -> Mapping[str, Any]:
        return self.site.brand_words(self.site.brand(self.ticket.brand), self.ticket.locale, self.theme)

    @property
    def category(self) -> str:
        key = self.ticket.category_key
        return str(self.catalogue.translate(self.site.category_label(key))) if key else ""

    @property
    def opened(self) -> str:
        return self.catalogue.date(self.ticket.created_at, self.site.settings.timezone, "day")


_VALUES: Mapping[str, Callable[[_Filling], str]] = {
    "requester.name": lambda f: f.ticket.name,
    "requester.first_name": lambda f: first_name(f.ticket.name),
    "requester.email": lambda f: f.ticket.email,
    "requester.phone": lambda f: f.ticket.phone,
    "organisation": lambda f: f.organisation_name or f.ticket.company,
    "ticket.number": lambda f: f.ticket.number,
    "ticket.subject": lambda f: f.ticket.subject,
    "ticket.category": lambda f: f.category,
    "ticket.priority": lambda f: str(f.catalogue.translate(f.site.priority_label(f.ticket.priority))),
    "ticket.opened": lambda f: f.opened,
    "ticket.team": lambda f: f.site.team_label(f.ticket.team),
    "technician.name": lambda f: f.technician.name,
    "technician.first_name": lambda f: first_name(f.technician.name),
    "brand.name": lambda f: str(f.brand["name"]),
    "brand.phone": lambda f: str(f.brand["phone"]),
    "brand.email": lambda f: str(f.brand["email"]),
    "brand.hours": lambda f: str(f.brand["hours"]),
}
