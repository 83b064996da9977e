"""Finding tickets by what somebody remembers of them: words of what was said, a name, an address, a phone, a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Message, Technician, Ticket
from novantic_core.search.excerpt import Piece, excerpt
from novantic_core.services.filter_tickets import NEWEST, TicketFilter, conditions
from novantic_core.services.find import find
from novantic_core.services.list_tickets import list_chosen
from novantic_core.services.read_search import Search, read_search
from novantic_core.site import Site
from novantic_core.values import SearchQuery, Text

FOUND = 20
"""Tickets of a page: each has a sentence of its own beside the row."""
LAST_PAGE = 10_000
LEAST_BEGINNING = 3
"""Letters by which a word is looked for as the beginning of others, where nothing has it whole."""
MOST_READ = 400
"""Messages, and :data:`MOST_LETTERS` of each, that are looked through for the sentence that has the words."""
MOST_LETTERS = 4_000

Wider = Literal["beginnings", "some"]


@dataclass(frozen=True)
class Found:
    """A page of what was found."""

    search: Search
    rows: Sequence[Row[Any]] = ()
    excerpts: Mapping[int, Sequence[Piece]] = field(default_factory=dict)
    """By the ticket's id, the sentence that has the words; none where it is the subject or a name that has them."""
    more: bool = False
    wider: Wider | None = None
    """Nothing has all of the words: these have words that begin like them, or some of them."""


CUT = _("Not all tickets could be looked through in good time, so the oldest may be missing. A rarer word helps.")


def number_of(words: str) -> str | None:
    """The ticket's number, if that is what somebody typed: with or without the sign before it."""
    bare = words.strip().removeprefix("#").strip()
    return bare if bare.isascii() and bare.isdecimal() and len(bare) <= 20 else None


def search_tickets(
    site: Site, session: Session, technician: Technician, chosen: TicketFilter, say: Callable[[Text], Iterable[str]],
    page: int = 1,
) -> Found:  # fmt: skip
    """A page of the tickets that have some words, of those that a filter shows to a technician.

    Where the filter says no other order, the best come first. However many there are, all can be come to.

    :param say: gives words in each language: a category is known by any of its names
    :param page: from 1
    """
    search = read_search(site, chosen.q, say)
    where = [*conditions(site, technician, chosen), *search.conditions]
    offset = (min(page, LAST_PAGE) - 1) * FOUND
    if not search.has_words:
        # a status, a category or a time alone is a list, as long as nothing is to be left out of it
        statement = select(Ticket.id).where(*where).order_by(Ticket.id.desc()).limit(FOUND + 1).offset(offset)
        asked = search.conditions and not search.query.terms
        return _found(session, search, session.scalars(statement).all() if asked else [])
    within = select(Ticket.id).where(*where) if where else None

    cut = False

    def ids(query: SearchQuery, offset: int) -> list[int]:
        nonlocal cut
        newest = chosen.sort == NEWEST
        hits = find(site, session, "ticket", query, within=within, newest=newest, limit=FOUND + 1, offset=offset)
        cut = cut or not hits.complete
        return [hit.id for hit in hits]

    queries: list[tuple[Wider | None, SearchQuery]] = [(None, search.query), *_wider(search.query)]
    for wider, query in queries:
        found = ids(query, offset)
        # what takes long by itself isn't asked for more widely; beyond the last page there is nothing else to find
        if found or cut or (offset and ids(query, 0)):
            told = (*search.told, CUT) if cut else search.told
            return _found(session, replace(search, query=query, told=told), found, wider)
    return _found(session, search, [])


def _wider(query: SearchQuery) -> Iterator[tuple[Wider, SearchQuery]]:
    """What else may be meant where nothing has the words."""
    wider = _beginnings(query)
    if wider is not None:
        yield "beginnings", wider
    if sum(not term.excluded for term in query.terms) > 1:
        yield "some", replace(query, any_of=True)


def _beginnings(query: SearchQuery) -> SearchQuery | None:
    """The query with each of its words being the beginning of others; None if that says nothing else."""
    terms = tuple(
        replace(term, prefix=True)
        if not term.excluded and len(term.words) == 1 and len(term.words[0]) >= LEAST_BEGINNING
        else term
        for term in query.terms
    )
    return None if terms == query.terms else replace(query, terms=terms)


def _found(session: Session, search: Search, ids: Sequence[int], wider: Wider | None = None) -> Found:
    rows = list_chosen(session, ids[:FOUND])
    return Found(search, rows, _excerpts(session, search.query, rows), len(ids) > FOUND, wider)


def _excerpts(session: Session, query: SearchQuery, rows: Sequence[Row[Any]]) -> dict[int, Sequence[Piece]]:
    """For each ticket the sentence of its discussion that has the most of the words, the latest of several."""
    if not rows or not query.terms:
        return {}
    said = session.execute(
        select(Message.ticket_id, func.substr(Message.text, 1, MOST_LETTERS))
        .where(Message.ticket_id.in_([row.id for row in rows]))
        .order_by(Message.id.desc())
        .limit(MOST_READ)
    )
    texts: dict[int, list[str]] = {}
    for ticket, text in said:
        texts.setdefault(ticket, []).append(text)
    found = {ticket: excerpt(said_there, query) for ticket, said_there in texts.items()}
    return {ticket: pieces for ticket, pieces in found.items() if pieces}
