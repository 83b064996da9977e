"""Taking a text apart into words, without accents and case; what is written in several ways becomes one of them."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from novantic_core.models.fold import digits

LONGEST = 40
"""Letters of a word that count: what is longer is no word that somebody types."""
LONGEST_ADDRESS = 254
"""Signs of a mail address, says its standard. PostgreSQL keeps no word of more than 2,046 bytes."""
SHORT = 2
"""Letters of a part before or after a hyphen that is no word by itself: e-mail, Wi-Fi."""

_SAME = str.maketrans({
    "œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "\u00ad": "",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2019": "'", "\u02bc": "'", "\u2018": "'", "´": "'", "`": "'",
})  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f]+")
# letters and figures, and the signs that hold some of them together: so many, as a text without a space is no word
_CHUNK = re.compile(r"[^\W_]+(?:[-'@._/\\:+&][^\W_]+){0,30}")
_ENDS = re.compile(r"[@._/\\:+&]")
_TIES = re.compile(r"[-']")
_ELIDED = frozenset(("l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu"))
_CLITICS = frozenset(("je", "tu", "il", "ils", "elle", "elles", "on", "nous", "vous", "ce", "moi", "toi", "le", "la",
                      "les", "lui", "leur", "y", "en", "t", "ci"))  # fmt: skip
_MODEL = re.compile(r"([a-z]{2,})(\d{2,})|(\d{2,})([a-z]{2,})")
_SIGNS = re.compile(r"[/\\:&']")
_ADDRESS = re.compile(r"[^@/\\:&']+@[^@/\\:&'_+]+\.[^@/\\:&'_+.-]{2,}")
# French ones in groups of two, those with their country before them, and what stands in groups of three, as TeamViewer
# shows its IDs
_PHONE = re.compile(
    r"(?<![\w+])(?:"
    r"(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)[1-9](?:[ .-]?\d\d){4}"
    r"|\+\d(?:[ .()-]{0,2}\d){7,14}"
    r"|(?:\d{1,3}[ .])?\d{3}[ .]\d{3}[ .]\d{3}"
    r"|\d{9,15}"
    r")(?!\w)"
)


class Parts(NamedTuple):
    """The words of a stretch without spaces: in their order, and other ways to write the same."""

    words: tuple[str, ...]
    others: tuple[str, ...] = ()


def fold(text: str) -> str:
    """A text in small letters without accents, with one sign for each kind of hyphen and apostrophe."""
    if text.isascii():
        return text.replace("`", "'").lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_SAME))).casefold()
    if plain.isascii():
        return plain
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def chunks(folded: str) -> list[str]:
    """The stretches of a folded text in which there are words, each for :func:`parts`."""
    found: list[str] = _CHUNK.findall(folded)
    return found


def phones(folded: str) -> list[str]:
    """What in a folded text looks like a telephone number or the like, each as its last nine digits."""
    return [short for found in _PHONE.findall(folded) if len(short := digits(found)) >= SHORT]


def whole_phone(folded: str) -> str | None:
    """The same of a text that is nothing but one."""
    found = _PHONE.fullmatch(folded.strip())
    return (digits(found[0]) or None) if found else None


def is_address(chunk: str) -> bool:
    """Whether a stretch is a whole mail address."""
    return len(chunk) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(chunk) is not None


def parts(chunk: str) -> Parts:
    """A stretch's words.

    A mail address is found whole and by its domain; ``wi-fi`` as ``wifi`` and by its parts, ``micro-ordinateur`` by its
    parts and as one word; ``l'imprimante`` is a printer; ``hp4520`` is an HP and a 4520.
    """
    if chunk.isalnum():
        return Parts((chunk[:LONGEST],), _model(chunk))
    found, others = [], []
    for piece in _ENDS.split(chunk):
        words, more = _tied(piece)
        found += words
        others += more
    for piece in _SIGNS.split(chunk) if "@" in chunk else ():
        if is_address(piece):
            domain = piece.rpartition("@")[2].split(".")
            others += [piece, *(".".join(domain[start:]) for start in range(len(domain) - 1))]
    return Parts(tuple(word[:LONGEST] for word in found), tuple(others))


def _model(word: str) -> tuple[str, ...]:
    if len(word) > LONGEST or not (match := _MODEL.fullmatch(word)):
        return ()
    return tuple(group for group in match.groups() if group)


def _tied(piece: str) -> tuple[list[str], list[str]]:
    if piece.isalnum():
        return [piece], list(_model(piece))
    words = _TIES.split(piece)
    while len(words) > 1 and words[0] in _ELIDED and piece[len(words[0])] == "'":
        piece = piece[len(words.pop(0)) + 1 :]
    if len(words) == 1 or words[-1] in _CLITICS:
        return words, []
    joined = "".join(words)
    if len(words) == SHORT and "-" in piece and joined.isalpha() and min(map(len, words)) <= SHORT:
        return [joined], words
    return words, [joined] if len(joined) <= LONGEST else []
