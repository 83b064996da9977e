"""Taking texts apart."""

import pytest

from novantic_core.search.words import chunks, fold, parts, phones


def words(text):
    return [word for chunk in chunks(fold(text)) for word in parts(chunk).words]


def all_ways(text):
    found = [parts(chunk) for chunk in chunks(fold(text))]
    return {word for one in found for word in (*one.words, *one.others)}


def test_accents_case_and_ligatures_are_off():
    assert words("Œuvre d'art À RÉPARER") == ["oeuvre", "art", "a", "reparer"]


@pytest.mark.parametrize("text", ["l'imprimante", "L’imprimante", "qu'imprimante", "jusqu'à l'imprimante"])
def test_an_elided_word_is_dropped(text):
    assert words(text)[-1] == "imprimante"


@pytest.mark.parametrize("text", ["Wi-Fi", "wifi", "WI‑FI"])
def test_wifi_is_one_word_however_it_is_written(text):
    assert words(text) == ["wifi"]


def test_its_parts_are_found_too():
    assert all_ways("Wi-Fi") == {"wifi", "wi", "fi"}


def test_two_words_that_are_tied_are_two_and_one():
    assert words("micro-ordinateur") == ["micro", "ordinateur"]
    assert all_ways("micro-ordinateur") == {"micro", "ordinateur", "microordinateur"}


def test_a_pronoun_behind_its_verb_is_no_part_of_it():
    assert words("fonctionne-t-il, envoyez-moi") == ["fonctionne", "t", "il", "envoyez", "moi"]
    assert "fonctionnetil" not in all_ways("fonctionne-t-il")


def test_a_name_with_an_apostrophe():
    assert all_ways("O'Brien") == {"o", "brien", "obrien"}


def test_an_address_is_found_whole_by_its_domain_and_by_its_parts():
    assert all_ways("Claire@Compta.Lefevre.example.com") == {
        "claire", "compta", "lefevre", "example", "com", "claire@compta.lefevre.example.com",
        "compta.lefevre.example.com", "lefevre.example.com", "example.com",
    }  # fmt: skip


def test_an_address_behind_a_scheme():
    assert "claire@lefevre.example.com" in all_ways("<mailto:claire@lefevre.example.com>")


def test_a_file_name_is_its_parts():
    assert words("rapport_2026-final.PDF") == ["rapport", "2026", "final", "pdf"]


def test_a_model_is_its_maker_and_its_number():
    assert all_ways("HP4520") == {"hp4520", "hp", "4520"}


def test_what_is_too_long_to_be_typed_is_cut():
    assert words("x" * 1000) == ["x" * 40]


@pytest.mark.parametrize(
    "written",
    ["01 44 55 66 77", "01.44.55.66.77", "0144556677", "+33 1 44 55 66 77", "+33(0)144556677", "0033 1 44 55 66 77",
     "01\u202f44\u00a055 66 77"],
)  # fmt: skip
def test_a_telephone_number_is_its_last_nine_digits(written):
    assert phones(fold(f"Appelez le {written}.")) == ["144556677"]


def test_an_id_in_groups_of_three():
    assert phones("TeamViewer 123 456 789") == ["123456789"]


@pytest.mark.parametrize("text", ["12/05/2026 14:30", "2026-05-12", "le 12.05.2026", "1 000 000 €"])
def test_days_and_amounts_are_none(text):
    assert phones(fold(text)) == []


def test_other_scripts_are_words_too():
    assert words("Привет, こんにちは مَرحَبا") == ["привет", "こんにちは", "مرحبا"]
