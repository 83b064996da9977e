"""Which document is better."""

import pytest

from novantic_core.search.analysis import ask, kept_words
from novantic_core.search.query import read_query
from novantic_core.search.scoring import Scorer
from novantic_core.values import SearchDocument, SearchQuery, SearchTerm, SearchText


def ranked(typed, *documents, any_of=False):
    rows = [
        (number, kept_words(SearchDocument(number, [SearchText(text, weight) for weight, text in document.items()])))
        for number, document in enumerate(documents)
    ]
    return [hit.id for hit in Scorer(ask(read_query(typed, any_of=any_of))).rank(rows)]


def test_a_title_counts_more_than_a_name_than_what_was_said_than_the_rest():
    assert ranked("toner", {"D": "toner"}, {"C": "toner"}, {"B": "toner"}, {"A": "toner"}) == [3, 2, 1, 0]


def test_more_often_is_better():
    assert ranked("toner", {"C": "le toner et le toner"}, {"C": "le toner et le papier"}) == [0, 1]


def test_a_short_text_says_more_of_it():
    assert ranked("toner", {"C": "toner"}, {"C": "toner " + "de longs discours " * 500}) == [0, 1]


def test_words_that_follow_one_another_are_better():
    assert ranked("boîte pleine", {"C": "la boîte est pleine"}, {"C": "une boîte pleine"}) == [1, 0]


def test_of_two_that_are_as_good_the_newer():
    assert ranked("toner", {"C": "toner"}, {"C": "toner"}) == [1, 0]


def test_of_any_words_the_rarer_counts_more():
    documents = [{"C": "imprimante"}, {"C": "imprimante"}, {"C": "hameçonnage"}, {"C": "imprimante"}]

    assert ranked("imprimante hameçonnage", *documents, any_of=True)[0] == 2


@pytest.mark.parametrize(
    "typed, found",
    [("toner", True), ("toner -papier", False), ('"le toner"', True), ('"toner le"', False), ("toner canon", False)],
)
def test_it_finds_what_an_index_finds(typed, found):
    kept = kept_words(SearchDocument(1, [SearchText("le toner et le papier")]))

    assert Scorer(ask(read_query(typed))).matches(kept) is found


@pytest.mark.parametrize("weight, found", [("A", False), ("B", True), ("C", False), (None, True)])
def test_a_term_may_be_looked_for_in_one_weight(weight, found):
    kept = kept_words(SearchDocument(1, [SearchText("Claire Lefèvre", "B"), SearchText("Bonjour", "C")]))
    query = SearchQuery((SearchTerm(("lefevre",), weight=weight),))

    assert Scorer(ask(query)).matches(kept) is found
