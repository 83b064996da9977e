"""Addresses, ids and dates of header fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from novantic_mail_intake.reading.headers import decode_words

MAX_ADDRESSES = 500
MAX_IDS = 100

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@\\]{1,200}@[^\s<>(),;:\"@\\]{1,255}")
_QUOTED_LOCAL = re.compile(r'"[^"]{1,100}"@[^\s<>(),;:"@]{1,255}')
_ASIDE_SIGNS = re.compile(r"\\.|[\"()]", re.DOTALL)
_IDS = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
_BARE_ID = re.compile(r"[^\s<>,;\"]{1,250}@[^\s<>,;\"]{1,250}")


def read_addresses(value: str) -> list[tuple[str, str]]:
    """Name and address of each mailbox in a field. One without a readable address is left out."""
    found: list[tuple[str, str]] = []
    before = ""
    for piece in _split(value):
        name, address = _mailbox(piece)
        if not address and "=?" in piece:
            # the address itself stands in the encoded word
            name, address = _mailbox(decode_words(piece))
        if address:
            found.append((decode_words(f"{before}, {name}" if before and name else name or before), address))
            before = ""
        else:
            # a comma in a name that wasn't quoted: Dupont, Jean <jean@…>
            before = name
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def _split(value: str) -> Iterable[str]:
    """A list at its commas and semicolons, but for those within quotes, comments and angle brackets."""
    start, quoted, angle, comment, at = 0, False, False, 0, 0
    while at < len(value):
        sign = value[at]
        if sign == "\\":
            at += 1
        elif sign == '"' and not comment:
            quoted = not quoted
        elif quoted:
            pass
        elif sign == "(":
            comment += 1
        elif sign == ")":
            comment = max(comment - 1, 0)
        elif sign in "<>" and not comment:
            angle = sign == "<"
        elif sign in ",;" and not angle and not comment:
            yield value[start:at]
            start = at + 1
        elif sign == ":" and not angle and not comment and "@" not in value[max(start, at - 300) : at]:
            # a group's name
            start = at + 1
        at += 1
    yield value[start:]


def _mailbox(piece: str) -> tuple[str, str]:
    outside = _outside(piece)
    open_at, close_at = outside.rfind("<"), outside.rfind(">")
    inner = outside[open_at + 1 : close_at if close_at > open_at else None] if open_at >= 0 else outside
    match = _QUOTED_LOCAL.search(inner) or _ADDRESS.search(inner.replace("mailto:", ""))
    if match is None and open_at < 0:
        # somebody quoted it, and there is no other
        match = _ADDRESS.search(piece)
    if match is None:
        return _name(piece), ""
    address = match[0].strip("'.")
    if open_at >= 0:
        return _name(piece[:open_at]), address
    # the old way: address (name)
    comment = re.search(r"\(([^()]*)\)", piece)
    return _name(comment[1]) if comment else "", address


def _outside(piece: str) -> str:
    """A mailbox with spaces in the place of what is quoted or a comment.

    What stands there is no address for the servers on the way, who looked at the one outside.
    """
    if '"' not in piece and "(" not in piece:
        return piece
    done, end = [], 0
    for start, stop in sorted(_asides(piece)):
        if start >= end:
            done += [piece[end:start], " " * (stop - start)]
            end = stop
    return "".join([*done, piece[end:]])


def _asides(piece: str) -> Iterable[tuple[int, int]]:
    """Where quotations and comments begin and end; what isn't closed is none."""
    opened: list[int] = []
    quote = -1
    for match in _ASIDE_SIGNS.finditer(piece):
        sign, at = match[0], match.start()
        if sign == '"' and not opened:
            if quote >= 0 and piece[at + 1 : at + 2] != "@":
                yield quote, at + 1
            quote = -1 if quote >= 0 else at
        elif quote < 0 and sign == "(":
            opened.append(at)
        elif quote < 0 and sign == ")" and opened:
            yield opened.pop(), at + 1


def _name(text: str) -> str:
    text = text.strip()
    if text[:1] == '"':
        text = re.sub(r"\\(.)", r"\1", text.strip('"'))
    return text.strip().strip("'").strip()


def read_ids(values: Iterable[str]) -> list[str]:
    """Message-IDs without their angle brackets, in their order, each once."""
    found: dict[str, None] = {}
    for value in values:
        ids = _IDS.findall(value) or _BARE_ID.findall(value)
        found.update(dict.fromkeys(ids))
    return list(found)


def read_date(value: str) -> datetime | None:
    """A date in UTC; None for one that is nonsense."""
    if not value or len(value) > 200:
        return None
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
