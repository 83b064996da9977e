"""Keeping what must be read again but not by who gets hold of the database: sealed with a key of the site's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken


class BrokenSealError(Exception):
    """What was sealed can't be read: another secret sealed it, it was changed, or its time is over."""


class Keys(Protocol):
    """Who has keys: a site."""

    def key(self, purpose: str) -> str:
        """A secret of its own for each purpose, as 64 hexadecimal digits."""


@dataclass(frozen=True)
class DerivedKeys:
    """Keys made of one secret, so that one use's leak isn't another's."""

    secret: str = field(repr=False)

    def key(self, purpose: str) -> str:
        """A secret of its own for each purpose, as 64 hexadecimal digits."""
        return hmac.new(self.secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def seal(keys: Keys, purpose: str, text: str) -> str:
    """Encrypt and authenticate a text (Fernet: AES-128 in CBC mode, HMAC-SHA-256).

    :param purpose: each has a key of its own, so that what was sealed for one can't be passed off as another's
    """
    return _fernet(keys, purpose).encrypt(text.encode()).decode("ascii")


def unseal(keys: Keys, purpose: str, sealed: str, seconds: int | None = None) -> str:
    """The text that was sealed.

    :param seconds: how old the seal may be
    :raises BrokenSealError: if it can't be read
    """
    try:
        return _fernet(keys, purpose).decrypt(sealed.encode(), ttl=seconds).decode()
    except (InvalidToken, UnicodeError):
        raise BrokenSealError(f"sealed for {purpose}, but not with this site's secret") from None


def _fernet(keys: Keys, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(keys.key(purpose))))
