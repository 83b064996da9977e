"""The mailboxes that clients write to, as the .ini file names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from novantic_core.plugin import Setting, _, parse_bool
from novantic_mail_intake.addresses import plain

EACH = "mailbox.*."
MAIN_BRAND = "main"
DEFAULT = "default"
"""The mailbox of a desk that names none: what its mail server pipes into the command comes in by it."""

_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\\x00-\x1f]+@[^\s@<>\"(),;:\\\x00-\x1f]+")


def is_address(text: str) -> bool:
    """Whether a mail could be sent there, by its form and length."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def parse_address(text: str) -> str:
    """An address as the .ini file has it."""
    if not is_address(text.strip()):
        raise ValueError
    return text.strip()


SETTINGS = (
    Setting(f"{EACH}address", _("the address that clients write to"), parse_address, at_start=True),
    Setting(f"{EACH}brand", _("the key of a brand"), str.strip, at_start=True),
    Setting(f"{EACH}category", _("the key of a topic"), str.strip, at_start=True),
    Setting(f"{EACH}team", _("the key of a team"), str.strip, at_start=True),
    Setting(f"{EACH}plus", _("yes or no"), parse_bool, at_start=True),
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One of them. What comes in by it gets its brand, topic and team; empty for the desk's own."""

    name: str
    address: str
    brand: str = ""
    category: str = ""
    team: str = ""
    plus: bool = False
    """Whether its server takes ``support+anything@…`` for it, so that answers can be sent to a signed address."""

    @property
    def brand_key(self) -> str:
        """Under whose name its clients wrote."""
        return self.brand or MAIN_BRAND


def read_mailboxes(settings: Mapping[str, Any]) -> dict[str, Mailbox]:
    """The mailboxes by name, in the order of the file."""
    given = {name.removeprefix(EACH): values for name, values in settings.items() if name.startswith(EACH)}

    def read(name: str, address: str) -> Mailbox:
        brand, category, team = (given[what].get(name, "") for what in ("brand", "category", "team"))
        return Mailbox(name, address, brand, category, team, given["plus"].get(name, False))

    return {name: read(name, address) for name, address in given["address"].items()}


def mailbox_named(settings: Mapping[str, Any], name: str) -> Mailbox:
    """The mailbox of a name; one of that name alone where the file names it no more, or never did."""
    return read_mailboxes(settings).get(name) or Mailbox(name, "")


def mailbox_of(settings: Mapping[str, Any], addresses: Iterable[str]) -> Mailbox | None:
    """The first mailbox that one of those addresses is of, whatever stands behind a plus; None for none."""
    known = {box.address.lower(): box for box in reversed(read_mailboxes(settings).values())}
    for address in addresses:
        found = known.get(address.strip().lower()) or known.get(plain(address))
        if found is not None:
            return found
    return None


def first_mailbox(settings: Mapping[str, Any]) -> Mailbox:
    """Where a mail goes that says of no mailbox that it is for it."""
    return next(iter(read_mailboxes(settings).values()), Mailbox(DEFAULT, ""))
