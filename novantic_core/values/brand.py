"""Under which name, address and colours clients meet the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """One of the faces of a site: what the host name of a request, or the brand of a ticket, decides.

    ``main`` is the one that is always there: the site's own address, theme and language, and what technicians are
    written to from.
    """

    key: str
    """What tickets and deliveries keep; small letters, figures, hyphens."""
    site_url: str
    """Where its clients reach it: scheme and host, no trailing slash. All links in pages and mails begin with it."""
    hosts: tuple[str, ...]
    """The host names, in lower case and without a port, whose requests it answers."""
    theme: str
    locale: str
    """The language of who asks for none."""
    topics: tuple[str, ...] = ()
    """Keys of the categories that its form offers, in that order; empty for all."""
    sender: str = ""
    """The address its mails come from; empty for the theme's."""


MAIN = "main"
"""The key of the brand that every site has."""
