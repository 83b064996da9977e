"""What a French office types, and what it must find: beside the form of a ticket, in the knowledge base, in tickets.

The queries are in ``office.py``. Each test goes through all of them and names those that failed.
"""

from __future__ import annotations

import pytest
from office import ARTICLES, QUERIES, TICKETS
from sqlalchemy import select

from novantic_core.plugin import Desk
from novantic_core.testing.tables import Ticket

FIRST_PAGE = 5
"""How far down somebody looks."""


@pytest.fixture
def office(write):
    """The knowledge base of a small office, beside the articles that come with it."""
    for slug, (title, summary, text) in ARTICLES.items():
        write(fr={"slug": slug, "title": title, "summary": summary, "body": f"<p>{text}</p>"})


@pytest.fixture
def numbers(novantic_app, small_desk):
    """The tickets of a small office: their names by their ids."""
    given = {}
    for name, (subject, message, *replies) in TICKETS.items():
        given[name] = small_desk.open(subject=subject, message=f"<p>{message}</p>")
        for reply in replies:
            small_desk.say(given[name], reply)
    with novantic_app.site.database.session(write=False) as session:
        by_id = dict(session.execute(select(Ticket.id, Ticket.number)).all())
    return {id_: next(name for name in given if given[name] == number) for id_, number in by_id.items()}


def test_there_are_forty_and_more():
    assert len({query.typed for query in QUERIES if not query.nothing}) >= 40


def test_what_is_offered_beside_the_form(office, portal):
    wrong = {}
    for query in QUERIES:
        page = portal.get("/kb/suggest", {"q": query.typed})
        offered = tuple(one["data-article"] for one in page.html.select("li")) if page.status_int == 200 else ()
        first = offered[:1] == query.offered[:1] and set(query.offered) <= set(offered)
        if offered if query.nothing else query.offered and not first:
            wrong[query.typed] = offered
    assert wrong == {}


def test_what_the_knowledge_base_finds(office, portal):
    wrong = {}
    for query in QUERIES:
        page = portal.get("/kb", {"q": query.typed})
        found = [link["href"].removeprefix("/kb/") for link in page.html.select("main .list a")]
        if found if query.unknown else not set(query.found) <= set(found[:FIRST_PAGE]):
            wrong[query.typed] = found
    assert wrong == {}


def test_what_a_technician_finds_among_the_tickets(numbers, novantic_app):
    wrong = {}
    with novantic_app.site.database.session(write=False) as session:
        desk = Desk(novantic_app.site, session)
        for query in QUERIES:
            found = [numbers[hit.id] for hit in desk.find("ticket", query.typed)]
            if found if query.unknown else not set(query.tickets) <= set(found[:FIRST_PAGE]):
                wrong[query.typed] = found
    assert wrong == {}
