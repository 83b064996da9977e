"""Adding and removing those who follow a ticket."""

from __future__ import annotations

import pytest

from novantic_core.testing.desk import CLAIRE, MARC


@pytest.fixture
def number(small_desk):
    return small_desk.open()


@pytest.fixture
def form(back_office, number):
    return back_office.get(f"/admin/tickets/{number}/followers").forms["follower"]


def follower(novantic_app, number):
    from novantic_core.services.follow import followers_of
    from novantic_core.testing.desk import find

    with novantic_app.transaction() as session:
        (row,) = followers_of(session, find(session, number))
        return row


def test_somebody_outside(form, small_desk, number):
    form["email"], form["name"] = MARC, "Marc  Petit"
    assert form.submit(status=303).location.endswith(f"/admin/tickets/{number}")
    assert small_desk.followers(number) == [MARC]


def test_a_technician_out_of_the_list(back_office, hugo, number, small_desk):
    form = back_office.get(f"/admin/tickets/{number}/followers").forms["follower"]
    form["technician"].select(text="Hugo")
    form.submit(status=303)
    assert small_desk.followers(number) == ["hugo@novantic.example"]
    again = back_office.get(f"/admin/tickets/{number}/followers").forms["follower"]
    assert "Hugo" not in [label for _value, _chosen, label in again["technician"].options]


def test_who_may_not_see_the_ticket_is_not_in_the_list(back_office, hugo, number, hide):
    hide(number)
    form = back_office.get(f"/admin/tickets/{number}/followers").forms["follower"]
    assert "Hugo" not in [label for _value, _chosen, label in form["technician"].options]


@pytest.mark.parametrize(
    "typed, field",
    [
        ({}, "technician"),
        ({"email": "marc@", "name": "Marc"}, "email"),
        ({"email": MARC}, "name"),
        ({"email": CLAIRE, "name": "Claire"}, "email"),
        ({"email": "admin@novantic.example", "name": "Ada"}, "email"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(form, small_desk, number, typed, field):
    for name, value in typed.items():
        form[name] = value
    page = form.submit(status=422)
    assert page.html.find(id=f"follower-{field}-error").text
    assert small_desk.followers(number) == []


def test_nobody_twice(form, small_desk, number):
    small_desk.follow(number, MARC)
    form["email"], form["name"] = MARC.upper(), "Marc"
    assert form.submit(status=422).html.find(id="follower-email-error").text


def test_a_made_up_technician_is_refused(form, number):
    form["technician"].force_value("999")
    assert form.submit(status=422).html.find(id="follower-technician-error").text


def test_at_most_twenty(form, press, small_desk, number):
    for n in range(20):
        small_desk.follow(number, f"a{n}@x.example.com")
    form["email"], form["name"] = MARC, "Marc"
    assert "20" in form.submit(status=422).html.find(class_="summary").text
    press(f"/admin/tickets/{number}/follow")
    assert len(small_desk.followers(number)) == 20


def test_oneself_by_one_button_and_no_longer(press, small_desk, number, novantic_app):
    press(f"/admin/tickets/{number}/follow")
    press(f"/admin/tickets/{number}/follow")
    assert small_desk.followers(number) == ["admin@novantic.example"]
    press(f"/admin/tickets/{number}/followers/{follower(novantic_app, number).id}/remove")
    assert small_desk.followers(number) == []


def test_one_of_another_ticket_is_not_removed_from_here(press, small_desk, number, novantic_app):
    other = small_desk.open()
    small_desk.follow(other, MARC)
    press(f"/admin/tickets/{number}/followers/{follower(novantic_app, other).id}/remove", status=404)
    assert small_desk.followers(other) == [MARC]


def test_whose_ticket_goes_on_here_is_not_removed(back_office, press, small_desk, number, novantic_app):
    theirs = small_desk.open(MARC)
    small_desk.merge(theirs, number)
    press(f"/admin/tickets/{number}/followers/{follower(novantic_app, number).id}/remove")
    assert small_desk.followers(number) == [MARC]
    assert theirs in back_office.get("/admin").html.find(class_="done").text
