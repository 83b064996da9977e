"""The pages of the knowledge base, as a reader meets them."""

from __future__ import annotations

import pytest

from novantic_faq.models import Address, Related

pytestmark = pytest.mark.usefixtures("portal_theme")

EN = {"Accept-Language": "en"}
WIFI = {"slug": "wifi-lent", "title": "Le Wi-Fi est lent"}


def titles(page):
    return [link.text for link in page.html.select("main .list a")]


def test_the_list_shows_articles_by_category(portal):
    page = portal.get("/kb")
    shelves = [section.h2.text for section in page.html.select("main section")]
    assert shelves == ["Le support, mode d’emploi", "Prise en main à distance", "Imprimantes"]
    assert [link.text for link in page.html.select("main section")[0].select("a")] == [
        "Ouvrir un ticket et le suivre",
        "Bien décrire un problème",
        "Qu’est-ce qu’une situation critique\u00a0?",
    ]


def test_the_list_is_in_the_readers_language(portal):
    page = portal.get("/kb", headers=EN)
    assert page.html.select_one("main section h2").text == "How support works"
    assert "/kb/open-and-follow-a-ticket" in page


def test_an_article_has_its_title_and_the_way_back(portal):
    page = portal.get("/kb").click("Où trouver votre ID TeamViewer")
    assert page.html.h1.text == "Où trouver votre ID TeamViewer"
    assert page.html.title.text.startswith("Où trouver votre ID TeamViewer")
    assert [link["href"] for link in page.html.select(".breadcrumbs a")] == ["/", "/kb", "/kb#category-remote"]


def test_an_article_says_the_day_it_was_updated_in_the_sites_zone(portal, write):
    write(fr=WIFI)
    assert portal.get("/kb/wifi-lent").html.find("time").text == "15 mars 2026"


def test_a_reader_of_another_language_is_led_to_the_article_in_theirs(portal):
    page = portal.get("/kb/imprimante-hors-connexion", headers=EN, status=302).follow(headers=EN)
    assert page.request.path == "/kb/printer-offline"
    assert page.html.h1.text == "Printer offline: the first checks"


def test_the_language_switch_keeps_the_article(portal):
    page = portal.get("/kb/imprimante-hors-connexion")
    switch = [form for form in page.forms.values() if form.action == "/language"][-1]
    page = switch.submit("lang", value="en").follow().follow()
    assert page.request.path == "/kb/printer-offline"


def test_who_says_no_language_reads_that_of_the_address(portal, words):
    page = portal.get("/kb/printer-offline")
    assert page.html.html["lang"] == "en"
    assert page.html.h1.text == "Printer offline: the first checks"
    way = [words("Home"), words("Knowledge base"), "Printers"]
    assert [link.text for link in page.html.select(".breadcrumbs a")] == way
    assert portal.get("/kb").html.html["lang"] == "fr"


def test_a_reader_goes_on_in_the_articles_other_language(portal):
    page = portal.get("/kb/imprimante-hors-connexion")
    button = page.html.select_one(".kb-about button")
    assert (button.text, button["value"]) == ("Le lire en anglais", "en")
    form = next(form for form in page.forms.values() if form.action == "/language")
    page = form.submit("lang", value="en").follow()
    assert page.request.path == "/kb/printer-offline"
    assert portal.get("/kb").html.html["lang"] == "en"


def test_search_engines_are_told_of_the_address_and_of_those_in_other_languages(portal, write):
    head = portal.get("/kb/printer-offline").html.head
    site = "http://support.example.com/kb"
    assert head.find("link", rel="canonical")["href"] == f"{site}/printer-offline"
    assert {link["hreflang"]: link["href"] for link in head.select("link[hreflang]")} == {
        "en": f"{site}/printer-offline",
        "fr": f"{site}/imprimante-hors-connexion",
        "x-default": f"{site}/imprimante-hors-connexion",
    }
    assert head.find("meta", attrs={"name": "description"})["content"].startswith("Five minutes, in this order")
    write(fr=WIFI)
    assert portal.get("/kb/wifi-lent").html.select("link[hreflang]") == []


def test_a_printed_article_says_its_address(portal):
    assert (
        portal.get("/kb/printer-offline")
        .html.select_one(".kb-printed")
        .text.endswith("http://support.example.com/kb/printer-offline")
    )


def test_what_somebody_chose_to_be_read_next_is_shown_in_that_order(portal, write, novantic_app):
    article, wifi = write(fr=WIFI), write(fr={"slug": "reseau", "title": "Le réseau"})
    secret = write(fr={"slug": "coffre", "title": "Le coffre"}, audience="technicians")
    draft = write(fr={"slug": "brouillon", "title": "Brouillon", "published": False})
    with novantic_app.transaction() as session:
        printer = session.query(Address).filter_by(slug="printer-offline").one().article_id
        for position, other in enumerate([secret, wifi, draft, printer]):
            session.add(Related(article_id=article, other_id=other, position=position))
    assert [link["href"] for link in portal.get("/kb/wifi-lent").html.select(".kb-related a")] == [
        "/kb/reseau", "/kb/imprimante-hors-connexion",
    ]  # fmt: skip


def test_an_article_that_is_in_one_language_only_is_shown_in_that_one_and_says_so(portal, write):
    write(fr=WIFI)
    page = portal.get("/kb/wifi-lent", headers=EN)
    assert page.html.find(class_="article")["lang"] == "fr"
    assert "here it is in French" in page.html.find(class_="notice").text


def test_a_list_tells_the_language_of_an_article_that_is_not_in_the_readers(portal, write):
    write(fr=WIFI)
    assert portal.get("/kb", headers=EN).html.find("a", href="/kb/wifi-lent")["lang"] == "fr"


def test_an_old_address_leads_to_the_article(portal, write, novantic_app):
    article = write(fr=WIFI)
    with novantic_app.transaction() as session:
        session.add(Address(slug="internet-lent", article_id=article))
    assert portal.get("/kb/internet-lent", status=302).location.endswith("/kb/wifi-lent")


@pytest.mark.parametrize("address", ["/kb/there-is-none", "/kb/a%00b", "/kb/Imprimante", "/kb/" + "a" * 5000])
def test_an_unknown_address_is_not_found(portal, address):
    page = portal.get(address, status=404)
    assert page.html.find("a", href="/kb")


def test_a_draft_is_not_shown(portal, write):
    write(fr={**WIFI, "published": False})
    portal.get("/kb/wifi-lent", status=404)
    assert "Le Wi-Fi est lent" not in portal.get("/kb")
    assert "Le Wi-Fi est lent" not in portal.get("/kb?q=lent")


def test_a_draft_in_the_readers_language_leaves_the_other(portal, write):
    write(fr={**WIFI, "published": False}, en={"slug": "slow-wifi", "title": "Slow Wi-Fi"})
    page = portal.get("/kb/wifi-lent", status=302).follow()
    assert page.html.h1.text == "Slow Wi-Fi"


def test_who_is_still_stuck_is_led_to_the_form(portal):
    assert portal.get("/kb/imprimante-hors-connexion").html.select_one(".stuck a")["href"] == "/tickets/new"


@pytest.mark.novantic(plugins=["faq"])
def test_without_a_form_there_is_no_link_to_it(portal):
    assert "/tickets/new" not in portal.get("/kb")
    assert "/tickets/new" not in portal.get("/kb/imprimante-hors-connexion")


def test_a_knowledge_base_without_articles_says_so(portal, empty):
    assert "Il n’y a pas encore d’article." in portal.get("/kb")
    assert not portal.get("/").html.find(class_="answers")


def test_the_knowledge_base_is_the_second_tab(portal, words):
    name = words("Knowledge base", "fr")
    for address, current in (("/kb", "page"), ("/kb/imprimante-hors-connexion", "true")):
        tabs = portal.get(address).html.select("header nav a")
        assert (tabs[1].text, tabs[1]["href"], tabs[1]["aria-current"]) == (name, "/kb", current)
        assert [tab.get("aria-current") for tab in tabs].count(None) == len(tabs) - 1


def test_the_home_page_shows_the_first_articles(portal):
    assert titles(portal.get("/")) == [
        "Ouvrir un ticket et le suivre",
        "Bien décrire un problème",
        "Qu’est-ce qu’une situation critique\u00a0?",
        "Où trouver votre ID TeamViewer",
    ]


def test_the_search_of_the_home_page_finds_articles(portal):
    form = next(form for form in portal.get("/").forms.values() if form.action == "/search")
    form["q"] = "imprimante"
    assert "Imprimante hors connexion" in titles(form.submit())[0]


@pytest.mark.novantic(plugins=["webform"])
def test_a_site_without_the_plugin_works(portal):
    assert "/kb" not in portal.get("/")
    portal.get("/kb", status=404)


def test_an_administrator_decides_how_many_stand_on_the_home_page(portal, back_office):
    assert len(portal.get("/").html.select('.list a[href^="/kb/"]')) == 4
    form = back_office.get("/admin/settings/plugins/faq").forms["plugin"]
    form["s0"] = "many"
    assert "un nombre entier de 0 à 20" in form.submit(status=422).html.find(id="plugin-s0-error").text
    for typed, shown in (("2", 2), ("21", 2), ("0", 0), ("", 4)):
        form["s0"] = typed
        form.submit(status="*")
        form = back_office.get("/admin/settings/plugins/faq").forms["plugin"]
        assert len(portal.get("/").html.select('.list a[href^="/kb/"]')) == shown
