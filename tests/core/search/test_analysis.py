"""What is kept of documents, and what is asked."""

from novantic_core.search import analysis
from novantic_core.search.analysis import Phrase, ask, kept_words
from novantic_core.values import SearchDocument, SearchQuery, SearchTerm, SearchText


def kept(*texts):
    return kept_words(
        SearchDocument(1, [SearchText(*one) if isinstance(one, tuple) else SearchText(one) for one in texts])
    )


def query(*words, **options):
    return SearchQuery(tuple(SearchTerm((word,)) for word in words), **options)


def phrases(asked):
    return [{phrase.stems for phrase in one.phrases} for one in asked.wanted]


def test_texts_are_kept_by_weight_those_of_titles_and_names_marked_too():
    assert kept(("Les imprimantes", "A"), ("Claire", "B"), "Bonjour", ("note.txt", "D")) == (
        "| le imprim _ :le :imprim | clair _ ^clair | bonjour | not txt |"
    )


def test_nothing_stands_in_a_phrase_with_what_another_text_begins_with():
    assert kept("Le poste", "du bureau") == "| | | le post _ du bureau | |"


def test_a_text_is_in_the_language_of_its_small_words():
    assert "print " in kept("I can not print with these printers")
    assert "imprim" in kept("Je ne peux pas imprimer sur ces imprimantes")


def test_what_tells_nothing_is_in_the_language_of_the_rest():
    assert kept(("Printers offline", "A"), "I can not print").startswith("| printer offlin _")


def test_where_nobody_knows_it_is_in_both():
    assert kept(("Printers", "A")) == "| print _ printer _ :print _ :printer | | | |"


def test_a_language_may_be_told():
    assert kept(("Printers", "C", "en")) == "| | | printer | |"


def test_of_a_document_only_so_much_is_kept(monkeypatch):
    monkeypatch.setattr(analysis, "MOST_WORDS", 3)

    assert kept("un deux cinq", "six") == "| | | un deux cinq | |"


def test_stems_are_remembered_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(analysis, "_KEPT", 2)
    monkeypatch.setattr(analysis, "_known", {None: {}, "fr": {}, "en": {}})

    assert kept(("un deux cinq", "C", "fr")) == "| | | un deux cinq | |"
    assert len(analysis._known["fr"]) <= 2


def test_a_word_is_looked_for_in_both_languages():
    assert phrases(ask(query("printers"))) == [{("print",), ("printer",)}]


def test_words_of_every_text_are_passed_over_where_there_are_others():
    assert len(ask(query("le", "son", "de", "imprimante")).wanted) == 1


def test_but_not_where_there_are_no_others():
    assert len(ask(query("pas", "de", "son")).wanted) == 3


def test_one_word_twice_is_asked_once():
    assert len(ask(query("imprimante", "imprimantes")).wanted) == 1


def test_an_address_is_asked_whole():
    assert phrases(ask(query("claire@lefevre.example.com"))) == [{("claire@lefevre.example.com",)}]


def test_the_beginning_of_one_is_a_phrase():
    assert phrases(ask(query("claire@lefevre"))) == [{("clair", "lefevr")}]


def test_the_groups_of_a_telephone_number_are_one():
    assert ("144556677",) in phrases(ask(query("01", "44", "55", "66", "77")))[0]


def test_figures_that_are_none_are_as_many():
    assert len(ask(query("2026", "12", "note")).wanted) == 3


def test_the_beginning_of_a_word_finds_its_stem():
    asked = ask(SearchQuery((SearchTerm(("impriman",), prefix=True),)))

    assert {Phrase(("impriman",), prefix=True), Phrase(("imprim",))} <= set(asked.wanted[0].phrases)


def test_two_letters_begin_too_much():
    assert not any(phrase.prefix for phrase in ask(SearchQuery((SearchTerm(("im",), prefix=True),))).wanted[0].phrases)


def test_without_a_word_there_is_no_question():
    assert ask(query()) is None
    assert ask(query("%", "…")) is None
    assert ask(SearchQuery((SearchTerm(("toner",), excluded=True),))) is None


def test_a_letter_that_is_pasted_is_asked_by_its_beginning():
    asked = ask(query(*(f"mot{number}" for number in range(5000))))

    assert len(asked.wanted) == analysis.MOST_TERMS
