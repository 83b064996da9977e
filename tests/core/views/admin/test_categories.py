"""Categories and priorities in the desk's own way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Action, Category, Ticket


def topics(client):
    return [text for _value, _selected, text in client.get("/tickets/new").forms["ticket"]["topic"].options][1:]


def press(page, action, **values):
    """Press the button of the form with this action."""
    form = next(form for form in page.forms.values() if form.action == action)
    return form.submit(next(iter(values)), value=values[next(iter(values))]) if values else form.submit()


@pytest.fixture
def actions(novantic_app):
    def kinds():
        with novantic_app.transaction() as session:
            return [(row.kind, row.actor_name, row.subject) for row in session.scalars(select(Action))]

    return kinds


def rename(back_office, key, french, english):
    form = back_office.get(f"/admin/categories/{key}/edit").forms["category"]
    form["fr"], form["en"] = french, english
    return form.submit(status=303).follow()


def test_all_categories_are_listed_with_who_offers_them(back_office):
    page = back_office.get("/admin/categories")
    row = page.html.find(id="row-printer")
    assert "Imprimante" in row.text
    assert "Printer" in row.find(lang="en").text
    assert "categories" in row.text


def test_a_category_is_renamed_in_both_languages(back_office, portal, english, actions):
    rename(back_office, "printer", "Impression", "Printing")
    portal.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert "Impression" in topics(portal)
    portal.extra_environ["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Printing" in topics(portal)
    assert actions() == [("category_renamed", "Ada", "Printer")]


def test_a_renamed_category_is_still_its_plugin_s_and_gets_its_words_back(back_office, portal):
    page = rename(back_office, "printer", "Impression", "")
    row = page.html.find(id="row-printer")
    assert "« Imprimante »" in row.text.replace("\u00a0", " ")
    assert "categories" in row.text
    press(page, "/admin/categories/printer/words").follow()
    assert "Imprimante" in topics(portal)


def test_a_language_left_out_keeps_the_plugin_s_words(back_office, english):
    rename(back_office, "printer", "Impression", "")
    assert "Printer" in topics(english)


def test_empty_words_are_the_plugin_s(back_office, portal):
    rename(back_office, "printer", "Impression", "Printing")
    rename(back_office, "printer", "", "")
    assert "Imprimante" in topics(portal)


def test_the_order_of_the_form_is_the_desk_s(back_office, portal):
    page = back_office.get("/admin/categories")
    press(page, "/admin/categories/printer/move", direction="up")
    assert topics(portal)[:2] == ["Imprimante", "Boite mail"]
    page = back_office.get("/admin/categories")
    press(page, "/admin/categories/printer/move", direction="down")
    assert topics(portal)[:2] == ["Boite mail", "Imprimante"]


def test_the_first_can_not_go_up(back_office, portal):
    before = topics(portal)
    press(back_office.get("/admin/categories"), "/admin/categories/mailbox/move", direction="up")
    assert topics(portal) == before


def test_a_hidden_category_is_offered_to_nobody_and_tickets_keep_theirs(back_office, portal, open_ticket, visit):
    discussion = visit(topic="printer").request.path
    page = back_office.get("/admin/categories")
    page = press(page, "/admin/categories/printer/hidden", hidden="true").follow()
    assert "Imprimante" not in topics(portal)
    assert "Imprimante" in portal.get(discussion).html.find(class_="facts").text
    press(page, "/admin/categories/printer/hidden", hidden="false")
    assert "Imprimante" in topics(portal)


def test_hiding_twice_is_one_change(back_office, actions):
    page = back_office.get("/admin/categories")
    for _twice in range(2):
        press(page, "/admin/categories/printer/hidden", hidden="true")
    assert [kind for kind, _who, _what in actions()] == ["category_hidden"]


def add(back_office, french="", english="", status=303):
    form = back_office.get("/admin/categories/new").forms["category"]
    form["fr"], form["en"] = french, english
    return form.submit(status=status)


def test_a_category_of_the_desk_s_own_stands_at_the_end(back_office, portal, novantic_app, open_ticket):
    page = add(back_office, "Caisse enregistreuse", "Cash register").follow()
    row = page.html.find(id="row-desk-caisse-enregistreuse")
    assert row.find("code") is None, "it is no plugin's"
    assert topics(portal)[-1] == "Caisse enregistreuse"
    open_ticket(topic="desk-caisse-enregistreuse")
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.category_key)).one() == "desk-caisse-enregistreuse"


def test_two_of_one_name_have_each_their_key(back_office, novantic_app):
    add(back_office, "Caisse")
    add(back_office, "Caisse")
    add(back_office, "日本語")
    with novantic_app.transaction() as session:
        keys = session.scalars(select(Category.key).where(Category.plugin == "")).all()
    assert len(set(keys)) == 3
    assert {"desk-caisse", "desk-category"} < set(keys)


def test_an_own_category_needs_a_name(back_office):
    page = add(back_office, status=422)
    assert page.html.find(id="category-fr-error")
    add(back_office, "Caisse")
    form = back_office.get("/admin/categories/desk-caisse/edit").forms["category"]
    form["fr"] = ""
    assert form.submit(status=422).html.find(id="category-fr-error")


def test_an_own_category_is_renamed(back_office, portal):
    add(back_office, "Caisse")
    rename(back_office, "desk-caisse", "Caisses", "Tills")
    assert topics(portal)[-1] == "Caisses"


def test_two_who_rename_at_once_keep_both_words(back_office):
    mine = back_office.get("/admin/categories/printer/edit").forms["category"]
    rename(back_office, "printer", "Impression", "")
    mine["fr"] = "Imprimantes"
    page = mine.submit(status=409)
    assert "Impression" in page.html.find(id="category-fr-error").text
    assert page.forms["category"]["fr"].value == "Imprimantes"
    page.forms["category"].submit(status=303)


@pytest.mark.parametrize("path", ["nothing/edit", "nothing/move", "nothing/hidden", "nothing/words"])
def test_a_category_that_nobody_offers(back_office, path):
    token = back_office.get("/admin/categories/new").forms["category"]["csrf_token"].value
    if path.endswith("edit"):
        back_office.get(f"/admin/categories/{path}", status=404)
    else:
        back_office.post(f"/admin/categories/{path}", {"csrf_token": token}, status=404)


@pytest.mark.parametrize("path", ["printer/move", "printer/hidden"])
def test_a_button_that_there_is_not(back_office, path):
    token = back_office.get("/admin/categories/new").forms["category"]["csrf_token"].value
    back_office.post(f"/admin/categories/{path}", {"csrf_token": token}, status=400)


def test_priorities_have_the_desk_s_words(back_office, portal, actions):
    form = back_office.get("/admin/priorities").forms["priorities"]
    assert form["fr0"].attrs["placeholder"] == "Urgent"
    form["fr0"] = "Bloquant"
    page = form.submit(status=303).follow()
    assert page.forms["priorities"]["fr0"].value == "Bloquant"
    levels = [text for _v, _s, text in portal.get("/tickets/new").forms["ticket"]["priority"].options]
    assert "Bloquant" in levels
    assert actions() == [("priority_renamed", "Ada", "Urgent")]
    page.forms["priorities"]["fr0"] = ""
    page.forms["priorities"].submit()
    levels = [text for _v, _s, text in portal.get("/tickets/new").forms["ticket"]["priority"].options]
    assert "Urgent" in levels


def test_a_word_that_is_too_long(back_office):
    form = back_office.get("/admin/priorities").forms["priorities"]
    form["fr0"] = "x" * 61
    assert form.submit(status=422).html.find(id="priorities-fr0-error")
