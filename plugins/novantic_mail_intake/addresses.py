"""Addresses that prove something: where an answer to a notice goes, and where servers send what they can't deliver.

``support+r.NUMBER.SIGNATURE@…`` was made for one ticket, one reader and their role: only who was written to has it.
``support+b.DELIVERY.SIGNATURE@…`` names the delivery that came back. Both survive a server that folds case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from novantic_core.plugin import Desk

PURPOSE = "mail_intake addresses"
REPLY, BOUNCE = "r", "b"
LONGEST_LOCAL_PART = 64
"""RFC 5321; a longer one is refused by servers, so the mailbox's plain address stands in its place."""

_SIGNED = re.compile(
    r"(?P<local>.+)\+(?P<kind>[rb])\.(?P<id>[0-9]{1,18})\.(?P<signature>[a-z2-7]{16})@(?P<domain>[^@]+)"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands in such an address; whether it is true is for the signature to say."""

    kind: str
    id: str
    """The ticket's number, or the delivery's id."""
    signature: str


def sign(desk: Desk, kind: str, id_: str, *whom: str) -> str:
    """Sixteen letters that nobody else can make: eighty bits of a keyed hash."""
    said = "\0".join((kind, id_, *(one.casefold() for one in whom)))
    digest = hmac.digest(desk.secret(PURPOSE).encode(), said.encode(), hashlib.sha256)
    return base64.b32encode(digest[:10]).decode().lower()


def is_signed(desk: Desk, signed: Signed, *whom: str) -> bool:
    """Whether we made it, for these."""
    return hmac.compare_digest(signed.signature, sign(desk, signed.kind, signed.id, *whom))


def make(desk: Desk, mailbox: str, kind: str, id_: str, *whom: str) -> str:
    """A mailbox's address with what it proves; its plain one where there is no room."""
    local, _at, domain = mailbox.rpartition("@")
    local = f"{local}+{kind}.{id_}.{sign(desk, kind, id_, *whom)}"
    return f"{local}@{domain}" if len(local) <= LONGEST_LOCAL_PART else mailbox


def read(addresses: Iterable[str]) -> list[Signed]:
    """Those among addresses that have the form of ours."""
    found = (_SIGNED.fullmatch(address.strip().lower()) for address in addresses)
    return [Signed(one["kind"], one["id"], one["signature"]) for one in found if one is not None]


def plain(address: str) -> str:
    """An address in lower case, without what stands behind a plus."""
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
