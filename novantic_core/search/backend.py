"""What an engine over one kind of database has to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import not_, or_

from novantic_core.search.analysis import MARKS, PART, WEIGHTS, Phrase, Question, Wanted
from novantic_core.search.scoring import needle


def table(index: str) -> str:
    """The table of an index. The names of indexes are checked when a site is built."""
    return f"search_{index}"


class Rows(list[tuple[int, str]]):
    """Id and words of documents. Not ``complete`` if not all were looked at, because it would have taken too long."""

    complete = True


class Dialect(Protocol):
    """Keeping and asking in the database's own words. What is kept of a document is one text of stems."""

    def exists(self, connection: Any, index: str) -> bool:
        """Whether an index has what it needs."""

    def there(self, connection: Any) -> Sequence[str]:
        """Names of the indexes that the database has, those of plugins that are gone too."""

    def drop(self, connection: Any, index: str) -> None:
        """Take away all that an index has."""

    def create(self, connection: Any, index: str) -> None:
        """Make what an index needs."""

    def hold(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """Let nobody else keep these documents until the transaction ends."""

    def put(self, session: Any, index: str, rows: Sequence[tuple[int, str]]) -> None:
        """Keep documents, by id and what is kept of them, in the place of those of the same ids."""

    def remove(self, session: Any, index: str, ids: Sequence[int]) -> None:
        """Forget documents."""

    def kept(self, session: Any, index: str, after: int, limit: int) -> Sequence[int]:
        """Ids of the documents that are kept."""

    def clear(self, session: Any, index: str) -> None:
        """Forget all."""

    def newest(
        self, session: Any, index: str, asked: Question, *, limit: int, within: Any = None,
        below: int | None = None, words: bool = True,
    ) -> Rows:  # fmt: skip
        """Id and words of those that are found, the newest first.

        :param within: a select of ids; None for everything
        :param below: only ids less than this
        :param words: whether the words are needed; without them it is quicker
        """

    def those(self, session: Any, index: str, ids: Sequence[int]) -> list[tuple[int, str]]:
        """Id and words of some documents, the newest first."""


def unsure(words: Any, asked: Question, undecided: Callable[[Wanted], bool], place_in: Any) -> Iterator[Any]:
    """Conditions on what is kept, for what an index by itself doesn't decide; none where it decides everything.

    :param words: the column
    :param place_in: the database's function that gives where a text stands in another, 0 for nowhere
    """

    def has(one: Wanted) -> Any:
        if is_placed(one):
            return or_(*[words.like(_pattern(phrase, one.weight), escape="\\") for phrase in one.phrases])
        return or_(*[place_in(words, needle(phrase, one.mark)) > 0 for phrase in one.phrases])

    if not asked.any_of:
        yield from (has(one) for one in asked.wanted if undecided(one))
    elif any(map(undecided, asked.wanted)):
        yield or_(*map(has, asked.wanted))
    yield from (not_(has(one)) for one in asked.excluded if undecided(one))


def is_placed(one: Wanted) -> bool:
    """Whether a term is looked for in a part whose stems have no mark."""
    return one.weight is not None and one.weight not in MARKS


def _pattern(phrase: Phrase, weight: str | None) -> str:
    plain = needle(phrase).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    place = WEIGHTS.index(weight or "")
    # each part has as many signs before and behind it
    return f"%{PART}" * (place + 1) + f"%{plain}%" + f"{PART}%" * (len(WEIGHTS) - place)
