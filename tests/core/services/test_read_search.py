"""What somebody types into the technicians' search."""

from __future__ import annotations

import pytest

from novantic_core.services.read_search import read_search
from novantic_core.values import SearchTerm


@pytest.fixture
def read(novantic_app):
    """Read what was typed by a French technician."""
    french = {"Printer": "Imprimante", "Workstation": "Poste de travail", "Mailbox": "Boîte mail"}
    return lambda typed: read_search(
        novantic_app.site, typed, lambda text: {str(text), french.get(str(text), str(text))}
    )


def terms(search):
    return search.query.terms


def where(search):
    return [str(one.compile(compile_kwargs={"literal_binds": True})) for one in search.conditions]


def test_each_word_is_to_be_found(read):
    assert terms(read("imprimante  hors")) == (SearchTerm(("imprimante",)), SearchTerm(("hors",)))


@pytest.mark.parametrize("typed", ['"hors connexion"', "«hors connexion»", "“ hors connexion ”", '"hors connexion'])
def test_words_in_quotes_are_found_together(read, typed):
    assert terms(read(typed)) == (SearchTerm(("hors", "connexion")),)


def test_what_has_a_minus_is_left_out(read):
    assert terms(read('toner -"hors connexion" -hp')) == (
        SearchTerm(("toner",)), SearchTerm(("hors", "connexion"), excluded=True), SearchTerm(("hp",), excluded=True),
    )  # fmt: skip


def test_a_star_takes_any_ending(read):
    assert [term.prefix for term in terms(read("impri* toner"))] == [True, False]


@pytest.mark.parametrize("typed", ["*", "a*", "-", "--", '""', "-*", "%", "' OR 1=1 --", ":", "::", "(", "\\"])
def test_odd_signs_are_no_fault(read, typed):
    assert all(term.words for term in terms(read(typed)))


@pytest.mark.parametrize("typed", ["de:lefevre", "from:lefevre", "client:lefevre", "De:lefevre"])
def test_a_name_is_looked_for_among_the_names(read, typed):
    assert terms(read(typed)) == (SearchTerm(("lefevre",), weight="B"),)


def test_a_name_of_two_words_stands_in_quotes(read):
    assert terms(read('de:"Claire Lefèvre" toner')) == (
        SearchTerm(("Claire", "Lefèvre"), weight="B"), SearchTerm(("toner",)),
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["statut:fermé", "status:closed", "état:clos", "STATUT:Fermée"])
def test_a_status_is_a_condition(read, typed):
    assert where(read(typed)) == ["ticket.status = 'closed'"]
    assert not terms(read(typed))


def test_a_condition_can_be_turned_round(read):
    assert where(read("-statut:fermé")) == ["ticket.status != 'closed'"]


@pytest.mark.parametrize("typed", ["catégorie:imprimante", "category:printer", "rubrique:impri"])
def test_a_category_is_known_by_its_name_its_key_or_its_beginning(read, typed):
    assert where(read(typed)) == ["ticket.category_key IN ('printer')"]


def test_a_category_of_several_words_stands_in_quotes(read):
    assert where(read('catégorie:"poste de travail"')) == ["ticket.category_key IN ('workstation')"]


@pytest.mark.parametrize(
    "typed, condition",
    [
        ("avant:2026-03-14", "ticket.created_at < '2026-03-13 23:00:00"),
        ("avant:14/03/2026", "ticket.created_at < '2026-03-13 23:00:00"),
        ("before:2026-03", "ticket.created_at < '2026-02-28 23:00:00"),
        ("avant:03/2026", "ticket.created_at < '2026-02-28 23:00:00"),
        ("before:2026", "ticket.created_at < '2025-12-31 23:00:00"),
        ("depuis:2026", "ticket.created_at >= '2025-12-31 23:00:00"),
        ("after:2026-07-14", "ticket.created_at >= '2026-07-13 22:00:00"),
    ],
)
def test_a_day_a_month_or_a_year_bounds_where_the_desk_is(read, typed, condition):
    from sqlalchemy.dialects import sqlite

    (found,) = read(typed).conditions
    assert str(found.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})).startswith(condition)


@pytest.mark.parametrize("typed", ["statut:xyz", "catégorie:xyz", "avant:hier", "avant:2026-13-45", "after:0001"])
def test_what_means_nothing_is_looked_for_as_words_and_said(read, typed):
    search = read(typed)
    assert terms(search)
    assert not search.conditions
    assert typed.partition(":")[2] in search.told[0].mapping["value"]


def test_a_colon_elsewhere_is_part_of_a_word(read):
    assert terms(read("erreur:0x80070005 https://exemple.fr")) == (
        SearchTerm(("erreur:0x80070005",)), SearchTerm(("https://exemple.fr",)),
    )  # fmt: skip


def test_only_to_leave_out_is_no_search_and_said(read):
    search = read("-toner")
    assert not search.has_words
    assert len(search.told) == 1
