"""Languages: catalogues, the reader's language, dates and numbers in it.

Message ids are the English text. Catalogues are ``.po`` files in ``locale/LANG/LC_MESSAGES/novantic.po`` of the core,
of plugins and of themes, read as they are at start (an MSP edits words with a text editor and restarts; nothing is
compiled). Later ones win: core, plugins in order, the theme's ancestors, the theme.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from babel.core import Locale
from babel.dates import DateTimePattern, parse_pattern
from babel.messages import pofile
from babel.plural import to_python
from pyramid.i18n import TranslationString, TranslationStringFactory
from pyramid.request import Request

from novantic_core.settings import LOCALES

DOMAIN = "novantic"

_ = TranslationStringFactory(DOMAIN)
"""Marks words for translation; the English text is the message id."""


class Wording(str):
    """Words that a desk gave in each language itself, which no catalogue knows."""

    __slots__ = ("by_locale", "fallback")
    by_locale: Mapping[str, str]
    fallback: str

    def __new__(cls, by_locale: Mapping[str, str], fallback: str = "") -> Wording:
        """``Wording({"fr": "Réseau", "en": "Network"})``.

        A language left out gets the fallback, translated; without one, the first language that isn't left out.
        """
        given = {locale: words for locale, words in by_locale.items() if words}
        self = super().__new__(cls, next(iter(given.values()), fallback))
        self.by_locale = given
        self.fallback = fallback
        return self


LANGUAGE_COOKIE = "lang"
_VARIABLE = re.compile(r"\$(?:\{([a-zA-Z_]\w*)\}|([a-zA-Z_]\w*))")


def plural(one: str, many: str) -> tuple[str, str]:
    """Marks two forms of a message for extraction, to be given to :meth:`Catalogue.plural`."""
    return one, many


class Catalogue:
    """The words of one theme in one language, with the signatures that Pyramid and Chameleon expect."""

    def __init__(self, locale: str, layers: Iterable[Mapping[Any, Any]]) -> None:
        self.locale_name = locale
        self._messages: dict[Any, Any] = {}
        for layer in layers:
            self._messages.update(layer)
        self._locale = Locale(locale)
        self._plural_index = to_python(self._locale.plural_form)

    def translate(
        self, msgid: Any, domain: str | None = None, mapping: Mapping[str, Any] | None = None,
        context: str | None = None, target_language: str | None = None, default: str | None = None,
    ) -> Any:  # fmt: skip
        """The message in this language, its ``${variables}`` filled in; what isn't text comes back as it is."""
        if msgid is None:
            return default
        if not isinstance(msgid, str):
            return msgid
        if isinstance(msgid, Wording):
            given = msgid.by_locale.get(self.locale_name)
            return given or (self.translate(msgid.fallback) if msgid.fallback else str(msgid))
        fallback: str = default if default is not None else msgid
        if isinstance(msgid, TranslationString):
            fallback = msgid.default or str.__str__(msgid)
            mapping = msgid.mapping if mapping is None else mapping
        words = self._messages.get(str.__str__(msgid), fallback)
        if mapping and "$" in words:
            # what somebody wrote may be the very text of a message: only what is marked as one is translated
            values = {
                key: self.translate(value) if isinstance(value, TranslationString | Wording) else value
                for key, value in mapping.items()
            }
            words = _VARIABLE.sub(lambda match: str(values.get(match[1] or match[2], match[0])), words)
        return words

    def knows(self, msgid: str) -> bool:
        """Whether a catalogue has a message."""
        return str.__str__(msgid) in self._messages

    def has(self, msgid: str) -> bool:
        """Whether it has words of its own for a message."""
        return msgid in self._messages

    def plural(self, forms: tuple[str, str], n: int, **mapping: Any) -> str:
        """The form of a message for ``n`` things; ``${n}`` is in its variables."""
        found = self._messages.get(forms)
        words = found[0 if self._plural_index(n) == "one" else 1] if found else forms[0 if n == 1 else 1]
        return str(self.translate(TranslationString(words), mapping={"n": n, **mapping}))

    # Pyramid's Localizer has these names
    def pluralize(self, singular: str, plural: str, n: int, domain: str | None = None, mapping: Any = None) -> str:
        """As Pyramid's ``Localizer.pluralize``."""
        return self.plural((singular, plural), n, **(mapping or {}))

    def date(self, when: datetime, zone: Any, form: str = "medium") -> str:
        """A time in the reader's words and zone, to the minute; ``day`` and ``time`` are forms of one alone."""
        return str(_date_pattern(self.locale_name, form).apply(when.astimezone(zone), self._locale))

    def day(self, when: datetime, zone: Any) -> str:
        """The day on which a time lies in the reader's zone, in their words."""
        return str(_DAY.apply(when.astimezone(zone), self._locale))

    def size(self, count: int) -> str:
        """A number of bytes in the reader's units."""
        unit = "o" if self.locale_name == "fr" else "B"
        if count < 1024:
            return f"{count}\u00a0{'octet' if unit == 'o' else 'byte'}{'' if count == 1 else 's'}"
        for prefix in "kMGT":
            count_ = count / 1024
            if count_ < 1024 or prefix == "T":
                digits = f"{count_:.0f}" if count_ >= 10 or count_ == int(count_) else f"{count_:.1f}"
                return f"{digits.replace('.', ',') if unit == 'o' else digits}\u00a0{prefix}{unit}"
            count = int(count_)
        raise AssertionError


_DAY = parse_pattern("d MMM y")


@functools.cache
def _date_pattern(locale: str, form: str) -> DateTimePattern:
    if form in {"day", "time"}:
        return parse_pattern("d MMMM y" if form == "day" else "HH:mm")
    day = {"medium": "d MMM y", "long": "EEEE d MMMM y", "short": "dd/MM/y"}[form]
    return parse_pattern(f"{day} 'à' HH:mm" if locale == "fr" else f"{day}, HH:mm")


def words_file(folder: Path, locale: str) -> Path:
    """Where a ``locale/`` folder has its messages in a language."""
    return folder / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


@functools.cache
def read_layer(folder: Path, locale: str) -> Mapping[Any, Any]:
    """The messages of one ``locale/`` folder in one language; none if it has no catalogue."""
    path = words_file(folder, locale)
    if not path.is_file():
        return {}
    with path.open("rb") as source:
        catalogue = pofile.read_po(source, locale=locale)
    messages: dict[Any, Any] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        said = message.string or ""
        if isinstance(message.id, str):
            if said:
                messages[message.id] = str(said)
        elif all(said):
            messages[tuple(message.id)] = tuple(said)
    return messages


def says_language(request: Request) -> bool:
    """Whether the reader chose a language, or their browser asks for some. Crawlers say nothing."""
    return request.cookies.get(LANGUAGE_COOKIE) in LOCALES or bool(request.accept_language)


def answer_in(request: Request, locale: str) -> None:
    """Draw this one answer in the language that its address asks for, whatever the reader's is."""
    request.locale_name = locale
    for made in ("localizer", "page"):
        request.__dict__.pop(made, None)


def negotiate(request: Request) -> str:
    """The reader's language: their choice (a cookie), then what the browser asks for, then the setting."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        return str(chosen)
    default = request.brand.locale
    if not request.accept_language:
        return str(default)
    return str(request.accept_language.lookup(list(LOCALES), default=default))


def includeme(config: Any) -> None:
    """``request.locale_name`` and ``request.localizer`` by reader and theme; ``/language`` switches.

    ``request.says_language`` and ``request.answer_in`` are for pages whose address is of one language.
    """
    config.set_locale_negotiator(negotiate)
    config.add_request_method(says_language, reify=True)
    config.add_request_method(answer_in)
    config.add_request_method(
        lambda request: request.registry.site.themes.catalogue(request.theme, request.locale_name),
        "localizer",
        reify=True,
    )
