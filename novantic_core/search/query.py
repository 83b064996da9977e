"""Reading what somebody typed into a search box."""

from __future__ import annotations

import re

from novantic_core.search.words import fold, whole_phone
from novantic_core.values import SearchQuery, SearchTerm

LONGEST = 2_000
"""Characters that are read: nobody types more, and what is pasted is found by its beginning."""

_QUOTES = str.maketrans("«»“”„‟″", '"""""""')
_TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
_NUMBER = re.compile(r"(?<![\w+-])\+?[0-9][0-9 .()-]{6,22}[0-9](?!\w)")


def read_query(typed: str, *, any_of: bool = False, prefix: bool = False) -> SearchQuery:
    """The terms of what was typed: words, ``"quoted phrases"``, ``-excluded`` ones, and ``begin*``.

    A telephone number is one term, however it is written.

    :param prefix: whether the last word may be one that is still being typed
    """
    text = typed[:LONGEST].translate(_QUOTES)
    terms: list[SearchTerm] = []
    last = None
    for match in _TERM.finditer(_NUMBER.sub(_one_term, text)):
        excluded = match["minus"] is not None
        if match["phrase"] is not None:
            words = tuple(match["phrase"].split())
            last = None
        else:
            words = (match["word"].replace(_TIE, " "),)
            last = len(terms)
        if words:
            begins = match["phrase"] is None and len(words[0]) > 1 and words[0].endswith("*")
            terms.append(SearchTerm(words, prefix=begins, excluded=excluded))
    if prefix and last is not None and last == len(terms) - 1 and not text[-1:].isspace():
        terms[last] = SearchTerm(terms[last].words, prefix=True, excluded=terms[last].excluded)
    return SearchQuery(tuple(terms), any_of)


_TIE = "\x1f"


def _one_term(match: re.Match[str]) -> str:
    return match[0].replace(" ", _TIE) if whole_phone(fold(match[0])) else match[0]
