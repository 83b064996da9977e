"""The home page of a theme that gives none of its texts."""

from __future__ import annotations


def test_its_texts_are_the_core_s_in_the_reader_s_language(portal):
    page = portal.get("/").html
    assert page.h1.text == "Un problème informatique\u00a0?"
    assert page.find(role="search").button.text == "Rechercher"
