"""How well a document answers a question, by the stems that are kept of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from novantic_core.search.analysis import PART, WEIGHTS, Phrase, Question, Wanted
from novantic_core.values import SearchHit

_WORTH = (4.0, 2.0, 1.0, 0.5)
"""What a word counts in each part of a document, the title first."""
_SENTENCE = (3.0, 1.0, 1.5, 0.5)
"""What it counts that the words follow one another as they were asked for."""
_SOON = 1.5
"""So many times in a part is half of what more could count."""
_LONG = 4000
"""Characters from which on a text is long, and a word that stands in it once says less of it."""


def needle(phrase: Phrase, mark: str = "") -> str:
    """What to look for in what is kept of a document.

    :param mark: what stands before its stems
    """
    return " " + " ".join(mark + stem for stem in phrase.stems) + ("" if phrase.prefix else " ")


class Scorer:
    """Judges documents by one question."""

    def __init__(self, question: Question) -> None:
        self._any_of = question.any_of
        self._wanted = [self._places(one) for one in question.wanted]
        self._excluded = [self._places(one) for one in question.excluded]
        self._sentence = [needle(phrase) for phrase in question.sentence]

    @staticmethod
    def _places(one: Wanted) -> tuple[list[str], tuple[int, ...]]:
        """What to look for, and in which parts."""
        places = range(len(WEIGHTS)) if one.weight is None else (WEIGHTS.index(one.weight),)
        return [needle(phrase) for phrase in one.phrases], tuple(places)

    def matches(self, kept: str) -> bool:
        """Whether an index would find a document."""
        parts = _parts(kept)

        def has(wanted: tuple[list[str], tuple[int, ...]]) -> bool:
            needles, places = wanted
            return any(needle in parts[place] for place in places for needle in needles)

        found = map(has, self._wanted)
        return (any(found) if self._any_of else all(found)) and not any(map(has, self._excluded))

    def rank(self, rows: Iterable[tuple[int, str]]) -> list[SearchHit]:
        """Documents, by id and what is kept of them, the best first; of two that are as good, the newer."""
        judged = [(key, *self._judge(_parts(kept))) for key, kept in rows]
        rarities = [self._rarity(judged, place) for place in range(len(self._wanted))]
        hits = [
            SearchHit(key, round(order + sum(map(float.__mul__, rarities, worths)), 4))
            for key, worths, order in judged
        ]  # fmt: skip
        return sorted(hits, key=lambda hit: (-hit.score, -hit.id))

    @staticmethod
    def _rarity(judged: Sequence[tuple[int, list[float], float]], place: int) -> float:
        """A word counts the more, the fewer of the documents have it."""
        having = sum(1 for _key, worths, _order in judged if worths[place])
        return math.log(1 + (len(judged) + 1) / (having + 0.5))

    def _judge(self, parts: list[str]) -> tuple[list[float], float]:
        # plain loops: it is run for hundreds of documents while somebody waits
        worths = []
        for needles, places in self._wanted:
            worth = 0.0
            for place in places:
                part, times = parts[place], 0
                for one in needles:
                    times += part.count(one)
                if times:
                    worth += _WORTH[place] * times / (times + _SOON + len(part) / _LONG)
            worths.append(worth)
        order = 0.0
        for one in self._sentence:
            for place, part in enumerate(parts):
                if one in part:
                    order = max(order, _SENTENCE[place])
        return worths, order


def _parts(kept: str) -> list[str]:
    """What is kept of each weight, in order."""
    return kept.split(PART, len(WEIGHTS) + 1)[1:-1]
