"""Keeping what must be read again but not by who gets hold of the database: sealed with a key of the site's secret."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken

from novantic_core.site import Site


class BrokenSealError(Exception):
    """What was sealed can't be read: another secret sealed it, it was changed, or its time is over."""


def seal(site: Site, purpose: str, text: str) -> str:
    """Encrypt and authenticate a text (Fernet: AES-128 in CBC mode, HMAC-SHA-256).

    :param purpose: each has a key of its own, so that what was sealed for one can't be passed off as another's
    """
    return _fernet(site, purpose).encrypt(text.encode()).decode("ascii")


def unseal(site: Site, purpose: str, sealed: str, seconds: int | None = None) -> str:
    """The text that was sealed.

    :param seconds: how old the seal may be
    :raises BrokenSealError: if it can't be read
    """
    try:
        return _fernet(site, purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, UnicodeError):
        raise BrokenSealError(f"sealed for {purpose}, but not with this site's secret") from None


def _fernet(site: Site, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(site.key(purpose))))
