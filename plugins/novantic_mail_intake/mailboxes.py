"""The mailboxes that clients write to, as the .ini file names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from novantic_core.plugin import Setting, _

EACH = "mailbox.*."

SETTINGS = (
    Setting(f"{EACH}address", _("the address that clients write to"), str.strip, at_start=True),
    Setting(f"{EACH}brand", _("the key of a brand"), str.strip, at_start=True),
    Setting(f"{EACH}category", _("the key of a topic"), str.strip, at_start=True),
    Setting(f"{EACH}team", _("the key of a team"), str.strip, at_start=True),
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One of them. What comes in by it gets its brand, topic and team; empty for the desk's own."""

    name: str
    address: str
    brand: str = ""
    category: str = ""
    team: str = ""


def read_mailboxes(settings: Mapping[str, Any]) -> dict[str, Mailbox]:
    """The mailboxes by name, in the order of the file."""
    given = {name.removeprefix(EACH): values for name, values in settings.items() if name.startswith(EACH)}
    return {
        name: Mailbox(name, address, *(given[what].get(name, "") for what in ("brand", "category", "team")))
        for name, address in given["address"].items()
    }


def mailbox_of(mailboxes: Iterable[Mailbox], address: str) -> Mailbox | None:
    """The mailbox that an address leads to, with or without something after a ``+``; whatever its case."""
    local, domain = _parts(address)
    for mailbox in mailboxes:
        own = _parts(mailbox.address)
        if own == (local, domain) or own == (local.partition("+")[0], domain):
            return mailbox
    return None


def _parts(address: str) -> tuple[str, str]:
    local, _at, domain = address.strip().casefold().rpartition("@")
    with suppress(UnicodeError):  # else it is no name of a host, and like no other
        domain = domain.encode("idna").decode("ascii")
    return local, domain
