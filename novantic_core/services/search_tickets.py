"""Finding tickets by what somebody remembers of them: words of the subject, a name, a company, an address, a phone."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_, select

from novantic_core.models import Contact, Ticket

MOST_WORDS = 6
"""Words that are looked for; who types a whole sentence finds by its beginning."""
_COLUMNS = (Ticket.subject, Ticket.name, Ticket.company, Ticket.email, Ticket.phone, Ticket.number)


def number_of(words: str) -> str | None:
    """The ticket's number, if that is what somebody typed: with or without the sign before it."""
    bare = words.strip().removeprefix("#").strip()
    return bare if bare.isascii() and bare.isdecimal() and len(bare) <= 20 else None


def matching(words: str) -> ColumnElement[bool]:
    """A condition on ``Ticket``: each of the words is in one of its columns.

    A whole mail address finds the tickets of the person whose it is, by an index, whatever address they wrote from.
    """
    return and_(*[_matches(word) for word in words.split()[:MOST_WORDS]])


def _matches(word: str) -> ColumnElement[bool]:
    name, at, domain = word.partition("@")
    if name and at and "." in domain:
        person = select(func.coalesce(Contact.merged_into_id, Contact.id)).where(Contact.email_key == word.casefold())
        return Ticket.contact_id.in_(person)
    digits = "".join(c for c in word if c.isdecimal())
    found = [column.icontains(word.removeprefix("#"), autoescape=True) for column in _COLUMNS]
    if len(digits) >= 6:
        # 0612345678 is 06 12 34 56 78
        found.append(func.replace(func.replace(Ticket.phone, " ", ""), ".", "").contains(digits))
    return or_(*found)
