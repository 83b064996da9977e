"""What is offered beside the form of a ticket, to whom, and what it costs; what fits what: ``test_forty_queries``."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("portal_theme")

EN = {"Accept-Language": "en"}
WIFI = {"slug": "wifi-lent", "title": "Le Wi-Fi est lent", "summary": "Quand la connexion sans fil décroche."}


@pytest.fixture
def offered(portal):
    """The articles that are offered for a subject, a message and a topic, by their addresses."""

    def ask(q="", text="", topic="", headers=None):
        page = portal.get("/kb/suggest", {"q": q, "text": text, "topic": topic}, headers=headers)
        return [one["data-article"] for one in page.html.select("li")] if page.status_int == 200 else []

    return ask


def test_an_article_is_offered_with_title_summary_and_addresses(portal, write):
    write(fr=WIFI)
    offer = portal.get("/kb/suggest?q=wifi+lent").html.select_one("li details")
    assert offer.select_one(".suggest-name").text == WIFI["title"]
    assert offer.select_one(".suggest-about").text == WIFI["summary"]
    assert offer["data-page"] == "/kb/wifi-lent"
    assert portal.get(offer["data-body"]).html.select_one("button")["data-article"] == "wifi-lent"


def test_each_reader_gets_their_language(offered):
    assert offered("teamviewer") == ["trouver-votre-id-teamviewer"]
    assert offered("teamviewer", headers=EN) == ["find-your-teamviewer-id"]


def test_an_article_in_another_language_says_so(portal, write):
    write(fr=WIFI)
    page = portal.get("/kb/suggest?q=wifi", headers=EN)
    assert page.html.select_one("summary span")["lang"] == "fr"
    assert portal.get("/kb/suggest/wifi-lent", headers=EN).html.select_one(".prose")["lang"] == "fr"


def test_four_at_most(write, offered):
    for number in range(6):
        write(fr={**WIFI, "slug": f"wifi-{number}"})
    assert len(offered("wifi")) == 4


def test_what_a_reader_may_not_read_is_neither_offered_nor_shown(portal, write, offered):
    write(audience="technicians", fr=WIFI)
    assert offered("wifi lent") == []
    portal.get("/kb/suggest/wifi-lent", status=404)


def test_a_technician_is_offered_what_is_for_technicians(back_office, write):
    write(audience="technicians", fr=WIFI)
    assert back_office.get("/kb/suggest?q=wifi").html.select("li") != []


def test_a_draft_isnt_offered(write, offered):
    write(fr={**WIFI, "published": False})
    assert offered("wifi") == []


def test_the_subject_counts_more_than_the_message(write, offered):
    write(fr=WIFI)
    assert offered("imprimante", "le wifi est lent")[0] == "imprimante-hors-connexion"


def test_a_subject_about_something_else_isnt_answered_by_a_word_of_the_message(write, offered):
    write(fr=WIFI)
    assert offered("Commande de matériel", "Merci de nous livrer deux bornes wifi") == []


def test_the_message_is_looked_at_where_the_subject_says_nothing(write, offered):
    write(fr=WIFI)
    assert offered("Problème urgent", "Depuis ce matin le wifi est lent, impossible de travailler.") == ["wifi-lent"]
    assert offered("", "Bonjour, le wifi est lent") == ["wifi-lent"]


def test_the_chosen_topic_lifts_what_helps_with_it(write, offered):
    write(more={"topics": ["internet"]}, fr={"slug": "panne-internet", "title": "Connexion en panne"})
    write(more={"topics": ["telephony"]}, fr={"slug": "panne-telephone", "title": "Connexion en panne"})
    assert offered("connexion en panne", topic="telephony")[0] == "panne-telephone"
    assert offered("connexion en panne", topic="internet")[0] == "panne-internet"


def test_a_topic_alone_offers_nothing(write, offered):
    write(more={"topics": ["internet"]}, fr=WIFI)
    assert offered("", "", "internet") == []


def test_a_word_that_is_being_typed_is_enough(write, offered):
    write(fr={"slug": "visio", "title": "Visioconférence sans son"})
    assert offered("visioconf") == ["visio"]


@pytest.mark.parametrize(
    "odd",
    [
        "%",
        "_",
        "\\",
        "'",
        '"',
        "\0",
        "é" * 400,
        "a" * 10_000,
        "<script>",
        "OR 1=1 --",
        "*",
        "-wifi",
        '"wifi',
        "(((",
        "🙂",
    ],
)
def test_odd_words_never_fail(portal, odd):
    assert portal.get("/kb/suggest", {"q": odd, "text": odd, "topic": odd}).status_int in {200, 204}


def test_what_comes_after_three_hundred_characters_isnt_looked_at(write, offered):
    write(fr=WIFI)
    assert offered("." * 300 + " wifi lent") == []


def test_it_sets_no_cookie(portal):
    assert "Set-Cookie" not in portal.get("/kb/suggest?q=imprimante").headers


def test_it_costs_few_statements_however_many_articles(portal, statements, write):
    for number in range(40):
        write(fr={"slug": f"imprimante-{number}", "title": f"Imprimante {number}"})
    portal.get("/kb/suggest?q=imprimante")
    with statements() as sent:
        portal.get("/kb/suggest", {"q": "imprimante hors connexion " * 10, "text": "ecran noir wifi lent " * 10})
    # one to see that no article has changed, one to read what was found, the others are the search's
    assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6


def test_what_says_nothing_asks_the_database_nothing(portal, statements):
    portal.get("/kb/suggest?q=bonjour", status=204)
    with statements() as sent:
        portal.get("/kb/suggest?q=bonjour", status=204)
    assert sent == []


# ------------------------------------------------------------------ on the form


def test_the_form_has_the_place_for_them_and_a_link_for_who_has_no_script(portal):
    page = portal.get("/tickets/new").html
    assert page.select_one("[data-suggest]")["data-suggest"] == "/kb/suggest"
    assert page.select_one("noscript a")["href"] == "/kb"


def test_no_other_page_carries_the_script(portal):
    for address in ("/", "/kb", "/kb/imprimante-hors-connexion", "/tickets/status"):
        assert "suggest.js" not in portal.get(address)


def test_they_are_switched_off_in_the_back_office(portal, back_office):
    form = back_office.get("/admin/settings/plugins/faq").forms["plugin"]
    form["s1"] = "no"
    form.submit(status=303)
    assert "suggest" not in portal.get("/tickets/new").html.main.decode()
    portal.get("/kb/suggest?q=imprimante", status=404)


@pytest.mark.novantic(settings={"novantic.faq.suggestions": "no"})
def test_they_are_switched_off_in_the_file(portal):
    assert portal.get("/tickets/new").html.select_one("[data-suggest]") is None
