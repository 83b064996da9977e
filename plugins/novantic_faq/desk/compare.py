"""What differs between two versions of a text, by words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from novantic_core.plugin import html_to_text

Kind = Literal["same", "ins", "del"]
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
MOST_WORDS = 3000
"""In a stretch of lines that differ: more words are compared by lines only, which takes no long time."""

MOST_LINES = 2000
"""In two texts together."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that is in both, was put in, or was taken out."""

    kind: Kind
    text: str


def compare_texts(old: str, new: str) -> list[Piece]:
    """Two plain texts: first by their lines, then by words where lines differ."""
    return _joined(_by_lines(old.splitlines(keepends=True), new.splitlines(keepends=True)))


def compare_html(old: str, new: str) -> list[Piece]:
    """The words of two texts. What only looks different is the same."""
    return compare_texts(html_to_text(old), html_to_text(new))


def _by_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    # of very many lines those that are everywhere say nothing of where one is, and would take long
    many = len(old) + len(new) > MOST_LINES
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=many).get_opcodes():
        before, after = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            yield Piece("same", before)
        else:
            yield from _by_words(_TOKEN.findall(before), _TOKEN.findall(after))


def _by_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if len(old) + len(new) > MOST_WORDS:
        yield from (Piece("del", "".join(old)), Piece("ins", "".join(new)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield from (Piece("del", "".join(old[a:b])), Piece("ins", "".join(new[c:d])))


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    """Neighbours of one kind as one."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].kind == piece.kind:
            found[-1] = Piece(piece.kind, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def differs(pieces: Sequence[Piece]) -> bool:
    """Whether anything was put in or taken out."""
    return any(piece.kind != "same" for piece in pieces)
