"""Giving a ticket its number."""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from novantic_core.models import Ticket

FIRST_LENGTH = 6
TRIES = 8

_TAKEN = select(Ticket.number).where(Ticket.number.in_(bindparam("numbers", expanding=True)))


def free_number(session: Session) -> str:
    """A number that no ticket has: six random digits, one more each time the space proves full.

    Eight candidates of a length are looked up in one statement. With the six-digit space half full, all eight are
    taken once in 256 times; then seven digits are used for that ticket. The unique constraint has the last word.
    """
    length = FIRST_LENGTH
    while True:
        candidates = [_candidate(length) for _try in range(TRIES)]
        taken = set(session.connection().scalars(_TAKEN, {"numbers": candidates}))
        free = [number for number in candidates if number not in taken]
        if free:
            return free[0]
        length += 1


def _candidate(length: int) -> str:
    first = 10 ** (length - 1)
    return str(first + secrets.randbelow(9 * first))


def normalise_number(typed: str) -> str:
    """A number as somebody types it (``#983 177``), without what isn't a digit around and in it."""
    return "".join(character for character in typed if character.isdecimal() and character.isascii())
