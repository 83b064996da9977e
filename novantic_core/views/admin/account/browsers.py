"""A browser in words, out of what it calls itself."""

from __future__ import annotations

import functools

from novantic_core.i18n import _
from novantic_core.values import Text


@functools.lru_cache(maxsize=512)
def browser_words(agent: str) -> Text:
    """``Firefox on Windows``; what nobody knows is said to be unknown."""
    # imported when it is needed: its thousand patterns take time and memory that no other page wants
    from ua_parser import parse

    found = parse(agent)
    browser = found.user_agent.family if found.user_agent else None
    system = found.os.family if found.os else None
    if browser and system:
        return _("${browser} on ${system}", mapping={"browser": browser, "system": system})
    return browser or system or _("Unknown browser")
