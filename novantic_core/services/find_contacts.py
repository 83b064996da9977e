"""Contacts and organisations by a few letters, a page at a time, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from novantic_core.models import Contact, Organisation, OrganisationDomain, Technician, Ticket
from novantic_core.models.fold import digits, fold
from novantic_core.services.visibility import visible_contacts, visible_tickets
from novantic_core.site import Site

PAGE = 50
MAX_WORDS = 6
ALIKE = 0.8
"""How much of two names has to be the same for them to be similar."""
FIGURES = 4
"""So many make a part of a phone number."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some rows of a longer list. ``before`` and ``after`` are where the pages beside it begin; None at an end."""

    rows: Sequence[Row]
    before: int | None = None
    after: int | None = None


def contacts_like(typed: str) -> list[ColumnElement[bool]]:
    """Conditions on ``Contact``: a person who is known by their own row and has all the words that were typed.

    Words are looked for in the name, the address and the company, however they are accented; what has digits only is
    a phone number, written one way or another.
    """
    mine: list[ColumnElement[bool]] = [Contact.merged_into_id.is_(None), Contact.erased_at.is_(None)]
    if _is_number(typed):
        return [*mine, Contact.words.contains(digits(typed) or "0", autoescape=True)]
    return [*mine, *(_has(word) for word in fold(typed).split()[:MAX_WORDS])]


def _has(word: str) -> ColumnElement[bool]:
    here = Contact.words.contains(word, autoescape=True)
    if word.isdecimal() and len(word) >= FIGURES:
        here = here | Contact.words.contains(digits(word) or "0", autoescape=True)
    company = select(Organisation.id).where(Organisation.words.contains(word, autoescape=True))
    merged = select(_OTHER.merged_into_id).where(
        _OTHER.merged_into_id.is_not(None), _OTHER.words.contains(word, autoescape=True)
    )
    return or_(here, Contact.organisation_id.in_(company), Contact.id.in_(merged))


def _is_number(typed: str) -> bool:
    return sum(sign.isdecimal() for sign in typed) >= 4 and all(
        sign in "+()./- \u00a0" or sign.isdecimal() for sign in typed
    )


def find_contacts(
    site: Site, session: Session, technician: Technician, typed: str, before: int | None = None,
    after: int | None = None,
) -> Slice[Contact]:  # fmt: skip
    """A page of contacts by name, of those whom this technician may know.

    :param after: the id of the contact after which the page begins
    :param before: the id of the one before which it ends
    """
    query = select(Contact).where(*contacts_like(typed))
    return _page(session, _known_to(site, technician, query), Contact, before, after)


def _known_to(site: Site, technician: Technician, query: Select[Any]) -> Select[Any]:
    seen = visible_contacts(site, technician)
    return query if seen is None else query.where(seen)


def find_members(
    site: Site, session: Session, technician: Technician, organisation: Organisation, before: int | None = None,
    after: int | None = None,
) -> Slice[Contact]:  # fmt: skip
    """A page of an organisation's contacts by name."""
    mine = (Contact.organisation_id == organisation.id, Contact.merged_into_id.is_(None))
    query = select(Contact).where(*mine)
    return _page(session, _known_to(site, technician, query), Contact, before, after)


def find_organisations(
    session: Session, typed: str, before: int | None = None, after: int | None = None
) -> Slice[Organisation]:
    """A page of organisations by name; a mail domain finds its own too."""
    query = select(Organisation)
    for word in fold(typed).split()[:MAX_WORDS]:
        domains = select(OrganisationDomain.organisation_id).where(
            OrganisationDomain.domain.contains(word, autoescape=True)
        )
        query = query.where(or_(Organisation.words.contains(word, autoescape=True), Organisation.id.in_(domains)))
    return _page(session, query, Organisation, before, after)


def similar_organisations(session: Session, row: Organisation, limit: int) -> list[Organisation]:
    """Organisations that may be the same one by their names, the likeliest first."""
    mine = set(row.words.split())
    scored = []
    for key, words in session.execute(select(Organisation.id, Organisation.words).where(Organisation.id != row.id)):
        theirs = set(words.split())
        score = SequenceMatcher(None, row.words, words).ratio()
        # SARL Lefèvre is Lefèvre
        if score >= ALIKE or (mine and theirs and (mine <= theirs or theirs <= mine)):
            scored.append((score, key))
    ids = [key for _score, key in sorted(scored, reverse=True)[:limit]]
    found = {one.id: one for one in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    return [found[key] for key in ids]


def _page(session: Session, query: Select[Any], model: Any, before: int | None, after: int | None) -> Slice[Any]:
    place = tuple_(model.words, model.id)
    start = session.get(model, before or after) if before or after else None
    backwards = before is not None and start is not None
    if start is not None:
        there = tuple_(start.words, start.id)
        query = query.where(place < there if backwards else place > there)
    order = (model.words.desc(), model.id.desc()) if backwards else (model.words, model.id)
    rows = list(session.scalars(query.order_by(*order).limit(PAGE + 1)))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    if not rows:
        return Slice([])
    earlier, later = (more, True) if backwards else (start is not None, more)
    return Slice(rows, rows[0].id if earlier else None, rows[-1].id if later else None)


def find_tickets(
    site: Site, session: Session, technician: Technician, whose: ColumnElement[bool], older_than: int | None = None,
    limit: int = PAGE,
) -> Slice[Ticket]:  # fmt: skip
    """Somebody's tickets that this technician may see, newest first.

    :param whose: a condition on ``Ticket``
    :param older_than: the id of the ticket after which the page begins
    """
    query = select(Ticket).where(whose)
    seen = visible_tickets(site, technician)
    if seen is not None:
        query = query.where(seen)
    if older_than is not None:
        query = query.where(Ticket.id < older_than)
    rows = list(session.scalars(query.order_by(Ticket.id.desc()).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    return Slice(rows, None, rows[-1].id if more else None)


def count_tickets(
    site: Site, session: Session, technician: Technician, column: Any, ids: Sequence[int]
) -> dict[int, int]:  # fmt: skip
    """How many tickets that this technician may see each of some contacts or organisations has.

    :param column: ``Ticket.contact_id`` or ``Ticket.organisation_id``
    """
    query = select(column, func.count()).where(column.in_(ids)).group_by(column)
    seen = visible_tickets(site, technician)
    if seen is not None:
        query = query.where(seen)
    return dict(session.execute(query).all()) if ids else {}


_OTHER = Contact.__table__.alias("other").c
