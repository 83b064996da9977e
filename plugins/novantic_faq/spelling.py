"""The words of the knowledge base, and what a misspelt one was meant to be.

They are the words of what everybody may read, so that nobody is told a word of an article that isn't for them; kept in
memory for each site, and brought up to date when articles have changed.
"""

from __future__ import annotations

import bisect
import itertools
import math
import re
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_core.plugin import Desk, is_stop_word, word_stem
from novantic_faq.audience import shown_under
from novantic_faq.models import PUBLIC, Article, ArticleText
from novantic_faq.words import fold, search_words

SHORTEST = 5
"""Letters of a word that may be misspelt: of a shorter one, too many others are a letter away."""
LONG = 8
"""Letters from which on two may be wrong."""
MOST_GUESSED = 4
"""Words that are guessed at in one go."""
ENOUGH = 3
"""Letters of a beginning that tell enough."""
MOST_ENDINGS = 6
"""Words that a beginning may become."""
COMMON = 0.4
"""What a word still tells that many articles have: each may be about it."""
READ_AT_ONCE = 500
LOCALES = ("fr", "en")


class Known(NamedTuple):
    """A text's words, as they were when it was read."""

    at: datetime
    words: frozenset[str]
    stems: frozenset[str]


_published = (Article.audience == PUBLIC) & ArticleText.published


@dataclass(frozen=True)
class Vocabulary:
    """Words and stems, each with the number of texts that have it. It isn't changed: others may be reading it."""

    words: Counter[str] = field(default_factory=Counter)
    stems: Counter[str] = field(default_factory=Counter)
    texts: Mapping[int, Known] = field(default_factory=dict)
    seen: Any = None
    """How many texts there were, the sum of their ids (one may come as another goes), and the last change of one."""

    @cached_property
    def in_order(self) -> list[str]:
        """All words by the alphabet."""
        return sorted(self.words)

    @cached_property
    def long_enough(self) -> list[str]:
        """Those that a misspelt word may have been meant to be."""
        return [word for word in self.in_order if len(word) >= SHORTEST]

    def rarity(self, stems: Iterable[str]) -> float:
        """From 1 for what is in one text at most down to :data:`COMMON` for what is in all or nearly all."""
        having = max((self.stems[stem] for stem in stems), default=0)
        size = len(self.texts) + 2
        return max(COMMON, math.log(size / (having + 1)) / math.log(max(size / 2, 2)))

    def knows(self, word: str) -> bool:
        """Whether a text has the word, in whatever form."""
        return any(word_stem(word, locale) in self.stems for locale in LOCALES)

    def endings(self, beginning: str) -> list[str]:
        """Words that begin so, the most frequent first."""
        if len(beginning) < ENOUGH:
            return []
        start = bisect.bisect_left(self.in_order, beginning)
        found = itertools.takewhile(
            lambda word: word.startswith(beginning), itertools.islice(self.in_order, start, None)
        )
        return sorted(found, key=lambda word: (-self.words[word], word))[:MOST_ENDINGS]

    def guess(self, word: str) -> str | None:
        """The word that a misspelt one was meant to be; None for one that is known, or like none.

        Of those that are as near, one that begins the same, then the most frequent.
        """
        if len(word) < SHORTEST or not word.isalpha() or is_stop_word(word) or self.knows(word) or self.endings(word):
            return None
        wrong = 2 if len(word) >= LONG else 1
        near = process.extract(word, self.long_enough, scorer=OSA.distance, score_cutoff=wrong, limit=None)
        found = [(distance, one[0] != word[0], -self.words[one], one) for one, distance, _place in near]
        return min(found)[-1] if found else None


_vocabularies: weakref.WeakKeyDictionary[Any, dict[str, Vocabulary]] = weakref.WeakKeyDictionary()
"""By the site's database and the brand: a guess must not tell what is on another's shelves."""


def vocabulary(desk: Desk) -> Vocabulary:
    """The words of a brand's articles as they are now: one statement to see that nothing changed."""
    kept = _vocabularies.setdefault(desk.site.database, {})
    known = kept.get(desk.brand.key, Vocabulary())
    published = _published & shown_under(desk.brand.key)
    count = select(func.count(), func.sum(ArticleText.id), func.max(ArticleText.updated_at)).join(Article)
    seen = tuple(desk.session.execute(count.where(published)).one())
    if known.seen != seen:
        known = kept[desk.brand.key] = _bring_up_to_date(known, desk.session, published, seen)
    return known


def _bring_up_to_date(known: Vocabulary, session: Session, published: Any, seen: Any) -> Vocabulary:
    """Read what is new or was changed since, and nothing else."""
    listed = select(ArticleText.id, ArticleText.updated_at).join(Article, Article.id == ArticleText.article_id)
    now = {row.id: row.updated_at for row in session.execute(listed.where(published))}
    texts = {id_: text for id_, text in known.texts.items() if now.get(id_) == text.at}
    missing = sorted(now.keys() - texts.keys())
    columns = select(ArticleText.id, ArticleText.updated_at, ArticleText.locale, ArticleText.folded_text)
    for start in range(0, len(missing), READ_AT_ONCE):
        for row in session.execute(columns.where(ArticleText.id.in_(missing[start : start + READ_AT_ONCE]))):
            found = frozenset(row.folded_text.split())
            texts[row.id] = Known(row.updated_at, found, frozenset(word_stem(word, row.locale) for word in found))
    words, stems = Counter(known.words), Counter(known.stems)
    for _id, text in known.texts.items() - texts.items():
        words.subtract(text.words)
        stems.subtract(text.stems)
    for _id, text in texts.items() - known.texts.items():
        words.update(text.words)
        stems.update(text.stems)
    # without those that are in none any more
    return Vocabulary(+words, +stems, texts, seen)


def nearest(desk: Desk, typed: str) -> str | None:
    """What somebody typed with its misspelt words put right, as articles write them; None if there is nothing to say.

    Only words that no article has are guessed at.
    """
    known = vocabulary(desk)
    meant: dict[str, str] = {}
    for word in search_words(typed, whole=True)[:MOST_GUESSED]:
        guess = known.guess(word)
        if guess is not None:
            meant[word] = _as_written(desk, guess)
    if not meant:
        return None
    return re.sub(r"[^\W_]+", lambda found: meant.get(fold(found[0]).strip(), found[0]), typed)


def _as_written(desk: Desk, folded: str) -> str:
    """A word with its accents and its hyphen."""
    statement = (
        select(ArticleText.title, ArticleText.summary, ArticleText.body)
        .join(Article, Article.id == ArticleText.article_id)
        .where(
            _published, shown_under(desk.brand.key), ArticleText.folded_text.contains(f" {folded} ", autoescape=True)
        )
        .order_by(ArticleText.id)
        .limit(1)
    )
    row = desk.session.execute(statement).first()
    for text in row or ():
        for word in re.findall(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*", text):
            if fold(word).strip() == folded:
                return str(word if word.isupper() else word.lower())
    return folded
