"""What a technician decides of a mail: done once, noted with their name, and told to who comes second."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from novantic_core.testing.desk import CLAIRE
from novantic_core.testing.tables import Action, Message, Ticket
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.work import work_off


def decide(page, decision, status=303, **values):
    form = next(form for form in page.forms.values() if form.action.endswith("/decision"))
    for name, value in values.items():
        form[name] = value
    return form.submit("decision", value=decision, status=status)


def buttons(page):
    return [button["value"] for button in page.html.select(".mail-decide button")]


@pytest.fixture
def actions(novantic_app):
    def noted():
        with novantic_app.transaction() as session:
            rows = session.scalars(select(Action).where(Action.kind.startswith("mail_intake_")).order_by(Action.id))
            return [(row.kind, row.actor_name, row.changes) for row in rows]

    return noted


def test_a_held_mail_becomes_what_its_sender_says_on_the_ticket(hugo, held, row, small_desk, actions, novantic_app):
    key, number = held
    page = hugo.get(f"/admin/mail/{key}")
    assert buttons(page) == ["accept", "open", "discard"]
    done = decide(page, "accept").follow()
    assert f"The mail is a message of ticket #{number} now." in done.html.select_one(".done").text
    assert buttons(done) == []
    assert "Decided by Hugo." in done.html.select_one(".mail-decide").text
    assert (row(key).state, row(key).decided_by) == ("kept", "Hugo")
    assert small_desk.said(number)[-1] == "Bonjour, rien ne sort."
    with novantic_app.transaction() as session:
        message = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert (message.author, message.kind) == ("Zoé Martin", "message")
    assert small_desk.followers(number) == []
    assert actions() == [("mail_intake_accepted", "Hugo", {"ticket": [None, f"#{number}"]})]


def test_and_their_next_mails_need_no_decision(hugo, held, small_desk, receive, row):
    key, number = held
    page = decide(hugo.get(f"/admin/mail/{key}"), "accept", follow=True).follow()
    assert "zoe@ailleurs.example follows the ticket from now on." in page
    assert small_desk.followers(number) == ["zoe@ailleurs.example"]
    assert row(receive(subject=f"Encore [#{number}]", message_id="deux")).state == "kept"


def test_who_cannot_follow_is_told_and_the_message_stays(hugo, held, small_desk, row):
    key, number = held
    page = hugo.get(f"/admin/mail/{key}")
    small_desk.follow(number, "zoe@ailleurs.example")
    page = decide(page, "accept", follow=True).follow()
    assert "This address follows the ticket already." in page
    assert row(key).state == "kept"


def test_or_a_ticket_of_its_own(hugo, held, row, actions, novantic_app):
    key, _number = held
    page = decide(hugo.get(f"/admin/mail/{key}"), "open").follow()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        opened, number = ticket.id, ticket.number
        assert (ticket.email, ticket.channel) == ("zoe@ailleurs.example", "mail")
    assert f"Ticket #{number} was opened of this mail." in page
    assert row(key).ticket_id == opened
    assert actions()[0][0::2] == ("mail_intake_opened", {"ticket": [None, f"#{number}"]})


def test_or_nothing_and_that_can_be_taken_back(hugo, held, row, actions, count, novantic_app):
    key, _number = held
    page = decide(hugo.get(f"/admin/mail/{key}"), "discard").follow()
    assert row(key).state == "discarded"
    assert "Nothing is made of this mail." in page
    assert buttons(page) == ["retry", "open"]
    page = decide(page, "retry").follow()
    assert "taken up again in a moment" in page
    assert row(key).state == "new"
    assert work_off(novantic_app.desk, key) == "held"
    assert [action[0] for action in actions()] == ["mail_intake_discarded", "mail_intake_tried"]
    assert count(Ticket) == 1


def test_what_could_not_be_read_is_tried_again(hugo, receive, row, novantic_app):
    key = receive(b"\x00 no mail")
    page = hugo.get(f"/admin/mail/{key}")
    assert buttons(page) == ["retry", "open", "discard"]
    decide(page, "retry")
    assert work_off(novantic_app.desk, key) == "faulty"
    # and what can't be a ticket says so beside the buttons
    page = decide(hugo.get(f"/admin/mail/{key}"), "open", status=422)
    assert "This is no mail: it has no header." in page.html.select_one(".notice[role=alert]").text
    assert buttons(page) == ["retry", "open", "discard"]
    assert row(key).state == "faulty"


def test_what_no_person_wrote_can_be_made_a_ticket(hugo, receive, row, mailbox):
    key = receive(headers={"Auto-Submitted": "auto-replied"})
    page = hugo.get(f"/admin/mail/{key}")
    assert row(key).state == "automatic"
    assert "Make a ticket of it" in page.html.select_one(".mail-decide button").text
    decide(page, "open")
    assert row(key).state == "kept"
    # it is still not answered
    assert mailbox.to("zoe@ailleurs.example") == []


def test_who_decides_second_is_told_who_was_first_and_nothing_happens_twice(hugo, back_office, held, count, small_desk):
    key, number = held
    first, second = hugo.get(f"/admin/mail/{key}"), back_office.get(f"/admin/mail/{key}")
    decide(first, "discard")
    page = decide(second, "accept").follow()
    assert "Nothing was done: Hugo has decided on this mail meanwhile." in page
    assert len(small_desk.said(number)) == 1
    decide(page, "open")
    page = decide(page, "open").follow()
    assert "has decided on this mail meanwhile" in page
    assert count(Ticket) == 2


def test_what_changed_by_itself_is_told_too(hugo, held, novantic_app):
    key, _number = held
    page = hugo.get(f"/admin/mail/{key}")
    with novantic_app.transaction() as session:
        session.execute(update(IncomingMail).values(state="new"))
    assert "isn't what it was when you looked at it" in decide(page, "accept").follow().text.replace("&#39;", "'")


def test_nonsense_decides_nothing(hugo, held, row):
    page = hugo.get(f"/admin/mail/{held[0]}")
    form = next(form for form in page.forms.values() if form.action.endswith("/decision"))
    hugo.post(form.action, {"csrf_token": form["csrf_token"].value, "state": "held", "decision": "eat"}, status=400)
    hugo.post(form.action, {"state": "held", "decision": "discard"}, status=400)
    given = {"csrf_token": form["csrf_token"].value, "state": "held", "decision": "retry"}
    assert "Nothing was done" in hugo.post(form.action, given, status=303).follow()
    assert row(held[0]).state == "held"


def test_a_ticket_that_is_a_private_teams_takes_no_decision_of_others(hugo, held, row, small_desk, board):
    key, number = held
    page = hugo.get(f"/admin/mail/{key}")
    small_desk.change(number, team=board)
    decide(page, "accept", status=404)
    assert row(key).state == "held"


def test_while_the_storage_is_away_nothing_is_decided(hugo, held, row, novantic_app, monkeypatch, actions):
    key, _number = held
    page = hugo.get(f"/admin/mail/{key}")

    def hang(_key):
        raise OSError("the disk is gone")

    monkeypatch.setattr(novantic_app.site.storage, "open", hang)
    page = decide(page, "accept", status=503)
    assert "Nothing was done." in page.html.select_one(".notice[role=alert]").text
    assert (row(key).state, row(key).decided_by) == ("held", "")
    assert actions() == []


def test_the_audit_trail_tells_it_in_words(back_office, held):
    key, number = held
    decide(back_office.get(f"/admin/mail/{key}"), "accept")
    trail = back_office.get("/admin/audit?of=desk").text
    assert f"Held mail added to its ticket: default {key}" in trail
    assert f"#{number}" in trail


def test_beside_its_ticket_the_mail_of_somebody_else_is_shown(hugo, back_office, held, small_desk, board):
    key, number = held
    other = small_desk.open(CLAIRE)
    assert "Mail of somebody else" not in hugo.get(f"/admin/tickets/{other}")
    page = hugo.get(f"/admin/tickets/{number}")
    card = page.html.find("section", attrs={"aria-labelledby": "held-mail-title"})
    assert card.find("a")["href"] == f"/admin/mail/{key}"
    assert "Zoé Martin" in card.text
    # also where the ticket goes on in another one
    small_desk.merge(number, other)
    assert "Mail of somebody else" in hugo.get(f"/admin/tickets/{other}")
    decide(hugo.get(f"/admin/mail/{key}"), "discard")
    assert "Mail of somebody else" not in hugo.get(f"/admin/tickets/{other}")


def test_more_of_them_are_led_to(hugo, small_desk, receive):
    number = small_desk.open(CLAIRE)
    for place in range(6):
        receive(subject=f"{place} [#{number}]", body=f"Le jour {place}\n", message_id=f"{place}@x.example")
    page = hugo.get(f"/admin/tickets/{number}")
    card = page.html.find("section", attrs={"aria-labelledby": "held-mail-title"})
    assert len(card.select("li")) == 5
    assert len(page.click("All of them").html.select(".rows tbody tr")) == 6


def test_the_dashboard_tells_what_waits(hugo, held, receive, small_desk):
    assert "1 mail waits for a decision" in hugo.get("/admin")
    receive(b"\x00 no mail")
    receive(subject=f"Et aussi [#{held[1]}]", body="Autre chose\n", message_id="deux")
    card = hugo.get("/admin").html.find("section", attrs={"aria-labelledby": "figure-mail"})
    assert [(line.text, line["href"]) for line in card.select("a")] == [
        ("2 mails wait for a decision", "/admin/mail?state=held"),
        ("1 mail couldn't be read", "/admin/mail?state=faulty"),
    ]


def test_nothing_is_told_on_the_dashboard_where_nothing_waits(hugo, receive):
    receive()
    assert "figure-mail" not in hugo.get("/admin")
