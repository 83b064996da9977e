"""Time on the ticket's page: on a card of its own, with a reply or a note, and the TeamViewer button beside it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Message, TimeEntry


@pytest.fixture
def entries(novantic_app):
    def read():
        with novantic_app.site.database.session(write=False) as session:
            return session.scalars(select(TimeEntry).order_by(TimeEntry.id)).all()

    return read


def card(page):
    return page.html.find(id="time")


def test_the_card_sums_up_what_was_noted(back_office, spend):
    number = spend(45, company="Lefèvre", contract=True, note="Pilote réinstallé")
    spend(15, number=number, billable=True, reason="hors contrat")
    found = card(back_office.get(f"/admin/tickets/{number}"))
    assert " ".join(found.find(class_="time-sum").text.split()) == "1 h dont 15 min facturées"
    words = [" ".join(one.text.split()) for one in found.select(".times li")]
    assert "hors contrat" in words[0]
    assert "Pilote réinstallé" in words[1]
    assert "couvert par le contrat" in words[1]


def test_an_empty_card_has_its_form(back_office, open_ticket):
    page = back_office.get(f"/admin/tickets/{open_ticket()}")
    assert "Rien de noté" in card(page).text
    form = page.forms["time"]
    form["minutes"] = "20"
    assert "20\u00a0min notées" in form.submit(status=303).follow().html.find(class_="done").text


def test_many_entries_are_folded(back_office, spend):
    number = spend(1)
    for minutes in range(2, 8):
        spend(minutes, number=number)
    found = card(back_office.get(f"/admin/tickets/{number}"))
    assert len(found.find(class_="times").find_all("li")) == 5
    assert len(found.select(".times li")) == 7


def test_only_whose_time_it_is_is_offered_to_correct_it(spend, sign_in):
    number = spend(45)
    assert not card(sign_in("lea@novantic.example", "Léa").get(f"/admin/tickets/{number}")).select(".times a")


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_time_is_noted_with_what_is_written(back_office, open_ticket, entries, novantic_app, kind):
    number = open_ticket()
    form = back_office.get(f"/admin/tickets/{number}").forms[kind]
    form["message"], form["minutes"] = "Bonjour", "1h30"
    form.submit(status=303)
    [entry] = entries()
    with novantic_app.site.database.session(write=False) as session:
        message = session.get_one(Message, entry.message_id)
    assert (entry.minutes, message.kind) == (90, kind)


def test_a_reply_without_time_notes_none(back_office, open_ticket, entries):
    form = back_office.get(f"/admin/tickets/{open_ticket()}").forms["reply"]
    form["message"], form["billable"] = "Bonjour", "no"
    form.submit(status=303)
    assert entries() == []


@pytest.mark.parametrize("minutes, billable, field", [("bientôt", "", "minutes"), ("5", "no", "billable_reason")])
def test_a_reply_with_a_wrong_time_is_not_sent(back_office, open_ticket, entries, count, minutes, billable, field):
    form = back_office.get(f"/admin/tickets/{open_ticket()}").forms["reply"]
    form["message"], form["minutes"], form["billable"] = "Bonjour", minutes, billable
    page = form.submit(status=422)
    assert page.html.find(id=f"reply-{field}-error")
    assert page.forms["reply"]["message"].value == "Bonjour"
    assert count(Message) == 1
    assert entries() == []


def test_a_correction_is_told_in_the_trail(back_office, spend, entries):
    number = spend(45)
    form = back_office.get(f"/admin/tickets/{number}/time/{entries()[0].id}").forms["time-entry"]
    form["minutes"], form["billable"], form["billable_reason"] = "60", "no", "geste commercial"
    form.submit(status=303)
    page = back_office.get(f"/admin/tickets/{number}")
    assert "45 min → 1 h" in page.text.replace("\u00a0", " ")
    assert "Facturé : oui → non" in page.text.replace("\u00a0", " ")


def test_the_teamviewer_button_opens_a_session(back_office, open_ticket):
    number = open_ticket(teamviewer_id="123 456 789")
    found = back_office.get(f"/admin/tickets/{number}").html.find(class_="teamviewer")
    program, website = found.find_all("a")
    assert program["href"] == "teamviewer10://control?device=123456789"
    assert website["href"] == "https://start.teamviewer.com/123456789"
    assert program["data-starts-clock"] == website["data-starts-clock"] == number
    assert found.find("button")["data-copy-id"] == "123456789"


def test_without_an_id_there_is_no_button(back_office, open_ticket):
    assert not back_office.get(f"/admin/tickets/{open_ticket()}").html.find(class_="teamviewer")
