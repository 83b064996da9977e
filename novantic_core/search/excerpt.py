"""The sentence of a text that has the words that somebody looked for, and which words those are."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from novantic_core.search.analysis import ask, forms
from novantic_core.search.words import chunks, fold
from novantic_core.values import SearchQuery

LENGTH = 220
"""Characters of a sentence that are shown at most."""
BEFORE = 60
"""Characters before its first hit, where it is longer than that."""
MOST_SEEN = 5_000
"""Stretches of which a query knows whether they are hits; it forgets them then."""

_STRETCH = re.compile(r"[^\W_]+(?:[-'’ʼ‘@._/\\:+&\u2010\u2011][^\W_]+){0,30}")
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?=\S)[^.!?…\n]+)*[.!?…]*(?:[^\S\n]?[»”])?")


class Piece(NamedTuple):
    """A part of an excerpt, and whether it is what was looked for."""

    text: str
    hit: bool


class _Looked:
    """What is looked for, as forms of words: of each term those that find it."""

    def __init__(self, query: SearchQuery) -> None:
        question = ask(query)
        self.whole: dict[str, int] = {}
        self.beginnings: list[tuple[str, int]] = []
        self.terms = len(question.wanted) if question else 0
        self._seen: dict[str, int | None] = {}
        for place, wanted in enumerate(question.wanted if question else ()):
            for phrase in wanted.phrases:
                for stem in phrase.stems[:-1] if phrase.prefix else phrase.stems:
                    self.whole.setdefault(stem, place)
                if phrase.prefix:
                    self.beginnings.append((phrase.stems[-1], place))

    def __bool__(self) -> bool:
        return bool(self.whole or self.beginnings)

    def term(self, stretch: str) -> int | None:
        """Which of the terms a stretch is a form of."""
        for chunk in chunks(fold(stretch)):
            for form in forms(chunk):
                if form in self.whole:
                    return self.whole[form]
            for beginning, place in self.beginnings:
                if chunk.startswith(beginning):
                    return place
        return None

    def hits(self, text: str) -> list[tuple[int, int, int]]:
        """Where in a text which of the terms stand."""
        seen = self._seen
        if len(seen) > MOST_SEEN:
            seen.clear()
        # most texts have none, and that is soon known: a page of tickets has hundreds, of much the same words
        stretches = set(_STRETCH.findall(text))
        for stretch in stretches:
            if stretch not in seen:
                seen[stretch] = self.term(stretch)
        if all(seen.get(stretch) is None for stretch in stretches):
            return []
        found = ((match.start(), match.end(), seen.get(match[0])) for match in _STRETCH.finditer(text))
        return [(start, end, place) for start, end, place in found if place is not None]


_looked = lru_cache(maxsize=64)(_Looked)


def excerpt(texts: Sequence[str], query: SearchQuery, length: int = LENGTH) -> list[Piece]:
    """Of some texts the sentence that has the most of the words, in pieces; nothing if none has any.

    :param texts: plain ones; of two sentences that are as good the one of the earlier text
    :param length: how many characters of it at most
    """
    looked = _looked(query)
    best: tuple[int, str, int, int, list[tuple[int, int, int]]] | None = None
    for text in texts if looked else ():
        if best is not None and best[0] == looked.terms:
            break
        hits = looked.hits(text)
        if not hits or (best is not None and len({place for _s, _e, place in hits}) <= best[0]):
            continue
        starts = [start for start, _end, _place in hits]
        for match in _SENTENCE.finditer(text):
            first, last = bisect_left(starts, match.start()), bisect_left(starts, match.end())
            inside = [hit for hit in hits[first:last] if hit[1] <= match.end()]
            found = len({place for _start, _end, place in inside})
            if found > (best[0] if best else 0):
                best = (found, text, match.start(), match.end(), inside)
    if best is None:
        return []
    _found, text, start, end, hits = best
    return _cut(text, start, end, hits, length)


def mark(text: str, query: SearchQuery) -> list[Piece]:
    """The whole of a text in pieces: a title, a name."""
    looked = _looked(query)
    return list(_pieces(text, 0, len(text), looked.hits(text) if looked else []))


def _cut(text: str, start: int, end: int, hits: list[tuple[int, int, int]], length: int) -> list[Piece]:
    first, last = start, end
    if end - start > length:
        first = max(start, min(hits[0][0] - BEFORE, end - length))
        # words stay whole
        if first > start:
            first = text.find(" ", first, hits[0][0]) + 1 or hits[0][0]
        last = min(first + length, end)
        if last < end:
            last = max(text.rfind(" ", first, last), min(hits[0][1], last))
    pieces = list(_pieces(text, first, last, hits))
    before, after = ("… " if first > start else ""), (" …" if last < end else "")
    whole = [Piece(before, False), *pieces, Piece(after, False)]
    return [Piece(" ".join(piece.text.split("\n")), piece.hit) for piece in whole if piece.text]


def _pieces(text: str, first: int, last: int, hits: list[tuple[int, int, int]]) -> Iterator[Piece]:
    place = first
    while place < last and text[place].isspace():
        place += 1
    for start, end, _term in hits:
        if start < place or end > last:
            continue
        if start > place:
            yield Piece(text[place:start], False)
        yield Piece(text[start:end], True)
        place = end
    if place < last:
        yield Piece(text[place:last], False)
