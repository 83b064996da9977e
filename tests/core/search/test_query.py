"""Reading a search box."""

import pytest

from novantic_core.search.query import read_query
from novantic_core.values import SearchQuery, SearchTerm


def terms(typed, **options):
    return read_query(typed, **options).terms


def test_words():
    assert read_query("imprimante hors  connexion") == SearchQuery(
        (SearchTerm(("imprimante",)), SearchTerm(("hors",)), SearchTerm(("connexion",)))
    )


@pytest.mark.parametrize("typed", ['"hors connexion"', "« hors connexion »", "“hors connexion”", '"hors connexion'])
def test_a_phrase_in_quotes(typed):
    assert terms(typed) == (SearchTerm(("hors", "connexion")),)


def test_a_minus_excludes():
    assert terms('toner -canon -"deux mots"') == (
        SearchTerm(("toner",)), SearchTerm(("canon",), excluded=True), SearchTerm(("deux", "mots"), excluded=True),
    )  # fmt: skip


def test_a_hyphen_does_not():
    assert terms("micro-ordinateur") == (SearchTerm(("micro-ordinateur",)),)


def test_a_star_begins():
    assert terms("impri*")[0].prefix


def test_the_last_word_may_be_one_that_is_being_typed():
    assert [term.prefix for term in terms("boîte mai", prefix=True)] == [False, True]
    assert [term.prefix for term in terms("boîte mai ", prefix=True)] == [False, False]
    assert [term.prefix for term in terms('boîte "mai"', prefix=True)] == [False, False]


@pytest.mark.parametrize("typed", ["", "   ", '"', '""', '-""', "- "])
def test_nothing_at_all(typed):
    assert all("".join(term.words).strip() in {"", "-"} for term in terms(typed))
