"""What can be found by words, and what finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from novantic_core.values.storage import Setting
from novantic_core.values.text import Text

Weight = Literal["A", "B", "C", "D"]


@dataclass(frozen=True, slots=True)
class SearchText:
    """A stretch of a document.

    :param weight: how much a word that is found in it counts: ``A`` a title, ``B`` names, ``C`` what was said, ``D``
        the rest
    :param locale: the language it is in; None where nobody knows, and it is guessed
    """

    text: str
    weight: Weight = "C"
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """Something that can be found, by a whole number that is its own within its index; a greater one is newer."""

    id: int
    texts: Sequence[SearchText]


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Documents of one kind: tickets, articles.

    :param name: small letters and underscores, beginning with the plugin's name
    :param read: ``read(session, ids)`` gives the documents of those ids as they stand; what is gone is left out
    :param ids: ``ids(session, after, limit)`` gives the ids above ``after``, the least first, at most so many: an index
        that is made anew goes through all of them
    """

    name: str
    label: Text
    read: Callable[[Any, Sequence[int]], Iterable[SearchDocument]]
    ids: Callable[[Any, int, int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """Something to look for: ``words`` as they were typed, one or, of a quoted phrase, several in that order.

    ``prefix`` takes any word that begins like the last one, ``excluded`` leaves out what has it, ``weight`` looks only
    into stretches of that weight, as ``B`` for names.
    """

    words: tuple[str, ...]
    prefix: bool = False
    excluded: bool = False
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What somebody looks for. All of the terms must be found, or with ``any_of`` the more of them the better."""

    terms: tuple[SearchTerm, ...]
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A document that was found; the greater ``score``, the better. Scores of two searches can't be compared."""

    id: int
    score: float


class SearchHits(list[SearchHit]):
    """What was found, in order. Not ``complete`` where the engine failed, or stopped before it had seen all."""

    def __init__(self, hits: Iterable[SearchHit] = (), *, complete: bool = True) -> None:
        super().__init__(hits)
        self.complete = complete


class SearchEngine(Protocol):
    """What keeps indexes and looks through them. Everything happens in the session's transaction.

    Words are compared without accents and case, and by their stems in French and in English. Whatever the words are, no
    search fails, and none takes long.
    """

    def prepare(self, connection: Any, indexes: Sequence[str]) -> list[str]:
        """Make what these indexes need, on an SQLAlchemy connection; what is there stays.

        Called by ``novantic init``. Gives the names of those that were made now, and are empty.
        """

    def missing(self, connection: Any, indexes: Sequence[str]) -> list[str]:
        """Which of them ``prepare`` would make."""

    def hold(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """Let no other transaction put these documents until this one ends, whether they are kept already or not.

        Called before they are read again by who didn't change them. An engine that isn't in the site's database has
        nothing to do here.
        """

    def put(self, session: Any, index: str, documents: Sequence[SearchDocument]) -> None:
        """Keep documents, in the place of those of the same ids."""

    def remove(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """Forget documents; no error for what isn't there."""

    def kept(self, session: Any, index: str, after: int, limit: int) -> Sequence[int]:
        """Ids of documents that it keeps, above ``after``, the least first, at most so many."""

    def clear(self, session: Any, index: str) -> None:
        """Forget all of an index."""

    def find(
        self, session: Any, index: str, query: SearchQuery, *, within: Any = None, newest: bool = False,
        limit: int = 20, offset: int = 0,
    ) -> Sequence[SearchHit]:  # fmt: skip
        """The documents that a query finds, the best first, or the newest.

        A query without a term that isn't excluded finds nothing. An engine that would take long gives what it has found
        until then, as :class:`SearchHits` that aren't complete.

        :param within: an SQLAlchemy select of ids; what isn't among them isn't found. None for everything
        :param limit: at most so many
        :param offset: after so many others
        """


@dataclass(frozen=True, slots=True)
class SearchBackend:
    """An engine that ``novantic.search`` can choose by name.

    ``settings`` are read from ``novantic.search.NAME.*`` and handed to ``factory`` as a mapping.
    """

    name: str
    factory: Callable[[Mapping[str, Any]], SearchEngine]
    settings: tuple[Setting, ...] = ()
