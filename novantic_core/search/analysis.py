"""What an index keeps of a document, and what it is asked for: stems, the same for every database.

A text's words stand in their order, so that phrases are found, each as its stem in the text's language. A query's
words are looked for as their stems in both languages: whichever the text's is, its forms meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from novantic_core.search import words as w
from novantic_core.search.stems import ENGLISH, FRENCH, LANGUAGES, STEM, is_stop_word, votes
from novantic_core.values import SearchDocument, SearchQuery, SearchTerm, SearchText

MOST_WORDS = 50_000
"""Words of one document that are kept: three novels' worth of chapters, and what PostgreSQL takes."""
MOST_TERMS = 24
"""Terms of a query that are looked for, and words of a phrase: more don't make it clearer, only slower."""
LONGEST_QUERY = 1_000
SHORTEST_PREFIX = 3
"""Letters from which on a word's beginning is looked for: fewer begin too many."""
ENDINGS = 5
"""Letters that a stem may lack of what was typed of its word: imprimant, of which imprim is the stem."""

WEIGHTS = ("A", "B", "C", "D")
BORDER, PART = "_", "|"
MARKS = {"A": ":", "B": "^"}
"""What stands before the stems of titles and of names, where they are kept a second time."""

_FIGURE = re.compile("[0-9]")
_GROUP = re.compile(r"\+?[0-9().-]{1,14}")
_KEPT = 200_000
"""Stretches whose stems are remembered: the words of a desk's language are soon all among them."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems in this order; of a prefix, the last is a beginning."""

    stems: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A term as it is looked for: one of its phrases must be there, or must not; with a weight, in such a stretch."""

    phrases: tuple[Phrase, ...]
    weight: str | None = None

    @property
    def mark(self) -> str:
        """What stands before its stems in an index."""
        return MARKS.get(self.weight or "", "")


@dataclass(frozen=True, slots=True)
class Question:
    """A query as an engine is asked: bounded, and made of stems only."""

    wanted: tuple[Wanted, ...]
    excluded: tuple[Wanted, ...] = ()
    any_of: bool = False

    @property
    def sentence(self) -> tuple[Phrase, ...]:
        """All that is wanted, in its order, as one phrase: who has that is likelier meant. None for a single word."""
        if len(self.wanted) < 2:
            return ()
        found = []
        for place in (0, -1):
            stems = tuple(stem for one in self.wanted for stem in one.phrases[place].stems)
            found.append(Phrase(stems, self.wanted[-1].phrases[place].prefix))
        return tuple(dict.fromkeys(found))

    def narrower(self) -> Iterator[Question]:
        """What is asked for, in titles; of a question that asks for any of its terms, all of them before."""
        if self.any_of:
            yield replace(self, any_of=False)
        titles = tuple(one if one.weight else replace(one, weight="A") for one in self.wanted)
        if titles != self.wanted:
            yield replace(self, wanted=titles, any_of=False)


# a stretch's stems by language, and in both where nobody knows; plain dictionaries, emptied when they are full
_known: dict[str | None, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {None: {}, FRENCH: {}, ENGLISH: {}}


def _stems(chunk: str, language: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kept = _known[language]
    found = kept.get(chunk)
    if found is None:
        if len(kept) >= _KEPT:
            kept.clear()
        found = kept[chunk] = _stem(chunk, language)
    return found


def _stem(chunk: str, language: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    taken = w.parts(chunk)
    stem = STEM[language or FRENCH]
    words, others = [stem(word) for word in taken.words], [stem(word) for word in taken.others]
    if language is None:
        english = STEM[ENGLISH]
        others += [other for word in (*taken.words, *taken.others) if (other := english(word)) not in {*words, *others}]
    return tuple(words), tuple(others)


def kept_words(document: SearchDocument) -> str:
    """What an index keeps of a document: its stems with one space between them, in four parts by weight.

    Texts of one weight follow one another, :data:`BORDER` between them; :data:`PART` stands around each weight's.
    Those of titles and names are there a second time, marked, so that an index tells by itself where a word stands.
    """
    left = MOST_WORDS
    read: list[tuple[SearchText, list[str], list[str], int]] = []
    for text in document.texts:
        folded = w.fold(text.text)
        found = w.chunks(folded)[:left]
        left -= len(found)
        numbers = w.phones(folded) if found and _FIGURE.search(folded) else []
        read.append((text, found, numbers, 0 if text.locale else votes(found)))
    # what tells nothing of itself is in the language of the rest
    whole = sum(vote for *_rest, vote in read)
    kept: dict[str, list[str]] = {weight: [] for weight in WEIGHTS}
    others: dict[str, dict[str, None]] = {weight: {} for weight in WEIGHTS}
    for text, found, numbers, vote in read:
        language = _language(text.locale, vote or whole)
        stems, more = kept[text.weight], others[text.weight]
        if stems and found:
            stems.append(BORDER)
        for chunk in found:
            ordered, beside = _stems(chunk, language)
            stems += ordered
            for other in beside:
                more[other] = None
        more.update(dict.fromkeys(numbers))
    for weight, more in others.items():
        kept[weight] += [other for one in more for other in (BORDER, one)]
    for weight, mark in MARKS.items():
        if stems := kept[weight]:
            kept[weight] = [*stems, BORDER, *(stem if stem == BORDER else mark + stem for stem in stems)]
    return " ".join([PART, *(stem for weight in WEIGHTS for stem in (*kept[weight], PART))])


def _language(locale: str | None, vote: int) -> str | None:
    if locale and locale[:2] in LANGUAGES:
        return locale[:2]
    return FRENCH if vote > 0 else ENGLISH if vote < 0 else None


# --------------------------------------------------------------------------------------------- queries


def ask(query: SearchQuery) -> Question | None:
    """A query as an engine is asked; None for one that finds nothing, having no word that isn't excluded.

    Words that are in every text are passed over where there are others: they would find everything, and slowly.
    """
    wanted: list[tuple[Wanted, bool]] = []
    excluded: list[Wanted] = []
    for term in _joined(query.terms[: 2 * MOST_TERMS]):
        found = _wanted(term)
        if found is None:
            continue
        if term.excluded:
            excluded.append(found)
        elif all(found != other for other, _stop in wanted):
            wanted.append((found, _is_stop(term)))
    telling = [one for one, stop in wanted if not stop] or [one for one, _stop in wanted]
    if not telling:
        return None
    return Question(tuple(telling[:MOST_TERMS]), tuple(excluded[:MOST_TERMS]), query.any_of)


def _joined(terms: tuple[SearchTerm, ...]) -> Iterator[SearchTerm]:
    """The terms, those that are the groups of one telephone number being one."""
    place = 0
    while place < len(terms):
        end = place
        while end < len(terms) and _is_group(terms[end]) and terms[end].weight == terms[place].weight:
            end += 1
        # the longest that is one
        while end > place + 1 and w.whole_phone(" ".join(term.words[0] for term in terms[place:end])) is None:
            end -= 1
        if end > place + 1:
            words = tuple(term.words[0] for term in terms[place:end])
            yield SearchTerm(words, weight=terms[place].weight)
        else:
            end = place + 1
            yield terms[place]
        place = end


def _is_group(term: SearchTerm) -> bool:
    return len(term.words) == 1 and not term.excluded and not term.prefix and bool(_GROUP.fullmatch(term.words[0]))


def _folded(term: SearchTerm) -> str:
    return w.fold(" ".join(term.words[: 2 * MOST_TERMS])[:LONGEST_QUERY])


def _is_stop(term: SearchTerm) -> bool:
    words = [word for chunk in w.chunks(_folded(term)) for word in w.parts(chunk).words]
    return len(words) == 1 and is_stop_word(words[0]) and not term.prefix and term.weight is None


def _wanted(term: SearchTerm) -> Wanted | None:
    folded = _folded(term)
    found = w.chunks(folded)[:MOST_TERMS]
    if not found:
        return None
    if len(found) == 1 and w.is_address(found[0]):
        # its parts are in many others
        return Wanted((Phrase((found[0],)),), term.weight)
    number = w.whole_phone(folded)
    phrases = dict.fromkeys([Phrase((number,))] if number else [])
    for language in LANGUAGES:
        phrases.update(dict.fromkeys(_phrases(found, language, prefix=term.prefix)))
    return Wanted(tuple(phrases), term.weight)


def _phrases(chunks: list[str], language: str, *, prefix: bool) -> Iterator[Phrase]:
    stem = STEM[language]
    taken = [w.parts(chunk) for chunk in chunks]
    words = [word for one in taken for word in one.words]
    stems = tuple(map(stem, words))
    yield Phrase(stems)
    if len(taken) == 1 and taken[0].others:
        # another way to write it: as one word, or as two
        others = [stem(other) for other in taken[0].others if "@" not in other]
        if len(words) == 1:
            yield Phrase(tuple(others))
        else:
            yield from (Phrase((other,)) for other in others)
    if prefix and len(words[-1]) >= SHORTEST_PREFIX:
        typed = words[-1]
        yield Phrase((*stems[:-1], typed), prefix=True)
        for length in range(max(len(typed) - ENDINGS, SHORTEST_PREFIX + 1), len(typed)):
            yield Phrase((*stems[:-1], typed[:length]))


def forms(chunk: str) -> frozenset[str]:
    """Every stem by which a folded stretch of a text is found, whatever the text's language is."""
    return frozenset(stem for group in _stems(chunk, None) for stem in group)
