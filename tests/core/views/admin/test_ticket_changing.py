"""What stands beside the discussion: status, assignee and team, priority, category and the fields of plugins."""

from __future__ import annotations

import types

import pytest
from webtest import Upload

from novantic_core.models import Category, Team
from novantic_core.plugin import FieldError, TicketField, hookimpl


def words(element):
    return " ".join(element.get_text(" ").split())


def told(page):
    return [words(one) for one in page.html.find_all(class_="done")]


@pytest.fixture
def number(open_ticket):
    return open_ticket(teamviewer_id="123456789")


@pytest.fixture
def send(desk, number):
    """Post to one of the ticket's addresses with the page's token: the answer."""

    def post(path, values, **options):
        page = desk.get(f"/admin/tickets/{number}")
        values = {"csrf_token": page.forms["reply"]["csrf_token"].value, **values}
        return desk.post(f"/admin/tickets/{number}/{path}", values, **options)

    return post


@pytest.fixture
def teams(novantic_app):
    with novantic_app.transaction() as session:
        session.add(Team(key="network", label="Réseau"))
        session.add(Team(key="board", label="Direction", private=True))
        session.add(Team(key="old", label="Ancienne", hidden=True))
    novantic_app.site.preferences_cache.forget()


# ------------------------------------------------------------------ status


@pytest.mark.parametrize(
    "status, sentence",
    [
        ("waiting", "The ticket waits for the client, who is told."),
        ("closed", "The ticket is closed; the client is told."),
        ("open", "Nothing has been changed: it is “Open” already."),
    ],
)
def test_the_status_is_changed_and_said(send, row, number, status, sentence):
    page = send("status", {"status": status}, status=303).follow()
    assert told(page) == [sentence]
    assert row(number).status == status
    assert page.html.find("button", {"aria-pressed": "true", "name": "status"})["value"] == status


def test_a_closed_ticket_can_be_opened_again(send):
    send("status", {"status": "closed"})
    assert told(send("status", {"status": "open"}).follow()) == ["The ticket is open; the client is told."]


def test_waiting_tells_the_client(send, mailbox):
    send("status", {"status": "waiting"})
    assert mailbox.text(mailbox.to("claire@lefevre.example.com")[-1]).startswith("Nous attendons votre réponse")


@pytest.mark.parametrize(
    "path, values, sentence",
    [
        ("status", {"status": "asleep"}, "Please choose open, waiting for the client, or closed."),
        ("priority", {"priority": "extreme"}, "Please choose a priority from the list."),
        ("assignee", {"assignee": "4711"}, "Please choose somebody who is at work, or a team, from the list."),
        (
            "assignee",
            {"assignee": "nobody@x.example"},
            "Please choose somebody who is at work, or a team, from the list.",
        ),
        ("assignee", {"team": "unheard of"}, "Please choose somebody who is at work, or a team, from the list."),
        ("category", {"category": "garden"}, "Please choose a topic from the list."),
    ],
)
def test_what_is_not_in_the_list_is_refused_beside_its_control(send, path, values, sentence):
    page = send(path, values, status=422)
    assert sentence in [words(one) for one in page.html.find_all(class_="err")]


@pytest.mark.parametrize("path", ["status", "priority", "assignee"])
def test_a_change_without_the_pages_token_is_refused(desk, number, path):
    desk.post(f"/admin/tickets/{number}/{path}", {path: "closed"}, status=400)


def test_a_file_in_the_place_of_a_word_is_no_word(send):
    send("status", {"status": Upload("x.txt", b"x", "text/plain")}, status=422)


# ------------------------------------------------------------------ who has it


def test_one_takes_a_ticket_with_one_press(desk, number, row, technician):
    page = desk.get(f"/admin/tickets/{number}")
    form = next(form for form in page.forms.values() if form.html.find(attrs={"data-key": "assign"}))
    page = form.submit("assignee", value=str(technician("Ada"))).follow()
    assert told(page) == ["Assigned to Ada."]
    assert row(number).assignee_id == technician("Ada")
    assert page.html.find(attrs={"data-key": "assign"}) is None


def test_a_ticket_goes_to_a_person_and_a_team(send, colleague, row, number, technician, teams, mailbox):
    page = send("assignee", {"assignee": str(technician("Léa")), "team": "network"}).follow()
    assert told(page) == ["Assigned to Léa."]
    assert (row(number).assignee_id, row(number).team) == (technician("Léa"), "network")
    assert mailbox.text(mailbox.to("lea@novantic.example")[-1]).startswith("Un ticket vous est assigné")


def test_an_address_does_as_well_as_a_number(send, colleague, row, number, technician):
    send("assignee", {"assignee": "LEA@novantic.example"}, status=303)
    assert row(number).assignee_id == technician("Léa")


def test_what_is_not_sent_stays(send, row, number, technician, teams):
    send("assignee", {"assignee": str(technician("Ada"))})
    page = send("assignee", {"team": "network"}).follow()
    assert told(page) == ["Assigned to Ada."]
    assert row(number).assignee_id == technician("Ada")


def test_nobody_is_a_choice_too(send, row, number, technician, teams):
    send("assignee", {"assignee": str(technician("Ada")), "team": "network"})
    assert told(send("assignee", {"assignee": ""}).follow()) == ["Assigned to the team Réseau."]
    assert row(number).assignee_id is None
    assert told(send("assignee", {"assignee": ""}).follow()) == [
        "Nothing has been changed: it is “the team Réseau” already."
    ]


def test_teams_that_are_hidden_are_not_offered_unless_it_has_one(desk, number, row, teams):
    offered = [one.text for one in desk.get(f"/admin/tickets/{number}").html.find(id="team").find_all("option")]
    assert sorted(offered) == ["Direction", "Réseau", "Support"]
    row(number, team="old")
    assert "Ancienne" in desk.get(f"/admin/tickets/{number}").html.find(id="team").text
    row(number, team="a rule's own")
    chosen = desk.get(f"/admin/tickets/{number}").html.find(id="team").find("option", selected=True)
    assert chosen.text == "a rule's own"


def test_who_gives_a_ticket_out_of_sight_is_led_to_the_queue(colleague, number, teams):
    page = colleague.get(f"/admin/tickets/{number}")
    values = {"team": "board", "csrf_token": page.forms["reply"]["csrf_token"].value}
    answer = colleague.post(f"/admin/tickets/{number}/assignee", values, status=303)
    assert answer.location.endswith("/admin/tickets")
    page = colleague.get("/admin")
    assert f"Ticket #{number} went to Direction, whose tickets you don’t see." in page


# ------------------------------------------------------------------ priority


def test_the_priority_is_changed_and_said(send, row, number):
    assert told(send("priority", {"priority": "high"}).follow()) == ["Priority: High."]
    assert row(number).priority_rank == 30
    assert told(send("priority", {"priority": "high"}).follow()) == ["Nothing has been changed: it is “High” already."]


def test_a_priority_that_is_no_more_is_shown_as_it_was(desk, number, row):
    row(number, priority="severe")
    chosen = desk.get(f"/admin/tickets/{number}").html.find(id="priority").find("option", selected=True)
    assert chosen.text == "severe"


def test_the_later_of_two_wins_and_is_told(desk, colleague, number, row):
    pages = [client.get(f"/admin/tickets/{number}") for client in (colleague, desk)]
    for page, priority in zip(pages, ("low", "high"), strict=True):
        form = next(form for form in page.forms.values() if form.action.endswith("/priority"))
        form["priority"] = priority
        after = form.submit().follow()
    assert row(number).priority == "high"
    assert words(after.html.find(class_="notice")) == "Meanwhile: Léa, just now: Priority: Normal → Low."


# ------------------------------------------------------------------ category and fields


def test_a_category_alone_is_changed_and_the_fields_stay(send, row, number):
    page = send("category", {"category": "internet"}, status=303).follow()
    assert told(page) == ["Saved. Category: Internet."]
    assert row(number).category_key == "internet"
    assert row(number).fields == {"teamviewer_id": "123456789"}


def test_the_form_shows_what_is_kept_and_takes_it_back_unchanged(desk, number, row):
    form = desk.get(f"/admin/tickets/{number}").forms["facts-form"]
    assert form["teamviewer_id"].value == "123 456 789"
    assert told(form.submit().follow()) == ["Nothing has been changed."]


def test_fields_are_changed_read_by_their_plugin(desk, number, row):
    form = desk.get(f"/admin/tickets/{number}").forms["facts-form"]
    form["teamviewer_id"], form["critical"] = "987-654-321", True
    page = form.submit().follow()
    assert row(number).fields == {"teamviewer_id": "987654321"}
    assert row(number).critical
    assert "987 654 321" in words(page.html.find(class_="pairs"))


def test_a_field_can_be_emptied_and_a_box_unticked(desk, open_ticket, row):
    number = open_ticket(teamviewer_id="123456789", critical=True)
    form = desk.get(f"/admin/tickets/{number}").forms["facts-form"]
    form["teamviewer_id"], form["critical"] = "", False
    form.submit(status=303)
    assert row(number).fields == {}
    assert not row(number).critical


def test_what_a_plugin_refuses_is_said_beside_its_field_with_the_form_open(desk, number, row):
    form = desk.get(f"/admin/tickets/{number}").forms["facts-form"]
    form["category"], form["teamviewer_id"] = "internet", "12"
    page = form.submit(status=422)
    assert words(page.html.find(id="facts-teamviewer_id-error")).startswith("A TeamViewer ID has nine or ten digits")
    assert page.html.find(id="facts").has_attr("open")
    assert page.forms["facts-form"]["category"].value == "internet"
    assert row(number).category_key == "printer"


def test_an_expired_form_of_facts_gives_the_words_back(desk, number):
    form = desk.get(f"/admin/tickets/{number}").forms["facts-form"]
    form["teamviewer_id"], form["csrf_token"] = "987 654 321", "x" * 64
    page = form.submit(status=400)
    assert page.forms["facts-form"]["teamviewer_id"].value == "987 654 321"


def test_a_category_that_is_hidden_by_now_stays_a_choice_of_its_ticket(desk, number, row, novantic_app):
    with novantic_app.transaction() as session:
        session.get_one(Category, "printer").hidden = True
    novantic_app.site.preferences_cache.forget()
    form = desk.get(f"/admin/tickets/{number}").forms["facts-form"]
    assert form["category"].value == "printer"
    assert told(form.submit().follow()) == ["Nothing has been changed."]


def asking():
    """A plugin that asks for a serial number, of printers only, and only technicians."""
    plugin = types.ModuleType("asking")

    def parse(typed):
        if not typed.isdecimal():
            raise FieldError("Digits, please.")
        return typed

    @hookimpl
    def novantic_ticket_fields(context):
        if context.place == "portal" or context.extra.get("category") != "printer":
            return []
        return [TicketField(name="serial", label="Serial number", required=True, parse=parse)]

    plugin.novantic_ticket_fields = novantic_ticket_fields
    return plugin


ASKING = pytest.mark.novantic(plugins=["webform", "categories", "email", "asking"], extra_plugins={"asking": asking()})


@pytest.fixture
def on_internet(open_ticket):
    return open_ticket(topic="internet")


@ASKING
def test_a_new_category_asks_for_its_fields(desk, on_internet, row):
    form = desk.get(f"/admin/tickets/{on_internet}").forms["facts-form"]
    assert "serial" not in form.fields
    form["category"] = "printer"
    answer = form.submit(status=303)
    assert answer.location.endswith("#facts")
    page = answer.follow()
    assert told(page) == ["Saved. Category: Printer.", "Still to be filled in: Serial number."]
    assert page.html.find(id="facts").has_attr("open")
    form = page.forms["facts-form"]
    form.submit(status=422)
    form["serial"] = "12345"
    page = form.submit(status=303).follow()
    assert row(on_internet).fields == {"serial": "12345"}
    assert not page.html.find(id="facts").has_attr("open")


@ASKING
def test_a_script_sends_category_and_fields_at_once(desk, on_internet, row):
    page = desk.get(f"/admin/tickets/{on_internet}")
    token = page.forms["reply"]["csrf_token"].value
    values = {"category": "printer", "serial": "777", "csrf_token": token}
    desk.post(f"/admin/tickets/{on_internet}/category", values, status=303)
    assert (row(on_internet).category_key, row(on_internet).fields) == ("printer", {"serial": "777"})


@pytest.mark.novantic(plugins=["webform", "email"])
def test_without_categories_and_fields_there_is_nothing_to_change(desk, open_ticket):
    page = desk.get(f"/admin/tickets/{open_ticket()}")
    assert page.html.find(id="facts") is None
