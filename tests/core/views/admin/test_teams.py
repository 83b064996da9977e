"""Teams: added, renamed, ordered, private, hidden; the default one is always there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Action, Team


def press(page, action, **values):
    form = next(form for form in page.forms.values() if form.action == action)
    name, value = next(iter(values.items()))
    return form.submit(name, value=value, status=303).follow()


def add(back_office, label, private=False, status=303):
    form = back_office.get("/admin/teams/new").forms["team"]
    form["label"], form["private"] = label, private
    return form.submit(status=status)


def names(page):
    return [link.text for link in page.html.select(".rows th a")]


def test_the_default_team_is_there_before_anybody_set_up_any(back_office, count):
    page = back_office.get("/admin/teams")
    assert names(page) == ["Support"]
    assert count(Team) == 0


def test_a_team_is_added_at_the_end(back_office, novantic_app):
    assert names(add(back_office, "Réseau").follow()) == ["Support", "Réseau"]
    with novantic_app.transaction() as session:
        assert session.scalars(select(Action.kind)).all() == ["team_added"]


@pytest.mark.parametrize("label", ["Support", "support", "Réseau"])
def test_two_teams_of_one_name_would_be_taken_for_one_another(back_office, label):
    add(back_office, "Réseau")
    assert add(back_office, label, status=422).html.find(id="team-label-error")


def test_a_renamed_team_shows_its_new_name_to_clients_and_keeps_its_tickets(back_office, portal, visit, mailbox):
    page = visit()
    form = back_office.get("/admin/teams/Support/edit").forms["team"]
    form["label"] = "Assistance"
    form.submit(status=303)
    assert "Assistance" in portal.get(page.request.path).html.find(class_="facts").text
    visit(email="paul@example.com")
    told = mailbox.to("admin@novantic.example")[-1]
    assert "Assistance" in mailbox.text(told)
    assert "Assistance" in mailbox.html(told)


def test_a_team_that_was_renamed_says_what_plugins_know_it_by(back_office):
    add(back_office, "Réseau")
    form = back_office.get("/admin/teams/R%C3%A9seau/edit").forms["team"]
    form["label"] = "Réseaux et téléphonie"
    form.submit(status=303)
    assert "Réseau" in back_office.get("/admin/teams/R%C3%A9seau/edit").html.find(class_="lead").text


def test_a_team_can_not_take_another_one_s_name(back_office):
    add(back_office, "Réseau")
    form = back_office.get("/admin/teams/R%C3%A9seau/edit").forms["team"]
    form["label"] = "Support"
    assert form.submit(status=422).html.find(id="team-label-error")
    form["label"] = "RÉSEAU"
    form.submit(status=303)


def test_a_private_team_is_marked(back_office, novantic_app):
    page = add(back_office, "Direction", private=True).follow()
    assert page.html.select(".rows .tag.waiting")
    assert novantic_app.site.teams["Direction"].private


def test_two_who_save_a_team_at_once(back_office):
    add(back_office, "Réseau")
    mine = back_office.get("/admin/teams/R%C3%A9seau/edit").forms["team"]
    other = back_office.get("/admin/teams/R%C3%A9seau/edit").forms["team"]
    other["label"] = "Réseaux"
    other.submit(status=303)
    mine["label"] = "Réseau et wifi"
    page = mine.submit(status=409)
    assert "Réseaux" in page.html.find(id="team-label-error").text
    page.forms["team"].submit(status=303)


def test_teams_stand_in_the_desk_s_order(back_office):
    add(back_office, "Réseau")
    page = add(back_office, "Direction").follow()
    page = press(page, "/admin/teams/Direction/move", direction="up")
    assert names(page) == ["Support", "Direction", "Réseau"]
    page = press(page, "/admin/teams/Direction/move", direction="up")
    assert names(page) == ["Direction", "Support", "Réseau"]


def test_a_team_is_hidden_and_shown_again(back_office, novantic_app):
    page = add(back_office, "Réseau").follow()
    for hidden, words in (("true", True), ("false", False)):
        page = press(page, "/admin/teams/R%C3%A9seau/hidden", hidden=hidden)
        assert novantic_app.site.teams["Réseau"].hidden is words


def test_the_default_team_can_not_be_hidden(back_office, novantic_app):
    token = back_office.get("/admin/teams/new").forms["team"]["csrf_token"].value
    page = back_office.post("/admin/teams/Support/hidden", {"csrf_token": token, "hidden": "true"}, status=303).follow()
    assert not novantic_app.site.teams["Support"].hidden
    assert page.html.find(class_="done")


def test_a_team_that_there_is_not(back_office):
    back_office.get("/admin/teams/Nobody/edit", status=404)


@pytest.mark.novantic(settings={"novantic.default_team": "Niveau 1/2"})
def test_a_team_whose_name_has_a_slash(back_office):
    page = back_office.get("/admin/teams")
    page = page.click("^Niveau 1/2$")
    page.forms["team"]["label"] = "Niveau 1"
    assert "Niveau 1" in names(page.forms["team"].submit(status=303).follow())
