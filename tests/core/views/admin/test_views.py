"""Saved views: kept under a name, in the menu with their count, for who saved them alone."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from novantic_core.models import SavedView
from novantic_core.testing import PASSWORD


@pytest.fixture
def save(desk):
    """Save the view of a query under a name: the page that follows."""

    def do(query, name, status=303):
        page = desk.get(f"/admin/tickets?{query}")
        form = next(form for form in page.forms.values() if form.action == "/admin/tickets/views")
        form["name"] = name
        answer = form.submit(status=status)
        return answer.follow() if status == 303 else answer

    return do


def names(page):
    return [one.text for one in page.html.select(".own-views strong")]


def form_of(page, name):
    place = names(page).index(name)
    action = page.html.select(".own-views form")[place]["action"]
    return next(form for form in page.forms.values() if form.action == action)


def test_a_view_stands_in_the_menu_with_its_count(save, open_ticket):
    open_ticket()
    page = save("category=printer&assignee=none&sort=subject", "Printers")
    link = page.html.find("a", href="/admin/tickets?category=printer&assignee=none&sort=subject", string=None)
    assert " ".join(link.text.split()) == "Printers 1"
    assert link["aria-current"] == "page"
    assert page.html.h1.text == "Printers"


def test_saving_again_under_a_name_replaces_what_it_shows(save, novantic_app):
    save("category=printer", "Mine")
    save("status=closed", "mine")
    with novantic_app.transaction() as session:
        assert [(view.name, view.query) for view in session.scalars(select(SavedView))] == [("mine", "status=closed")]


@pytest.mark.parametrize("name, said", [(" ", "give the view a name"), ("x" * 61, "At most 60")])
def test_a_name_is_needed_and_bearable(save, name, said):
    page = save("category=printer", name, 422)
    assert said in page.html.find(id="view-name-error").text
    assert page.html.find(id="view-name")["value"] == name


def test_there_is_an_end_to_views(save, monkeypatch):
    monkeypatch.setattr("novantic_core.services.saved_view.MOST", 1)
    save("status=open", "One")
    assert "remove one first" in save("status=closed", "Two", 422)


def test_filters_that_are_too_long_are_not_saved(save):
    assert "too long" in save("q=" + "%C3%A9" * 200, "Long", 422)


def test_views_are_renamed_ordered_and_removed(save, desk):
    for name in ("A", "B", "C"):
        save("status=open", name)
    page = desk.get("/admin/tickets/views")
    assert names(page) == ["A", "B", "C"]
    page = form_of(page, "C").submit("do", value="up").follow()
    assert names(page) == ["A", "C", "B"]
    page = form_of(page, "A").submit("do", value="down").follow()
    assert names(page) == ["C", "A", "B"]
    form = form_of(page, "A")
    form["name"] = "Ändern"
    page = form.submit("do", value="rename").follow()
    assert names(page) == ["C", "Ändern", "B"]
    page = form_of(page, "C").submit("do", value="remove").follow()
    assert names(page) == ["Ändern", "B"]


def test_the_first_goes_no_further_up(save, desk):
    save("status=open", "A")
    page = desk.get("/admin/tickets/views")
    form = form_of(page, "A")
    token, action = form["csrf_token"].value, form.action
    desk.post(action, {"csrf_token": token, "do": "up"}, status=303)
    desk.post(action, {"csrf_token": token, "do": "dance"}, status=303)
    assert names(desk.get("/admin/tickets/views")) == ["A"]


def test_two_views_have_two_names(save, desk):
    save("status=open", "A")
    save("status=closed", "B")
    form = form_of(desk.get("/admin/tickets/views"), "B")
    form["name"] = "a"
    page = form.submit("do", value="rename", status=422)
    assert "Another of your views" in page


def test_somebody_else_neither_sees_nor_touches_them(save, desk, novantic_app):
    save("status=open", "Private")
    action = desk.get("/admin/tickets/views").html.select_one(".own-views form")["action"]
    novantic_app.add_technician()
    client = novantic_app.client()
    login = client.get("/admin/login").forms["sign-in"]
    login["login"], login["password"] = "hugo@novantic.example", PASSWORD
    login.submit()
    page = client.get("/admin/tickets/views")
    assert "Private" not in page
    token = next(form for form in page.forms.values() if form.action == "/admin/logout")["csrf_token"].value
    client.post(action, {"csrf_token": token, "do": "remove"}, status=404)
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(SavedView)) == 1


def test_an_empty_page_says_how_one_is_made(desk):
    assert "You have none yet" in desk.get("/admin/tickets/views")
