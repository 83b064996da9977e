"""Taking a person out of texts that others wrote: name, addresses and phone numbers, as far as they can be found."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from novantic_core.html import rewrite_text

SHORTEST = 3
"""Letters of a part of a name that is looked for by itself: shorter ones are words of every text."""
_TITLES = frozenset({"mme", "mlle", "mrs", "miss", "monsieur", "madame", "mademoiselle"})
_PARTICLES = frozenset({"les", "des", "von", "van", "der", "den", "del", "della", "dos"})

_ACCENTED: defaultdict[str, str] = defaultdict(str)
"""The letters that are a plain one with an accent, by it."""
for _sign in map(chr, range(0xC0, 0x250)):
    if (_plain := unicodedata.normalize("NFD", _sign)[0]) != _sign:
        _ACCENTED[_plain] += _sign


def accented(word: str) -> str:
    """A pattern for a word, with its accents, with others or without."""
    plain = (sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    return "".join(
        f"[{sign}{_ACCENTED[sign]}][\u0300-\u036f]?" if sign in _ACCENTED else re.escape(sign) for sign in plain
    )


class Scrubber:
    """Puts ``label`` in the place of what names a person.

    Whole names and addresses are found however they are written; a part of a name (``Claire``) only with a capital, so
    that a word of the language stays (``une lumière claire``). Accents count for nothing.
    """

    def __init__(self, names: Iterable[str], emails: Iterable[str], phones: Iterable[str], label: str) -> None:
        self.label = label
        whole = [*emails, *(name for name in names if len(name.strip()) >= SHORTEST)]
        parts = {part for name in names for part in parts_of(name)}
        # what stands in HTML has & < > as entities
        spelled = {form for text in whole for form in (text, html.escape(text, quote=False))}
        capital = {form for part in parts for form in (part[:1].upper() + part[1:], part.upper())}
        patterns = [
            self._any(spelled, lambda text: r"\s{1,20}".join(map(accented, text.split())), "(?i:{})"),
            self._any(capital, accented, "{}"),
            self._any({figures for phone in phones if (figures := figures_of(phone))}, spaced, "{}"),
        ]
        found = [pattern for pattern in patterns if pattern]
        self._pattern = re.compile("|".join(found)) if found else None

    @staticmethod
    def _any(texts: Iterable[str], spell: Any, frame: str) -> str:
        # the longest first: the whole name before a part of it
        choices = [spell(text) for text in sorted(texts, key=len, reverse=True)]
        alternatives = "(?:" + "|".join(choices) + ")"
        return r"(?<!\w)" + frame.format(alternatives) + r"(?!\w)" if choices else ""

    def text(self, text: str) -> str:
        """A plain text without them."""
        return self._pattern.sub(self.label, text) if self._pattern is not None and text else text

    def html(self, source: str) -> str:
        """Clean HTML without them: a name that is a tag's too, as Strong or Li, breaks none."""
        if self._pattern is None or not source:
            return source
        pattern = self._pattern
        return rewrite_text(source, lambda text: [(*found.span(), self.label) for found in pattern.finditer(text)])

    def value(self, value: Any) -> Any:
        """The same for all texts in a JSON-able value."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value


def parts_of(name: str) -> list[str]:
    """The parts of a whole name by which somebody may be meant; no titles, no particles, nothing of two letters."""
    return [part for part in re.split(r"[\s,;()]+", name) if _telling(part)]


def _telling(part: str) -> bool:
    plain = part.strip(".-'’").casefold()
    return len(plain) >= SHORTEST and plain not in _TITLES | _PARTICLES and any(map(str.isalpha, plain))


def figures_of(phone: str) -> str:
    """The last nine figures of a number: 01 44 55 66 77 and +33 1 44 55 66 77 share them."""
    figures = re.sub(r"\D", "", phone).lstrip("0")[-9:]
    return figures if len(figures) >= 6 else ""


def spaced(figures: str) -> str:
    """A pattern for a number, however it is written.

    :param figures: as :func:`figures_of` gives them
    """
    # with what people put between and before: +33 (0)1.44-55 66 77. Little of it, and none before the first figure:
    # a line of a hundred thousand dashes must not be tried from each of them
    between = r"[\s.\-/]{0,3}"
    return rf"(?:\+\d{{1,3}}{between})?(?:(?:\(0\)|0){between})?" + between.join(figures)
