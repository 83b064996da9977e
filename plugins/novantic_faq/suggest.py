"""Articles that fit what somebody is writing in the form of a ticket.

The words of the subject are looked for, and less so those of the message. What is found is judged here: by where a word
stands, how rare it is among the articles, and how much of the subject that is. Rather nothing than what only shares a
word that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from novantic_core.plugin import Desk, SearchQuery, SearchTerm, is_stop_word, word_stem
from novantic_faq.articles import Entry
from novantic_faq.audience import Audience, audience_of
from novantic_faq.finding import INDEX
from novantic_faq.models import Article, ArticleText
from novantic_faq.spelling import LOCALES, Vocabulary, vocabulary
from novantic_faq.words import fold, search_words

LONGEST = 300
"""Characters of the subject, and of the message, that are looked at."""
OFFERED = 4
LOOKED_AT = 24
"""Texts that are judged, those that the search finds best."""
TITLE, SUMMARY, BODY = 3.0, 2.0, 1.0
"""What a word of the subject counts by where it stands."""
BODY_OF_MESSAGE = 0.3
"""What one of the message counts in the body: prose has many words that any article has, too."""
MESSAGE = 0.35
"""How much less the message says than the subject."""
BEGINNING, GUESSED, UNKNOWN = 0.9, 0.8, 0.45
"""What it counts that a word only begins like what was typed, is a letter away, or isn't in any article."""
TOPIC = 1.3
"""How much the better an article is for the topic that was chosen."""
FIRST, LATER = 2, 0.6
"""Words at the head of a subject, which name the thing, and what those after them count: where, whose, since when."""
LEAST, LEAST_OF_MESSAGE, COVERED, SHARE = 1.1, 2.4, 0.3, 0.5
"""What an article must score to be offered, where the subject says something and where it doesn't; how much that is of
what there was to score; and how much of what the best one does."""
ALL_OF_IT = 0.9
"""How much of the subject must be in an article that has none of it in its title and summary."""

# what people write in every request, whatever it is about
_SAYS_NOTHING = frozenset(
    fold(
        """
        aide aider aidez arrive arrivent arriver arrives besoin bonsoir bug bugs cause chose cordialement
        demande demander erreur erreurs fois fonctionne fonctionnent fonctionner fonctionnement impossible
        incident incidents jour marche marchent marcher matin mauvais merci nouveau nouvelle panne pannes
        personne petit petite possible pouvez pouvoir probleme problemes quelque question rapidement rien
        semaine soir soucis souci soudain svp tente toujours urgence urgent urgente veux vite voila voudrais
        broken doesn fail failed failing fails help hello hi issue issues need please problem problems since
        thanks today trouble unable wont work working works yesterday
        """
    ).split()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word to look for, in each of its likely forms with what that counts.

    ``weight``: how much it tells, as it is rare among the articles and stands at the head of the subject.
    """

    forms: tuple[tuple[str, float], ...]
    weight: float

    def worth(self, locale: str, stems: frozenset[str]) -> float:
        """What it counts where these stems stand."""
        return max((value for form, value in self.forms if word_stem(form, locale) in stems), default=0.0)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody writes about."""

    subject: tuple[Wanted, ...]
    message: tuple[Wanted, ...]
    topic: str

    def score(self, row: Any, known: Vocabulary) -> float:
        """How well a text fits; 0 for one that had better not be offered."""
        title, summary = (_stems(folded, row.locale) for folded in (row.folded_title, fold(row.summary)))
        read = known.texts.get(row.id)
        body = _stems(row.folded_text, row.locale) if read is None else read.stems
        of_subject = _sum(self.subject, row.locale, ((TITLE, title), (SUMMARY, summary), (BODY, body)))
        of_message = _sum(self.message, row.locale, ((TITLE, title), (SUMMARY, summary), (BODY_OF_MESSAGE, body)))
        lift = TOPIC if self.topic in row.topics else 1.0
        if not self.subject:
            return of_message * lift if of_message * lift >= LEAST_OF_MESSAGE else 0.0
        most = sum(one.weight for one in self.subject)
        if of_subject * lift < max(LEAST, COVERED * TITLE * most):
            return 0.0
        named = _sum(self.subject, row.locale, ((TITLE, title), (SUMMARY, summary)))
        if not named and of_subject < ALL_OF_IT * BODY * most:
            return 0.0
        return (of_subject + MESSAGE * of_message) * lift


def _stems(folded: str, locale: str) -> frozenset[str]:
    return frozenset(word_stem(word, locale) for word in folded.split())


def _sum(wanted: Sequence[Wanted], locale: str, places: Sequence[tuple[float, frozenset[str]]]) -> float:
    return sum(one.weight * max(value * one.worth(locale, stems) for value, stems in places) for one in wanted)


def suggest(request: Request, subject: str, text: str, topic: str) -> list[Entry]:
    """The articles that fit, the best first, each in the reader's language where it has that."""
    if not _telling(subject) and not _telling(text):
        return []
    known = vocabulary(request.desk)
    wish = _wish(known, subject, text, topic)
    rows = _look_up(request.desk, audience_of(request), wish)
    scores: dict[int, float] = {}
    for row in rows:
        scores[row.article_id] = max(scores.get(row.article_id, 0.0), wish.score(row, known))
    least = SHARE * max(scores.values(), default=0.0)
    chosen = sorted(
        (id_ for id_, score in scores.items() if score and score >= least), key=lambda id_: (-scores[id_], id_)
    )
    return [_entry([row for row in rows if row.article_id == id_], request.locale_name) for id_ in chosen[:OFFERED]]


def _telling(typed: str) -> list[str]:
    """The words of a text that say what it is about."""
    words = search_words(typed[:LONGEST], whole=True)
    return [word for word in words if len(word) > 1 and not is_stop_word(word) and word not in _SAYS_NOTHING]


def _wish(known: Vocabulary, subject: str, text: str, topic: str) -> Wish:
    stems: set[str] = set()

    def take(words: Sequence[str], *, meant: bool) -> Iterator[Wanted]:
        for place, word in enumerate(words):
            theirs = {word_stem(word, locale) for locale in LOCALES}
            if theirs & stems:
                continue
            stems.update(theirs)
            # prose is taken as it is; the last word may still be being typed
            forms = _forms(known, word, last=place == len(words) - 1) if meant else ((word, 1.0),)
            head = 1.0 if not meant or place < FIRST else LATER
            yield Wanted(forms, head * _rarity(known, forms))

    return Wish(tuple(take(_telling(subject), meant=True)), tuple(take(_telling(text), meant=False)), topic)


def _forms(known: Vocabulary, word: str, *, last: bool) -> tuple[tuple[str, float], ...]:
    forms = [(word, 1.0)]
    if not known.knows(word):
        forms += [(one, BEGINNING) for one in known.endings(word)] if last else []
        guess = known.guess(word)
        if guess is not None:
            forms.append((guess, GUESSED))
    return tuple(forms)


def _rarity(known: Vocabulary, forms: Sequence[tuple[str, float]]) -> float:
    stems = {word_stem(form, locale) for form, _value in forms for locale in LOCALES}
    return known.rarity(stems) if any(stem in known.stems for stem in stems) else UNKNOWN


def _look_up(desk: Desk, audience: Audience, wish: Wish) -> Sequence[Any]:
    """All texts of the articles of which one has some of the words."""
    terms = tuple(SearchTerm((form,)) for one in (*wish.subject, *wish.message) for form, _value in one.forms)
    hits = desk.find(INDEX, SearchQuery(terms, any_of=True), within=audience.texts(), limit=LOOKED_AT)
    if not hits:
        return []
    theirs = select(ArticleText.article_id).where(ArticleText.id.in_([hit.id for hit in hits]))
    statement = (
        select(
            ArticleText.id, ArticleText.article_id, ArticleText.slug, ArticleText.locale, ArticleText.title,
            ArticleText.summary, ArticleText.folded_title, ArticleText.folded_text, Article.audience, Article.topics,
        )
        .join(Article, Article.id == ArticleText.article_id)
        .where(ArticleText.published, audience.may_read, ArticleText.article_id.in_(theirs))
        .order_by(ArticleText.id)
    )  # fmt: skip
    return desk.session.execute(statement).all()


def _entry(rows: Sequence[Any], locale: str) -> Entry:
    row = next((row for row in rows if row.locale == locale), rows[0])
    return Entry(row.slug, row.locale, row.title, row.summary, row.audience)
