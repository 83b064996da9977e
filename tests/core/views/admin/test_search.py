"""What words find, as the back office shows it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.models import Ticket
from novantic_core.values import SearchHits


def shown(page):
    """The numbers of the page's rows, in order."""
    return [row["data-number"] for row in page.html.select("table tbody tr")]


def told(page):
    return [" ".join(one.text.split()) for one in page.html.select("main .notice")]


@pytest.fixture
def find(desk):
    """The page of what somebody typed; ``find(words, sort="-created")``."""
    return lambda typed, **more: desk.get("/admin/tickets", params={"q": typed, **more})


@pytest.fixture
def printer(open_ticket, say):
    """A ticket with a discussion: its number."""
    number = open_ticket(subject="Imprimante HP – hors connexion", message="Rien ne sort du bac à papier depuis hier.")
    say(number, "Le pilote a été réinstallé, redémarrez l'ordinateur s'il vous plaît.")
    return number


@pytest.mark.parametrize("typed", [
    "imprimantes", "IMPRIMANTE", "redemarrer", "bacs papiers", '"hors connexion"', "hp -toner", "lefevre", "Lefèvre",
    "claire@lefevre.example.com", "@lefevre.example.com", "0144556677", "+33 1 44 55 66 77", "boulangerie",
    "de:claire", 'from:"claire lefèvre"', "from:01.44.55.66.77", "imprimante statut:ouvert", "catégorie:imprimante",
    "imprimante -statut:fermé", "imprimante depuis:2020", "réinst*",
])  # fmt: skip
def test_what_one_remembers_finds_the_ticket(find, printer, typed):
    assert shown(find(typed)) == [printer]


@pytest.mark.parametrize("typed", [
    "toner", '"connexion hors"', "papier -hp", "de:redémarrer", "imprimante statut:fermé", "imprimante avant:2020",
    "catégorie:serveur", 'imprimante category:"boîte mail"', "%", "*", '"', "-imprimante",
])  # fmt: skip
def test_what_it_does_not_have_does_not_find_it(find, printer, typed):
    assert shown(find(typed)) == []


def test_the_sentence_that_has_the_words_stands_below_the_subject(find, printer):
    row = find("papiers").html.find("tr", {"data-number": printer})
    assert row.find(class_="excerpt").text.strip() == "Rien ne sort du bac à papier depuis hier."
    assert [mark.text for mark in row.select("mark")] == ["papier"]


def test_nobodys_words_are_markup(find, open_ticket):
    number = open_ticket(message="Un <b>gras</b> <script>alert(1)</script> papier")
    row = find("papier").html.find("tr", {"data-number": number})
    assert not row.select("script")


def test_notes_are_searched_too(find, printer, back_office):
    form = back_office.get(f"/admin/tickets/{printer}").forms["note"]
    form["message"] = "<p>Le client est grincheux.</p>"
    form.submit(status=303)
    assert shown(find("grincheuse")) == [printer]


@pytest.mark.parametrize("typed", ["releve_compteur.pdf", "relevé", "compteurs", "123 456 789", "123456789"])
def test_names_of_files_and_the_fields_of_the_form_are_searched_too(find, open_ticket, typed):
    number = open_ticket(teamviewer_id="123 456 789", attachments=[Upload("releve_compteur.pdf", b"%PDF-1.7")])
    assert shown(find(typed)) == [number]


def test_the_best_come_first_or_the_newest(find, open_ticket):
    subject = open_ticket(subject="Toner vide", message="Le toner est vide.")
    aside = open_ticket(subject="Plus de papier", message="Et au fait, quelqu'un a pris le toner. " + "Rien. " * 40)
    page = find("toner")
    assert shown(page) == [subject, aside]
    page = page.click("Newest first")
    assert shown(page) == [aside, subject]
    assert page.html.select_one(".orders a[aria-current]").text == "Newest first"


def test_words_that_nothing_has_are_taken_for_beginnings(find, printer):
    page = find("redém")
    assert shown(page) == [printer]
    assert "begin like them" in told(page)[0]


def test_where_nothing_has_all_words_the_most_of_them_do(find, printer, open_ticket):
    open_ticket(subject="Toner", message="Il manque du toner.")
    page = find("imprimante papier fusée")
    assert shown(page)[0] == printer
    assert "have some of them" in told(page)[0]


def test_what_was_not_understood_is_said_and_looked_for(find, printer):
    page = find("imprimante avant:hier")
    assert "“hier” is no day" in told(page)[0]
    assert shown(page) == [printer], "hier is a word like another"
    assert "“quai” is no status" in told(find("statut:quai"))[0]


def test_filters_and_words_go_together(find, printer, open_ticket):
    open_ticket(subject="Imprimante", topic="server")
    page = find("imprimante", category="printer")
    assert shown(page) == [printer]
    assert page.html.find("input", {"name": "q"})["value"] == "imprimante"


def test_all_of_many_can_be_come_to(find, desk, make_tickets):
    numbers = make_tickets(*[{"subject": "Panne"} for _one in range(60)])
    page, seen = find("panne", sort="-created"), []
    for count in (20, 20, 20):
        seen += shown(page)
        assert len(shown(page)) == count
        page = page.click("Next") if page.html.find("a", rel="next") else page
    assert seen == numbers[::-1]
    page = page.click("Previous").click("Previous")
    assert shown(page) == numbers[:-21:-1]
    for odd in ("0", "-1", "99999", "x", "٣"):
        desk.get("/admin/tickets", params={"q": "panne", "page": odd}, status=200)


def test_what_is_hidden_is_not_found(novantic_app, printer, hire, sign_in, find):
    from novantic_core.models import Team

    hire()
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
        session.scalars(select(Ticket)).one().team = "board"
    novantic_app.site.preferences_cache.forget()
    assert shown(find("imprimante")) == [printer]
    client = sign_in()
    assert shown(client.get("/admin/tickets?q=imprimante")) == []
    assert printer not in client.get("/admin/tickets?q=de:claire").text


def test_the_chosen_ones_of_what_was_found_are_changed(find, printer, desk):
    form = find("imprimante").forms["bulk"]
    form["number"] = [printer]
    form["status"] = "closed"
    page = form.submit(status=303)
    assert "q=imprimante" in page.location
    assert shown(find("imprimante statut:fermé")) == [printer]


def test_a_search_that_was_cut_says_so(find, printer, novantic_app, monkeypatch):
    whole = novantic_app.site.search_engine.find

    def cut(*arguments, **options):
        return SearchHits(whole(*arguments, **options), complete=False)

    monkeypatch.setattr(novantic_app.site.search_engine, "find", cut)
    page = find("imprimante")
    assert shown(page) == [printer]
    assert "the oldest may be missing" in told(page)[0]


ODD = ['"' * 100, "a" * 10_000, "NEAR(a b)", "a AND", "OR OR", "a:b:c", "{x}", "^", "col:x", "\\", "%_%", "'; DROP",
       "é" * 300, "(" * 50 + ")" * 50, "* *", "-" * 50, "from:", "from:%", 'from:"', "\u202e", "🖨️", "&|!", "<->",
       "l'", "de la", "x" * 41, "1 2 3 " * 200]  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_no_search_fails(find, printer, typed):
    find(typed, status=200)


def test_a_search_costs_few_statements_however_much_it_finds(find, make_tickets, statements):
    make_tickets({"subject": "Panne"})
    find("panne")
    with statements() as few:
        find("panne")
    make_tickets(*[{"subject": "Panne", "number": f"{800000 + one}"} for one in range(30)])
    with statements() as many:
        find("panne")
    assert len(many) == len(few) <= 9
