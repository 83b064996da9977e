"""Words as they are compared: without accents, case or punctuation."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 12
"""More words than this don't make a question clearer, only slower."""

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})
# e-mail is email and Wi-Fi is wifi, whichever way somebody writes them
_HYPHENS = re.compile("[-\u00ad\u2010\u2011]")
_PLURAL = re.compile(r"(?<=\w{3})[sx]$")


def _split(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", _HYPHENS.sub("", text).translate(_LIGATURES)).casefold()
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


# words that are in every text: they would make every text an answer
_EMPTY_WORDS = frozenset(
    _split(
        """
        à a ai au aux avec ce ces c cette comment d dans de des du elle en est et eu fait faire il ils j je l la le les
        leur ma mais me mes mon n ne nos notre nous on ou par pas plus pour qu que quel quelle qui quoi s sa se ses si
        son sont sur t un une vos votre vous y
        an and are as at be by can do does for from has have how i if in is isn it its my no not of on or our so that
        the their this to was we what when where which why with you your
        """
    )
)


def fold(text: str) -> str:
    """A text as it is kept for searching: its words, each between spaces, so that ``" word"`` finds a beginning."""
    return f" {' '.join(_split(text))} "


def search_words(typed: str, *, whole: bool = False) -> list[str]:
    """The words to look for in what somebody typed, each a beginning; none if there is no word in it.

    :param whole: as they are, with the ending of a plural
    """
    words = list(dict.fromkeys(_split(typed)))
    telling = [word for word in words if word not in _EMPTY_WORDS] or words
    if whole:
        return telling[:MOST_WORDS]
    # one of the two forms that most French and English words have begins the other
    return [_PLURAL.sub("", word) for word in telling[:MOST_WORDS]]
