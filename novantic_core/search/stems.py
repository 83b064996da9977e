"""Words that belong together, brought to one form: Snowball's stems, and what they lack for French without accents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import Stemmer

FRENCH, ENGLISH = LANGUAGES = ("fr", "en")


def _folded(words: str) -> frozenset[str]:
    return frozenset(words.split())


# the third person plural ends like these nouns and adjectives, and only the latter keep their ending
_NOT_VERBS = _folded(
    """
    absent accent accident adherent adjacent adolescent agent apparent argent ascendant astringent avent cent
    coherent competent concurrent conscient consequent content continent convent convergent couvent decent deficient
    dent descendent different diligent dissident divergent efficient eloquent eminent emergent equivalent evident
    event excellent ferment frequent impatient imminent imprudent impudent incident incompetent indecent independent
    indifferent indulgent innocent insolent intelligent intermittent latent lent negligent opulent parent permanent
    pertinent polyvalent precedent present president presque prevalent prudent pourcent recent recurrent referent
    resident serpent souvent strident succulent supplement talent tangent torrent transparent trident turbulent urgent
    vent violent
    """
)
# verbs in -ier that don't end in -fier; nouns as fichier and clavier keep theirs
_VERBS = _folded(
    """
    allier apprecier associer beneficier concilier copier crier decrier dedier deplier dissocier etudier expedier
    initier licencier lier manier multiplier negocier oublier parier photocopier plier publier recopier relier remedier
    remercier renvier replier scier trier varier
    """
)
_PLURAL_VERB = re.compile(r"(?:priment|[fo]ient|(?<![im])ent)$")
_SHORTEST = 3


def _french_form(word: str) -> str:
    """The word without what Snowball leaves on it, being made for accents."""
    if word.endswith("s") and len(word) > _SHORTEST and word[-2] != "s":
        # connexions, recus
        word = word[:-1]
    if word.endswith("ee"):
        # bloquee, which was bloquée
        return word[:-1]
    if word.endswith("ent") and len(word) > 5 and word not in _NOT_VERBS and _PLURAL_VERB.search(word):
        # bloquent
        return word[:-2]
    if word.endswith("ier") and (word.endswith("fier") or word in _VERBS):
        return word[:-1]
    return word


def _make(language: str) -> Callable[[str], str]:
    stem = Stemmer.Stemmer(language).stemWord
    if language != "french":
        return lambda word: str(stem(word)) if word.isalpha() else word

    def french(word: str) -> str:
        if not word.isalpha():
            return word
        short = str(stem(_french_form(word)))
        # envoyé and envoi
        return short[:-1] + "i" if short.endswith("y") and len(short) > _SHORTEST else short

    return french


STEM: dict[str, Callable[[str], str]] = {FRENCH: _make("french"), ENGLISH: _make("english")}
"""What gives a folded word's stem, by language."""


STOP_WORDS = {
    FRENCH: _folded(
        """
        a ai afin ainsi alors apres as au aucun aussi autre aux avant avec avez avoir avons beaucoup bien c car ce ceci
        cela celle celui ces cet cette chez comme comment d dans de depuis des deux donc du elle elles en encore entre
        es est et etait ete etre eu eux faire fait faut fois hors ici il ils j je l la le les leur leurs lors lui m ma
        mais me meme merci mes moi moins mon n ne ni nos notre nous on ont ou par parce pas peu peut peux plus pour
        pourquoi pouvez puis qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si sinon soit son
        sont sous suis sur ta te tes toi ton toujours tous tout toute toutes tres tu un une va vers voici voila vos
        votre vous y bonjour cordialement
        """
    ),
    ENGLISH: _folded(
        """
        a about after all also am an and any are as at be been before but by can cannot could did do does doing don down
        each few for from further had has have having he hello her here him his how i if in into is isn it its just
        me more most my no nor not now of off on once only or other our out over own please regards same she should so
        some such t than thank thanks that the their them then there these they this those through to too under until up
        very was we were what when where which while who why will with would you your
        """
    ),
}
"""Words that are in every text of a language. They tell which one it is, and little else."""
_TELLING = {
    FRENCH: STOP_WORDS[FRENCH] - STOP_WORDS[ENGLISH],
    ENGLISH: STOP_WORDS[ENGLISH] - STOP_WORDS[FRENCH],
}


def votes(words: Iterable[str]) -> int:
    """How much more of French than of English there is in words: above 0 French, below 0 English, 0 who knows."""
    french, english = _TELLING[FRENCH], _TELLING[ENGLISH]
    return sum((word in french) - (word in english) for word in words)


def is_stop_word(word: str) -> bool:
    """Whether a folded word is in every text of one of the languages."""
    return word in STOP_WORDS[FRENCH] or word in STOP_WORDS[ENGLISH]


def stem(word: str, locale: str) -> str:
    """The stem of a word in small letters without accents; as in French for a language that isn't known here."""
    return STEM.get(locale[:2], STEM[FRENCH])(word)
