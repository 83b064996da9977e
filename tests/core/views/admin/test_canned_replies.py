"""Canned replies: written, previewed, ordered, removed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Action, CannedReply, Category

TEXT = "<p>Bonjour {{requester.first_name}},</p>"


def write(back_office, title="Accueil", html=TEXT, category="", status=303, button="", path="new"):
    form = back_office.get(f"/admin/canned-replies/{path}").forms["canned-reply"]
    form["title"], form["html"], form["category_key"] = title, html, category
    return form.submit(button or None, status=status)


def titles(page):
    return [link.text for link in page.html.select(".rows th > a")]


@pytest.fixture
def only(novantic_app):
    def one():
        with novantic_app.transaction() as session:
            return session.scalars(select(CannedReply)).one()

    return one


def test_none_yet(back_office):
    assert back_office.get("/admin/canned-replies").html.find(class_="empty")


def test_a_reply_is_written_and_shown_as_a_client_would_read_it(back_office, only):
    page = write(back_office).follow()
    assert titles(page) == ["Accueil"]
    assert page.html.select_one(".example .body").text == "Bonjour Claire,"
    assert only().html == TEXT


def test_the_text_is_cleaned(back_office, only):
    write(back_office, html='<p onclick="x()">Bonjour</p><script>alert(1)</script>')
    assert only().html == "<p>Bonjour</p>"


def test_a_category_that_no_ticket_had_yet_can_be_chosen(back_office, only, count):
    write(back_office, category="printer")
    assert only().category_key == "printer"
    assert count(Category) == 1


def test_a_reply_of_a_hidden_category_keeps_it(back_office, only):
    write(back_office, category="printer")
    page = back_office.get("/admin/categories")
    next(f for f in page.forms.values() if f.action == "/admin/categories/printer/hidden").submit(
        "hidden", value="true"
    )
    write(back_office, category="printer", path=only().id)
    assert only().category_key == "printer"
    form = back_office.get("/admin/canned-replies/new").forms["canned-reply"]
    assert "printer" not in [value for value, _selected, _text in form["category_key"].options]


def test_a_variable_that_nobody_knows_is_told_beside_the_text(back_office, count):
    page = write(back_office, html="<p>Bonjour {{requester.frist_name}}</p>", status=422)
    assert "{{requester.frist_name}}" in page.html.find(id="canned-reply-html-error").text
    assert page.html.find(id="preview")
    assert count(CannedReply) == 0


@pytest.mark.parametrize("html", ["", "<p>&nbsp;</p>", '<p><img src="data:image/png;base64,iVBORw0KGgo="></p>'])
def test_a_text_that_is_none(back_office, html):
    assert write(back_office, html=html, status=422).html.find(id="canned-reply-html-error")


def test_a_preview_saves_nothing(back_office, count):
    page = write(back_office, button="preview", status=200)
    assert "Bonjour Claire," in page.html.find(id="preview").text
    assert page.forms["canned-reply"]["title"].value == "Accueil"
    assert count(CannedReply) == 0


def test_every_variable_is_listed(back_office):
    page = back_office.get("/admin/canned-replies/new")
    assert "{{requester.first_name}}" in [code.text for code in page.html.select(".variables code")]


def test_a_reply_is_changed_and_the_trail_knows_what(back_office, only, novantic_app):
    write(back_office)
    write(back_office, title="Bienvenue", path=only().id)
    assert (only().title, only().version) == ("Bienvenue", 2)
    with novantic_app.transaction() as session:
        last = session.scalars(select(Action).order_by(Action.id)).all()[-1]
    assert (last.kind, last.changes) == ("canned_reply_changed", {"title": ["Accueil", "Bienvenue"]})


def test_two_who_change_it_at_once(back_office, only):
    write(back_office, category="printer")
    mine = back_office.get(f"/admin/canned-replies/{only().id}").forms["canned-reply"]
    write(back_office, "Autre", "<p>Autre texte</p>", path=only().id, category="server")
    mine["title"] = "Le mien"
    page = mine.submit(status=409)
    assert "Autre texte" in page.html.find(id="canned-reply-html-error").text
    assert "Serveur" in page.html.find(id="canned-reply-category_key-error").text
    page.forms["canned-reply"].submit(status=303)
    assert only().title == "Le mien"


def test_the_order_is_the_desk_s(back_office):
    for title in ("A", "B", "C"):
        page = write(back_office, title).follow()
    form = next(form for form in page.forms.values() if form.action.endswith("/3/move"))
    assert titles(form.submit("direction", value="up", status=303).follow()) == ["A", "C", "B"]


def test_removing_asks_first_and_the_trail_keeps_the_text(back_office, only, count, novantic_app):
    write(back_office)
    path = f"/admin/canned-replies/{only().id}/remove"
    page = back_office.get(path)
    assert count(CannedReply) == 1
    next(form for form in page.forms.values() if form.action == path).submit(status=303)
    assert count(CannedReply) == 0
    with novantic_app.transaction() as session:
        kept = session.scalars(select(Action).where(Action.kind == "canned_reply_removed")).one()
    assert kept.changes["text"] == ["Bonjour {{requester.first_name}},", None]


def test_one_that_there_is_not(back_office):
    back_office.get("/admin/canned-replies/99", status=404)
