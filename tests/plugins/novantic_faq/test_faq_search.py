"""What is found for which words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.plugin import Desk
from novantic_faq import finding
from novantic_faq.models import ArticleText
from novantic_faq.words import fold, search_words

pytestmark = pytest.mark.usefixtures("portal_theme")

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


def hits(portal, words, **params):
    page = portal.get("/kb", {"q": words, **params}).html
    return [[mark.text for mark in one.select("mark")] for one in page.select("main .list li")], page


def test_a_hit_is_shown_in_its_sentence_with_the_words_marked(portal):
    _marks, page = hits(portal, "capot fermé")
    sentence = page.select_one("main .list li > .muted")
    assert sentence.text.startswith("Plus de papier, plus d’encre, un bourrage, un capot mal fermé")
    assert [mark.text for mark in sentence.select("mark")] == ["capot", "fermé"]


def test_a_hit_in_the_title_is_marked_there_and_nothing_of_an_address_is_shown(portal):
    marks, page = hits(portal, "décrire problème")
    assert page.select_one("main .list a").text == "Bien décrire un problème"
    assert marks[0][:2] == ["décrire", "problème"]
    assert "/kb/" not in page.select_one("main .list").get_text()


def test_a_sentence_has_its_quotes_and_no_sign_of_a_list(portal):
    _marks, page = hits(portal, "facture logiciel")
    sentence = page.select_one("main .list li > .muted").text
    assert sentence.startswith("«\u00a0Imprimer une facture")
    assert sentence.endswith("gestion.\u00a0»")
    _marks, page = hits(portal, "rançon")
    assert page.select_one("main .list li > .muted").text.startswith("vous craignez une attaque")


def test_what_is_marked_is_text(portal, write):
    write(fr={"slug": "balise", "title": "La balise <b> & le <mark>", "summary": "Écrire <script> ?"})
    page = portal.get("/kb", {"q": "balise mark"})
    assert "La <mark>balise</mark> &lt;b&gt; &amp; le &lt;<mark>mark</mark>&gt;" in page


def test_a_word_that_is_misspelt_is_taken_for_the_one_it_is_near(portal):
    _marks, page = hits(portal, "imprimente")
    assert page.select("main .list a")[0].text == PRINTER
    assert "imprimante" in page.h2.text
    assert "imprimente" in page.select_one("h2 + p").text


def test_where_no_article_has_all_words_those_that_have_some_are_shown_and_it_is_said(portal):
    _marks, page = hits(portal, "imprimante trombone")
    assert page.select("main .list a")[0].text == PRINTER
    assert "Aucun article n’a tous ces mots" in page.select_one("h2 + p").text


def test_signs_of_a_search_are_understood(portal):
    assert PRINTER not in found(portal, "connexion -imprimante")
    assert found(portal, '"capot mal fermé"') == [PRINTER]


def test_more_than_a_page_is_paged(portal, write):
    for number in range(23):
        write(fr={"slug": f"agrafeuse-{number}", "title": f"Agrafeuse {number}"},
              en={"slug": f"stapler-{number}", "title": f"Stapler {number}, agrafeuse"})  # fmt: skip
    shown, page = [], portal.get("/kb", {"q": "agrafeuse"})
    for count in (10, 10, 3):
        links = [link.text for link in page.html.select("main .list a")]
        assert len(links) == count
        shown += links
        following = page.html.find("a", rel="next")
        page = portal.get(following["href"]) if following else page
    assert len(set(shown)) == 23
    assert page.html.find("a", rel="prev")["href"].endswith("page=2")


def test_the_home_pages_search_leads_to_all_that_was_found(portal, write):
    for number in range(11):
        write(fr={"slug": f"agrafeuse-{number}", "title": f"Agrafeuse {number}"})
    page = portal.get("/search", {"q": "agrafeuse"})
    assert len(page.html.select("main .list a")) == 10
    assert page.html.find("a", href="/kb?q=agrafeuse").text == "Voir tout ce qui a été trouvé"
    assert not portal.get("/search", {"q": "imprimante"}).html.find("a", href="/kb?q=imprimante")


def test_a_page_that_isnt_there_says_so(portal):
    for number in ("7", "99999", "-1", "x", "\u0663", ""):
        page = portal.get("/kb", {"q": "imprimante", "page": number})
        found = bool(page.html.select("main .list a"))
        assert found == (number != "7"), number
    assert "Il n’y a plus rien sur cette page" in portal.get("/kb?q=imprimante&page=7")


def test_a_text_that_is_changed_or_withdrawn_is_found_so(portal, write, novantic_app):
    write(fr={"slug": "agrafeuse", "title": "L’agrafeuse"})
    with novantic_app.transaction() as session:
        text = session.scalars(select(ArticleText).where(ArticleText.slug == "agrafeuse")).one()
        text.title = "La perforatrice"
        Desk(novantic_app.site, session).changed("faq", text.id)
    assert found(portal, "perforatrice") == ["La perforatrice"]
    assert found(portal, "agrafeuse") == []
    with novantic_app.transaction() as session:
        session.get_one(ArticleText, text.id).published = False
        Desk(novantic_app.site, session).changed("faq", text.id)
    assert found(portal, "perforatrice") == []


def test_the_index_can_be_made_anew_of_all_published_texts(novantic_app, write):
    write(fr={"slug": "agrafeuse", "title": "L’agrafeuse", "published": False})
    index = finding.TEXTS_INDEX
    with novantic_app.site.database.session(write=False) as session:
        first = index.ids(session, 0, 4)
        ids = [*first, *index.ids(session, first[-1], 100)]
        documents = list(index.read(session, [*ids, 10**6]))
    assert len(documents) == len(ids) == 10
    assert {text.weight for text in documents[0].texts} == {"A", "B", "C"}


def test_articles_that_are_alike_are_to_be_read_next(portal, write):
    write(fr={"slug": "wifi-lent", "title": "Le Wi-Fi est lent"})
    write(fr={"slug": "wifi-code", "title": "Le code du Wi-Fi", "body": "<p>Demandez-le à l’accueil.</p>"})
    write(fr={"slug": "agrafeuse", "title": "L’agrafeuse"})
    write(fr={"slug": "wifi-ailleurs", "title": "Le Wi-Fi en voyage"}, shelf="travel")
    links = [link["href"] for link in portal.get("/kb/wifi-lent").html.select(".kb-related a")]
    assert links == ["/kb/wifi-code"]
    assert portal.get("/kb/agrafeuse").html.select(".kb-related") == []


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
