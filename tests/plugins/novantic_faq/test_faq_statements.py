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
