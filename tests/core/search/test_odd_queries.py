"""Whatever somebody types, a search never fails."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from novantic_core.search.query import read_query
from novantic_core.values import SearchQuery, SearchTerm

SIGNS = st.text(alphabet="abé'\"-*()^:&|!<>%_~@.\\/ \0\n\u2028œ’«»0123456789€😀", max_size=60)
WEIGHTS = st.sampled_from([None, "A", "B", "C", "D"])
TERMS = st.builds(SearchTerm, st.lists(SIGNS, min_size=1, max_size=4).map(tuple), st.booleans(), st.booleans(), WEIGHTS)
OFTEN = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


ODD = (
    "", " ", '"', '""', '"""', "'", "''", "\\", "%", "_", "*", "-", "- -", "--", "OR", "AND NOT", "NEAR(a b)",
    "a:b", "a OR b", "^a", "a*b*", "(", ")", "{a}", "a & b | !c", "<->", ":*", "\0", "a\0b", "words MATCH 'x'",
    "; DROP", "' OR '1'='1", "~0", "|", "_ | _", ":toner", "^claire", "le la les", "-toner", "-toner -papier", "\ud800",
    "😀", "@", "a@b", "@@@", "....", "0", "+33", "1" * 40, "́", "x" * 10_000, "mot " * 2_500, '"mot ' * 2_500,
    "-mot " * 2_500, "a" * 50 + "*", "é" * 10_000, "1 " * 5_000, '"' + "de la " * 1_600 + '"',
)  # fmt: skip


@pytest.mark.parametrize("newest", [True, False])
def test_no_query_fails(newest, index, found):
    index({1: {"A": "toner | vide", "C": "a b c _ ~0 le la les"}})

    for typed in ODD:
        assert set(found(typed, newest=newest)) <= {1}, typed[:80]


@OFTEN
@given(typed=SIGNS)
def test_no_query_fails_whatever_signs_it_has(typed, index, found):
    index({1: {"A": "toner a b", "C": "a é 0"}, 2: "a"})

    assert sorted(found(typed)) == sorted(found(typed, newest=True))


@OFTEN
@given(terms=st.lists(TERMS, max_size=4).map(tuple), any_of=st.booleans())
def test_no_terms_fail(terms, any_of, index, found):
    index({1: {"A": "toner a b", "B": "é", "C": "a é 0"}, 2: "a", 3: {"D": "b 'a'"}})
    query = SearchQuery(terms, any_of)

    assert sorted(found(query)) == sorted(found(query, newest=True))


@OFTEN
@given(text=st.text(max_size=200))
def test_a_text_is_found_by_each_of_its_words(text, index, found):
    index({7: text})

    # a word as it stands there, with its hyphens: half of 0:A-A is another one. One that begins a word would exclude it
    typed = re.sub(r"(?<!\S)-+", " ", text.replace('"', " "))
    for term in read_query(typed).terms[:5]:
        query = SearchQuery((term,))
        assert found(query) == found(query, newest=True)
        if any(map(str.isalnum, term.words[0][:40])):
            assert found(query) == [7]
