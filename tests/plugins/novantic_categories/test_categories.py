"""The seven topics of the guide."""

from __future__ import annotations


def test_the_topics_are_those_of_the_guide_in_its_order(portal):
    options = portal.get("/tickets/new").forms["ticket"]["topic"].options
    assert [label for _value, _selected, label in options[1:]] == [
        "Boite mail", "Imprimante", "Internet", "Poste de travail", "Serveur", "Téléphonie", "Autre",
    ]  # fmt: skip
