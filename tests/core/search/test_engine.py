"""The core's engine, on each database: both find the same, in the same order."""

import pytest
from sqlalchemy import literal, select, union_all

from novantic_core.desk import Desk
from novantic_core.search import engine as engine_module
from novantic_core.search import postgresql
from novantic_core.values import SearchQuery, SearchTerm


def test_all_words_must_be_there(index, found):
    index({1: "le toner de l'imprimante", 2: "le toner", 3: "l'imprimante"})

    assert found("toner imprimante") == [1]


def test_a_word_is_found_in_any_of_its_forms_with_and_without_accents(index, found):
    index({1: "Les imprimantes sont bloquées", 2: "My printers are offline"})

    assert found("imprimante bloque") == [1]
    assert found("BLOQUÉ") == [1]
    assert found("printer") == [2]


def test_a_phrase_has_its_words_in_order_and_in_one_text(index, found):
    index({1: "la mise à jour du poste", 2: "le jour de la mise à disposition", 3: {"A": "La mise", "C": "à jour"}})

    assert found('"mise à jour"') == [1]
    assert sorted(found("mise à jour")) == [1, 2, 3]


def test_a_phrase_that_is_excluded(index, found):
    index({1: "la mise à jour", 2: "le jour de la mise"})

    assert found('jour -"mise à jour"') == [2]


def test_a_word_that_is_excluded(index, found):
    index({1: "toner canon", 2: "toner brother"})

    assert found("toner -canon") == [2]


def test_any_of_the_words_the_more_the_better(index, found):
    index({1: "toner", 2: "toner et papier", 3: "souris"})
    terms = tuple(SearchTerm((word,)) for word in ("toner", "papier", "cartouche"))

    assert found(SearchQuery(terms, any_of=True)) == [2, 1]


def test_any_of_some_phrases(index, found):
    index({1: "toner vide", 2: "vide toner", 3: "bac à papier"})
    terms = (SearchTerm(("toner", "vide")), SearchTerm(("bac", "à", "papier")))

    assert sorted(found(SearchQuery(terms, any_of=True))) == [1, 3]


def test_a_beginning(index, found):
    index({1: "les imprimantes", 2: "imprévu", 3: "un écran"})

    assert found("impriman*") == [1]
    assert sorted(found("impr*")) == [1, 2]


@pytest.mark.parametrize("weight, wanted", [("A", [1]), ("B", [2]), ("C", [3]), ("D", [4]), (None, [1, 2, 3, 4])])
def test_a_term_in_stretches_of_one_weight(weight, wanted, index, found):
    index({1: {"A": "Claire Martin"}, 2: {"B": "Claire Martin"}, 3: {"C": "Claire Martin"}, 4: {"D": "Claire Martin"}})

    assert sorted(found(SearchQuery((SearchTerm(("claire", "martin"), weight=weight),)))) == wanted
    assert sorted(found(SearchQuery((SearchTerm(("martin",), weight=weight),)))) == wanted


@pytest.mark.parametrize("weight, left", [("B", [1]), ("C", [2])])
def test_a_term_excluded_from_stretches_of_one_weight(weight, left, index, found):
    index({1: {"A": "Panne", "C": "de Claire"}, 2: {"A": "Panne", "B": "Claire"}})

    assert found(SearchQuery((SearchTerm(("panne",)), SearchTerm(("claire",), excluded=True, weight=weight)))) == left


def test_any_of_terms_of_which_one_has_a_weight(index, found):
    index({1: {"C": "toner"}, 2: {"D": "toner"}, 3: {"C": "papier"}})
    terms = (SearchTerm(("toner",), weight="D"), SearchTerm(("papier",)))

    assert sorted(found(SearchQuery(terms, any_of=True))) == [2, 3]


def test_a_telephone_number_however_it_is_written(index, found):
    index({1: {"B": "01 44 55 66 77"}, 2: {"B": "01 44 55 66 78"}})

    for typed in ("0144556677", "01 44 55 66 77", "+33 1 44 55 66 77", "01.44.55.66.77"):
        assert found(typed) == [1]


def test_an_address_whole_its_domain_and_its_beginning(index, found):
    index({1: {"B": "claire@lefevre.example.com"}, 2: {"B": "claire@petit.example.com"}})

    assert found("claire@lefevre.example.com") == [1]
    assert found("lefevre.example.com") == [1]
    assert found("claire@lefevre") == [1]


def test_the_newest_first(index, found):
    index({1: {"A": "toner"}, 2: "toner", 3: "toner toner"})

    assert found("toner", newest=True) == [3, 2, 1]


def test_within_a_select_of_ids(index, found):
    index(dict.fromkeys(range(1, 6), "toner"))

    assert found("toner", within=union_of(2, 4, 9)) == [4, 2]
    assert found("toner", within=union_of(9)) == []


def union_of(*keys):
    return select(union_all(*(select(literal(key).label("id")) for key in keys)).subquery().c.id)


def test_within_many(index, found, monkeypatch):
    monkeypatch.setattr(engine_module, "FEW", 2)
    index(dict.fromkeys(range(1, 10), "toner"))

    assert found("toner", within=union_of(2, 4, 6, 8), newest=True) == [8, 6, 4, 2]
    assert found("toner", within=union_of(2, 4, 6, 8)) == [8, 6, 4, 2]


def test_all_are_reached_page_by_page_each_once(index, found, monkeypatch):
    monkeypatch.setattr(engine_module, "JUDGED", 10)
    monkeypatch.setattr(engine_module, "TITLES", 3)
    index({key: {"A": "toner" if key % 10 == 0 else "papier", "C": "toner"} for key in range(1, 81)})

    pages = [found("toner", limit=7, offset=start) for start in range(0, 91, 7)]

    seen = [key for page in pages for key in page]
    assert sorted(seen) == list(range(1, 81))
    # of those looked at, titles first; the rest by newness
    assert seen[:4] == [80, 70, 60, 50]
    assert seen[-3:] == [3, 2, 1]
    assert [found("toner", limit=7, offset=start, newest=True) for start in (0, 77)] == [
        list(range(80, 73, -1)),
        [3, 2, 1],
    ]


def test_spans_of_ids_are_gone_through_from_the_newest(index, found, monkeypatch):
    monkeypatch.setattr(postgresql, "SPAN", 4)
    monkeypatch.setattr(postgresql, "FEW_SPANS", 2)
    monkeypatch.setattr(engine_module, "JUDGED", 5)
    index({key: "toner" if key % 3 == 0 else "papier" for key in range(1, 200)})

    assert found("toner", newest=True, limit=100) == list(range(198, 0, -3))
    assert sorted(found("toner", limit=100)) == list(range(3, 199, 3))
    assert found("toner", newest=True, limit=2) == [198, 195]


def test_what_takes_too_long_is_cut_and_says_so(index, novantic_app, monkeypatch):
    monkeypatch.setattr(postgresql, "SPAN", 4)
    monkeypatch.setattr(postgresql, "FEW_SPANS", 2)
    monkeypatch.setattr(postgresql, "PATIENCE", 0)
    index({key: "toner vide" if key < 3 else "vide toner" for key in range(1, 200)})

    with novantic_app.site.database.session(write=False) as session:
        hits = Desk(novantic_app.site, session).find("ticket", '"toner vide"')
    # SQLite's index knows where words stand, and needs no cutting
    assert hits.complete == novantic_app.site.database.is_sqlite


def test_a_document_is_kept_in_the_place_of_the_one_before(index, found):
    index({1: "toner"})
    index({1: "papier"})

    assert (found("toner"), found("papier")) == ([], [1])


def test_what_is_removed_is_not_found(index, found, novantic_app):
    index({1: "toner", 2: "toner"})
    with novantic_app.transaction() as session:
        novantic_app.site.search_engine.remove(session, "ticket", [1, 99])

    assert found("toner") == [2]


def test_all_may_be_forgotten(index, found, novantic_app):
    index({1: "toner", 2: "toner"})
    with novantic_app.transaction() as session:
        assert list(novantic_app.site.search_engine.kept(session, "ticket", 1, 10)) == [2]
        novantic_app.site.search_engine.clear(session, "ticket")

    assert found("toner") == []


def test_what_an_index_needs_is_made_once(novantic_app):
    with novantic_app.transaction() as session:
        engine, connection = novantic_app.site.search_engine, session.connection()

        assert engine.missing(connection, ["ticket", "another"]) == ["another"]
        assert engine.prepare(connection, ["ticket", "another"]) == ["another"]
        assert engine.prepare(connection, ["ticket", "another"]) == []


def test_a_letter_of_a_whole_book_is_kept(index, found):
    index({1: "mot " * 300_000 + "toner", 2: " ".join(f"mot{number}x" for number in range(40_000))})

    assert found("mot") == [1]
    assert found("mot39999x") == [2]


def test_an_unknown_index_is_an_error(novantic_app):
    from novantic_core.desk import Desk

    with novantic_app.transaction() as session, pytest.raises(LookupError, match="no search index 'nothing'"):
        Desk(novantic_app.site, session).find("nothing", "toner")
