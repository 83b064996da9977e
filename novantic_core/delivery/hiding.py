"""Keeping what opens something out of what is archived: docs/adr/0021-an-archive-opens-nothing.md."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

SHORTEST = 8
"""Letters of a secret. What is shorter was never one, and would be found in words."""


def secret_of_link(link: str | None) -> str:
    """What of a link's address opens something: all below its first folder, ``TOKEN`` of ``/access/TOKEN``."""
    if not link:
        return ""
    rest = link.partition(urlsplit(link).netloc)[2].lstrip("/")
    folder, _slash, below = rest.partition("/")
    return below if below and "?" not in folder else rest


def secret_of_address(address: str) -> str:
    """What of an address to answer to proves something: ``TOKEN`` of ``reply+TOKEN@support.example.com``."""
    return address.rpartition("@")[0].partition("+")[2]


def hiding(secrets: Iterable[str]) -> Callable[[str], str]:
    """What puts asterisks in the place of secrets, as many as they have letters, however a mail writes them."""
    found = {
        written
        for secret in secrets
        if len(secret) >= SHORTEST
        for written in (secret, html.escape(secret), quote(secret), html.escape(quote(secret)))
    }
    in_order = sorted(found, key=len, reverse=True)

    def hide(text: str) -> str:
        for secret in in_order:
            text = text.replace(secret, "*" * len(secret))
        return text

    return hide
