"""What a technician types into the search, read: words to find, and conditions that a ticket must meet.

``"hors connexion" -toner de:lefevre statut:ouvert catégorie:imprimante avant:2026-03`` in French or in English, in any
mixture. No reading fails: what means nothing as a condition is looked for as words, and it is said so.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, not_

from novantic_core.i18n import _
from novantic_core.models import Ticket
from novantic_core.models.fold import fold
from novantic_core.models.ticket import CLOSED, OPEN, WAITING
from novantic_core.search.query import QUOTES, read_query
from novantic_core.services.find_missed import among_the_missed
from novantic_core.services.tell_brands import brand_label
from novantic_core.settings import LOCALES
from novantic_core.site import Site
from novantic_core.values import SearchQuery, SearchTerm, Text

_CONDITION = re.compile(r'(?<![^\s])(?P<minus>-)?(?P<name>[^\W\d_]+):(?:"(?P<phrase>[^"]+)(?:"|$)|(?P<word>[^\s"]+))')
_DAYS = (
    re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"),
    re.compile(r"(?:(?:(?P<day>\d{1,2})/)?(?P<month>\d{1,2})/)?(?P<year>\d{4})"),
)
STATUSES = {
    OPEN: ("open", "ouvert", "ouverte", "ouverts", "nous", "us"),
    WAITING: ("waiting", "attente", "en attente", "client"),
    CLOSED: ("closed", "ferme", "fermee", "fermes", "clos", "resolu"),
}
"""What a status may be called, folded."""

UNDELIVERED = (
    "undelivered",
    "not delivered",
    "bounced",
    "back",
    "non remis",
    "nonremis",
    "revenu",
    "revenus",
    "retour",
)
"""What mails that didn't arrive may be called, folded."""


@dataclass(frozen=True)
class Search:
    """What is looked for: words, and what else a ticket must be. ``told`` says what was not understood."""

    query: SearchQuery
    conditions: tuple[ColumnElement[bool], ...] = ()
    told: tuple[Text, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there is something to find, not only to leave out."""
        return any(not term.excluded for term in self.query.terms)


@dataclass
class _Reading:
    site: Site
    say: Callable[[Text], Iterable[str]]
    names: list[SearchTerm] = field(default_factory=list)
    conditions: list[ColumnElement[bool]] = field(default_factory=list)
    told: list[Text] = field(default_factory=list)

    def take(self, match: re.Match[str]) -> str:
        """Take a condition out of what was typed; what is none stays, as words."""
        name, excluded = NAMED.get(fold(match["name"])), match["minus"] is not None
        text = (match["phrase"] if match["phrase"] is not None else match["word"]).strip()
        if name is None:
            # "https://…", "erreur:0x80" are words
            return match[0]
        if name == "from":
            self.names.append(SearchTerm(tuple(text.split()), excluded=excluded, weight="B"))
            return " "
        found = getattr(self, f"_{name}")(text)
        if found is None:
            return f'{match["minus"] or ""}"{text}"'
        self.conditions.append(not_(found) if excluded else found)
        return " "

    def _status(self, text: str) -> ColumnElement[bool] | None:
        for status, words in STATUSES.items():
            if fold(text) in words:
                return Ticket.status == status
        self.told.append(_("“${value}” is no status; there are: open, waiting, closed.", mapping={"value": text}))
        return None

    def _category(self, text: str) -> ColumnElement[bool] | None:
        labels = {key: {fold(label) for label in self.say(one.label)} for key, one in self.site.all_categories.items()}
        wanted = fold(text)
        keys = [key for key, names in labels.items() if wanted == key or wanted in names]
        keys = keys or [key for key, names in labels.items() if wanted and any(n.startswith(wanted) for n in names)]
        if keys:
            return Ticket.category_key.in_(keys)
        self.told.append(_("No category’s name begins with “${value}”.", mapping={"value": text}))
        return None

    def _brand(self, text: str) -> ColumnElement[bool] | None:
        labels = {
            key: {fold(key), *(fold(brand_label(self.site, key, locale)) for locale in LOCALES)}
            for key in self.site.brands
        }
        wanted = fold(text)
        keys = [key for key, names in labels.items() if wanted in names]
        keys = keys or [key for key, names in labels.items() if wanted and any(n.startswith(wanted) for n in names)]
        if keys:
            return Ticket.brand.in_(keys)
        self.told.append(_("No brand’s name begins with “${value}”.", mapping={"value": text}))
        return None

    def _mail(self, text: str) -> ColumnElement[bool] | None:
        if fold(text) in UNDELIVERED:
            return among_the_missed()
        self.told.append(_("“${value}” says nothing of mails; there is: undelivered.", mapping={"value": text}))
        return None

    def _before(self, text: str) -> ColumnElement[bool] | None:
        moment = self._moment(text)
        return None if moment is None else Ticket.created_at < moment

    def _after(self, text: str) -> ColumnElement[bool] | None:
        moment = self._moment(text)
        return None if moment is None else Ticket.created_at >= moment

    def _moment(self, text: str) -> datetime | None:
        """The first moment, where the desk is, of a day, a month or a year."""
        for pattern in _DAYS:
            match = pattern.fullmatch(text)
            if match is not None:
                parts = [int(match[part] or 1) for part in ("year", "month", "day")]
                # of the first years and the last one some hours are no time elsewhere
                if EARLIEST <= parts[0] <= LATEST:
                    with contextlib.suppress(ValueError):
                        return datetime(*parts, tzinfo=self.site.settings.timezone)  # type: ignore[arg-type, misc]
        self.told.append(
            _("“${value}” is no day; it takes one as 2026-03-14, 14/03/2026, 03/2026 or 2026.", mapping={"value": text})
        )
        return None


EARLIEST, LATEST = 1900, 2999
NAMED = {
    "from": "from", "de": "from", "client": "from",
    "status": "status", "statut": "status", "etat": "status",
    "category": "category", "categorie": "category", "rubrique": "category",
    "brand": "brand", "marque": "brand",
    "mail": "mail", "courriel": "mail",
    "before": "before", "avant": "before",
    "after": "after", "apres": "after", "depuis": "after",
}  # fmt: skip
"""Names of conditions as they may be typed, folded."""


def read_search(site: Site, typed: str, say: Callable[[Text], Iterable[str]]) -> Search:
    """Read what somebody typed.

    :param say: gives words in each language: a category is known by any of its names
    """
    reading = _Reading(site, say)
    rest = _CONDITION.sub(reading.take, typed.translate(QUOTES))
    terms = (*reading.names, *read_query(rest).terms)
    if terms and all(term.excluded for term in terms):
        reading.told.append(
            _("A minus leaves something out of what other words find: please type a word to be found, too.")
        )
    return Search(SearchQuery(terms), tuple(reading.conditions), tuple(reading.told))
