"""How many statements a page costs, however much there is to read."""

from __future__ import annotations

import pytest

PAGES = {
    "/": 3,
    "/kb": 1,
    # within a savepoint of the engine's: the ids that may be found, their words; then the articles
    "/kb?q=imprimante": 5,
    # and within one of the plugin's
    "/search?q=imprimante": 7,
    # the text, and what somebody chose to be read next
    "/kb/imprimante-hors-connexion": 2,
    # or what the engine finds
    "/kb/imprimante": 6,
}


@pytest.mark.parametrize("address", list(PAGES))
def test_a_page_costs_few_statements_however_many_articles(portal, statements, write, address):
    for slug in ("imprimante", "imprimantes"):
        write(fr={"slug": slug, "title": "Imprimante"})
    portal.get(address)
    with statements() as before:
        portal.get(address)
    for number in range(30):
        write(fr={"slug": f"imprimante-{number}", "title": f"Imprimante {number}"})
    with statements() as after:
        portal.get(address)
    assert len(after) == len(before) == PAGES[address], "\n".join(after)


def test_who_reads_is_asked_only_of_those_who_came_by_a_link(portal, visit, statements):
    with statements() as anybody:
        portal.get("/kb")
    visit()
    with statements() as visitor:
        portal.get("/kb")
    assert len(anybody) == 1
    # the link, and whose organisation its owner is of
    assert len(visitor) == 3
