"""What is found for which words."""

from __future__ import annotations

from novantic_faq.words import fold, search_words

PRINTER = "Imprimante hors connexion\u00a0: les premières vérifications"
TEAMVIEWER = "Où trouver votre ID TeamViewer"
CRITICAL = "Qu’est-ce qu’une situation critique\u00a0?"


def found(portal, words, **headers):
    return [link.text for link in portal.get("/kb", {"q": words}, headers=headers).html.select("main .list a")]


def test_accents_case_plural_and_order_make_no_difference(portal):
    for words in (
        "imprimante",
        "IMPRIMANTES",
        "verifications imprimante",
        "vérifications",
        "l’imprimante",
        "hors ligne",
    ):
        assert found(portal, words)[0] == PRINTER


def test_the_beginning_of_a_word_is_enough(portal):
    assert found(portal, "imprim")[0] == PRINTER


def test_a_whole_sentence_finds_what_its_telling_words_say(portal):
    assert found(portal, "Bonjour, mon imprimante ne marche plus")[0] == PRINTER


def test_all_words_count_more_than_one(portal):
    assert found(portal, "imprimante capot") == [PRINTER]


def test_a_title_that_has_the_words_goes_first(portal):
    assert found(portal, "teamviewer") == [TEAMVIEWER]
    assert found(portal, "situation critique")[0] == CRITICAL


def test_words_in_another_language_find_the_article_in_the_readers(portal):
    assert found(portal, "ransom") == [CRITICAL]


def test_an_english_reader_finds_english_articles(portal):
    assert found(portal, "printers", **{"Accept-Language": "en"})[0] == "Printer offline: the first checks"


def test_a_hyphen_makes_no_difference(portal):
    assert found(portal, "e-mail") == found(portal, "email") == found(portal, "E\u2011mail") != []
    assert found(portal, "wi-fi") == found(portal, "WiFi") != []


def test_nothing_found_says_so_and_shows_the_way_on(portal):
    page = portal.get("/kb?q=trombone")
    assert "Rien n’a été trouvé" in page
    assert page.html.find("a", href="/kb")


ODD = ["'", '"', "%", "_", "\\", "*", "l'imp\"rimante", "%_%", "a OR b", "(", "\0", "\ud7ff", "😀", "é" * 5000]
ODD += ["a " * 5000, " ".join(f"mot{n}" for n in range(2000)), "ß", "\u0301", "sss", "xx"]


def test_odd_words_are_answered(portal):
    for words in ODD:
        portal.get("/kb", {"q": words}, status=200)
        portal.get("/search", {"q": words}, status=200)


def test_signs_are_not_wildcards(portal):
    assert found(portal, "%") == found(portal, "_") == []


def test_what_was_typed_is_shown_as_text(portal):
    page = portal.get("/kb", {"q": '<b>"hors'})
    assert page.html.find("input", id="q")["value"] == '<b>"hors'
    assert "<b>" not in page


def test_folding_keeps_words_only():
    assert fold("L’Œuvre : ÉTÉ, e-mail & n°\u00a05 !") == " l oeuvre ete email n 5 "


def test_words_without_meaning_are_left_out_unless_there_are_no_others():
    assert search_words("où est mon écran ?") == ["ecran"]
    assert search_words("pour vous") == ["pour", "vou"]


def test_a_word_is_not_shortened_to_nothing():
    assert search_words("sss bus") == ["sss", "bus"]
