"""Reading what somebody typed into a search box."""

from __future__ import annotations

import re

from novantic_core.values import SearchQuery, SearchTerm

LONGEST = 2_000
"""Characters that are read: nobody types more, and what is pasted is found by its beginning."""

QUOTES = str.maketrans("«»“”„‟″", '"""""""')
"""Whatever a keyboard or a text program makes of a quotation mark."""
_TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')


def read_query(typed: str, *, any_of: bool = False, prefix: bool = False) -> SearchQuery:
    """The terms of what was typed: words, ``"quoted phrases"``, ``-excluded`` ones, and ``begin*``.

    :param prefix: whether the last word may be one that is still being typed
    """
    text = typed[:LONGEST].translate(QUOTES)
    terms: list[SearchTerm] = []
    last = None
    for match in _TERM.finditer(text):
        excluded = match["minus"] is not None
        if match["phrase"] is not None:
            words = tuple(match["phrase"].split())
            last = None
        else:
            words = (match["word"],)
            last = len(terms)
        if words:
            begins = match["phrase"] is None and len(words[0]) > 1 and words[0].endswith("*")
            terms.append(SearchTerm(words, prefix=begins, excluded=excluded))
    if prefix and last is not None and last == len(terms) - 1 and not text[-1:].isspace():
        terms[last] = SearchTerm(terms[last].words, prefix=True, excluded=terms[last].excluded)
    return SearchQuery(tuple(terms), any_of)
