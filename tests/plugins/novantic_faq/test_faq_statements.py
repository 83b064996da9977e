"""How many statements a page costs, however much there is to read."""

from __future__ import annotations

import pytest

PAGES = ["/", "/kb", "/kb?q=imprimante", "/search?q=imprimante", "/kb/imprimante-hors-connexion"]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_costs_few_statements_however_many_articles(portal, statements, write, address):
    portal.get(address)
    with statements() as before:
        portal.get(address)
    for number in range(30):
        write(fr={"slug": f"imprimante-{number}", "title": f"Imprimante {number}"})
    with statements() as after:
        portal.get(address)
    assert len(after) == len(before) <= 5


def test_who_reads_is_asked_only_of_those_who_came_by_a_link(portal, visit, statements):
    with statements() as anybody:
        portal.get("/kb")
    visit()
    with statements() as visitor:
        portal.get("/kb")
    assert len(anybody) == 1
    # the link, and whose organisation its owner is of
    assert len(visitor) == 3
