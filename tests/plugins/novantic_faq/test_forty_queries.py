"""What a French office types, and what it must find: beside the form of a ticket, in the knowledge base, in tickets.

The queries are in ``tests/office.py``. Each test goes through all of them and names those that failed.
"""

from __future__ import annotations

import pytest
from office import ARTICLES, QUERIES

FIRST_PAGE = 5
"""How far down somebody looks."""


@pytest.fixture
def office(write):
    """The knowledge base of a small office, beside the articles that come with it."""
    for slug, (title, summary, text) in ARTICLES.items():
        write(fr={"slug": slug, "title": title, "summary": summary, "body": f"<p>{text}</p>"})


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
