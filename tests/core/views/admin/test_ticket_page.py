"""A ticket's page in the back office: the discussion with notes set apart, files, deliveries, the trail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from webtest import Upload

from novantic_core.models import Delivery, Event, Message, Presence, Team
from novantic_core.services.look_at_ticket import look_at


def words(element):
    return " ".join(element.get_text(" ").split())


def messages(page):
    return page.html.find_all("article")


def told(page):
    return [words(one) for one in page.html.find_all(class_="done")]


@pytest.fixture
def number(open_ticket):
    return open_ticket(teamviewer_id="123456789")


def test_the_page_shows_what_was_said_oldest_first(desk, number, say):
    say(number, "<p>Avez-vous redémarré ?</p>")
    say(number, "<p>Même panne en janvier.</p>", note=True)
    page = desk.get(f"/admin/tickets/{number}")
    # whose it is stands before the day
    assert [re.split(r" \d", words(one.find(class_="head")))[0] for one in messages(page)] == [
        "Claire Lefèvre client", "Hugo support", "Hugo Internal note",
    ]  # fmt: skip
    assert [words(one.find(class_="body")) for one in messages(page)][1:] == [
        "Avez-vous redémarré ?", "Même panne en janvier.",
    ]  # fmt: skip


def test_a_note_is_told_by_its_class_and_its_word(desk, number, say):
    note = say(number, "<p>Entre nous</p>", note=True)
    found = desk.get(f"/admin/tickets/{number}").html.find(id=f"m{note}")
    assert "note" in found["class"]
    assert found.find(class_="note-tag").text == "Internal note"


def test_files_have_their_size(desk, number):
    form = desk.get(f"/admin/tickets/{number}").forms["note"]
    form["message"], form["attachments"] = "Voir le fichier", [Upload("plan.txt", b"x" * 2048, "text/plain")]
    page = form.submit(status=303).follow()
    assert words(page.html.find(class_="attached")) == "plan.txt 2 kB"
    assert desk.get(page.html.find(class_="attached").a["href"]).body == b"x" * 2048


def test_each_reply_says_to_whom_it_went_and_what_became_of_it(desk, number, say, novantic_app, mailbox):
    reply = say(number, "<p>Bonjour</p>")
    page = desk.get(f"/admin/tickets/{number}")
    line = page.html.find(id=f"m{reply}").find(class_="told")
    assert words(line) == "To Claire Lefèvre claire@lefevre.example.com : on its way"
    novantic_app.deliver()
    line = desk.get(f"/admin/tickets/{number}").html.find(id=f"m{reply}").find(class_="told")
    assert words(line).startswith("To Claire Lefèvre claire@lefevre.example.com : delivered at")


REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"


@pytest.mark.parametrize("state, error, said", [
    ("failed", "550 no such user", "not delivered: 550 no such user"),
    ("pending", "550 no such user", "not delivered yet, it will be tried again: 550"),
    ("pending", REFUSED, "not delivered yet, it will be tried again: the server refuses the connection"),
])  # fmt: skip
def test_a_reply_that_could_not_be_delivered_says_why(desk, number, say, novantic_app, state, error, said):
    reply = say(number, "<p>Bonjour</p>")
    with novantic_app.transaction() as session:
        values = {"state": state, "attempts": 1, "last_error": error}
        session.execute(update(Delivery).where(Delivery.message_row_id == reply).values(**values))
    assert said in words(desk.get(f"/admin/tickets/{number}").html.find(id=f"m{reply}").find(class_="told"))


def test_a_reply_whose_first_delivery_is_being_made_is_on_its_way(desk, number, say, novantic_app):
    reply = say(number, "<p>Bonjour</p>")
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).where(Delivery.message_row_id == reply).values(attempts=1, last_error=""))
    line = desk.get(f"/admin/tickets/{number}").html.find(id=f"m{reply}").find(class_="told")
    assert words(line).endswith("on its way")


def test_a_change_of_status_stands_between_the_messages_with_its_mail(desk, number):
    page = desk.get(f"/admin/tickets/{number}")
    page = desk.post(page.request.path + "/status", {"status": "waiting", "csrf_token": token(page)}).follow()
    assert words(page.html.find(class_="event")).startswith("Waiting for the client · Ada")
    assert "To Claire Lefèvre: on its way" in words(page.html.find(class_="event"))


def token(page):
    return page.forms["reply"]["csrf_token"].value


def test_the_trail_says_everything_in_words_with_its_reasons(desk, open_ticket, technician):
    number = open_ticket(critical=True)
    page = desk.get(f"/admin/tickets/{number}")
    for path, values in (
        ("assignee", {"assignee": technician("Ada")}),
        ("priority", {"priority": "high"}),
        ("category", {"category": "internet"}),
        ("notes", {"message": "Vu"}),
        ("replies", {"message": "Bonjour", "close": "1"}),
    ):
        desk.post(f"/admin/tickets/{number}/{path}", {**values, "csrf_token": token(page)}, status=303)
    lines = [words(one) for one in desk.get(f"/admin/tickets/{number}").html.find(class_="trail").find_all("li")]
    assert [line.split(" Ada ·")[0] for line in lines[:-1]] == [
        "Reply sent Closed To call back: yes → no", "Internal note written", "Category: Printer → Internet",
        "Priority: Urgent → High", "Assigned to Ada",
    ]  # fmt: skip
    assert lines[-1].startswith("Ticket opened Normal: chosen by the requester Urgent: critical situation: the whole")
    assert "(plugin critical) Claire Lefèvre" in lines[-1]


def test_a_long_trail_shows_its_end_and_keeps_the_rest_behind_a_line(desk, number, say):
    for _time in range(12):
        say(number, "<p>x</p>", note=True)
    trail = desk.get(f"/admin/tickets/{number}").html.find(class_="trail")
    assert len(trail.find_all("li")) == 13
    assert words(trail.summary) == "What happened before (5)"


def test_the_priority_says_why_it_is_so_until_somebody_sets_it(desk, open_ticket):
    number = open_ticket(critical=True)
    page = desk.get(f"/admin/tickets/{number}")
    why = page.html.find(class_="controls").find_all(class_="why")
    assert [words(one) for one in why] == ["critical situation: the whole production is blocked (plugin critical)"]
    page = desk.post(page.request.path + "/priority", {"priority": "low", "csrf_token": token(page)}).follow()
    assert words(page.html.find(class_="controls").find(class_="why")) == "set by Ada"


def test_a_page_takes_as_many_statements_however_long_it_is(desk, number, say, statements):
    desk.get(f"/admin/tickets/{number}")
    with statements() as short:
        desk.get(f"/admin/tickets/{number}")
    for place in range(20):
        say(number, f"<p>{place}</p>", note=place % 2 == 0)
    with statements() as long:
        desk.get(f"/admin/tickets/{number}")
    # nine of the page's own, the others of the menu and the cards
    # one of them asks whether an article was made of it, one whether a mail waits that names it
    assert len(long) == len(short) <= 24


def test_a_ticket_that_goes_on_in_another_leads_there_and_says_so(desk, open_ticket, row):
    first, second = open_ticket(), open_ticket(subject="Encore")
    row(second, merged_into_id=row(first).id)
    page = desk.get(f"/admin/tickets/{second}", status=303).follow()
    assert page.request.path == f"/admin/tickets/{first}"
    assert second in page.html.find(class_="done").text


def test_a_ticket_of_a_private_team_is_not_there_for_others(desk, colleague, open_ticket, row, novantic_app):
    number = open_ticket()
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Direction", private=True))
    novantic_app.site.preferences_cache.forget()
    row(number, team="board")
    desk.get(f"/admin/tickets/{number}")
    csrf = colleague.cookies["csrf_token"]
    colleague.get(f"/admin/tickets/{number}", status=404)
    for path in ("replies", "notes", "status", "assignee", "priority", "category", "presence", "draft"):
        colleague.post(f"/admin/tickets/{number}/{path}", {"csrf_token": csrf}, status=404)


def test_who_else_looks_or_writes_is_said(desk, colleague, number, row, technician, novantic_app, now):
    ticket, lea, ada = row(number).id, technician("Léa"), technician("Ada")
    with novantic_app.transaction() as session:
        look_at(session, ticket, lea, now, writing=True)
        look_at(session, ticket, ada, now, writing=False)
    assert words(desk.get(f"/admin/tickets/{number}").html.find(class_="present")) == "Léa is writing on this ticket."
    with novantic_app.transaction() as session:
        session.execute(update(Presence).values(seen_at=now - timedelta(minutes=2)))
    assert desk.get(f"/admin/tickets/{number}").html.find(class_="present").has_attr("hidden")


def test_notes_are_printed_only_if_one_asks(desk, number):
    assert "with-notes" not in desk.get(f"/admin/tickets/{number}").html.find("main")["class"]
    page = desk.get(f"/admin/tickets/{number}?notes")
    assert "with-notes" in page.html.find("main")["class"]
    assert "Notes are printed too." in page


def test_keys_have_something_to_press(desk, number):
    main = desk.get(f"/admin/tickets/{number}").html.find("main")
    assert {one["data-key"] for one in main.find_all(attrs={"data-key": True})} == {
        "reply", "note", "assign", "close", "next", "previous",
    }  # fmt: skip


def test_a_message_is_quoted_without_a_script_in_the_clients_language(desk, number, novantic_app):
    with novantic_app.transaction() as session:
        message = session.scalars(select(Message)).one()
    page = desk.get(f"/admin/tickets/{number}?quote={message.id}")
    typed = page.forms["reply"]["message"].value
    assert "Claire Lefèvre a écrit" in typed
    assert "mon imprimante apparaît hors connexion." in typed


def test_what_is_folded_of_a_mail_is_named_and_not_quoted(desk, number, say):
    folded = '<p>Merci</p><details class="signature"><summary></summary><p>Camille</p></details>'
    message = say(number, folded)
    assert messages(desk.get(f"/admin/tickets/{number}"))[-1].find("summary").text == "Signature of the mail"
    typed = desk.get(f"/admin/tickets/{number}?quote={message}").forms["reply"]["message"].value
    assert "Merci" in typed
    assert "Camille" not in typed


def test_a_quoted_note_stays_among_technicians(desk, number, say):
    note = say(number, "<p>Entre nous</p>", note=True)
    page = desk.get(f"/admin/tickets/{number}?quote={note}")
    assert "Entre nous" in page.forms["note"]["message"].value
    assert page.forms["reply"]["message"].value == ""


@pytest.mark.parametrize("quote", ["x", "999999", "99999999999999999999", "-1"])
def test_what_is_not_a_message_of_the_ticket_is_not_quoted(desk, number, quote):
    desk.get(f"/admin/tickets/{number}?quote={quote}", status=404)


@pytest.mark.parametrize("path", ["replies", "notes", "status", "assignee", "priority", "category"])
def test_the_address_of_a_form_leads_back_to_the_ticket(desk, number, path):
    answer = desk.get(f"/admin/tickets/{number}/{path}", status=303)
    assert answer.location.endswith(f"/admin/tickets/{number}")


@pytest.fixture
def happened(novantic_app, row, now):
    """Write an event into the trail of a ticket."""

    def write(number, kind, changes, **values):
        ticket = row(number).id
        values = {"actor_kind": "technician", "actor_name": "Hugo", **values}
        with novantic_app.transaction() as session:
            session.add(Event(ticket_id=ticket, kind=kind, at=now, changes=changes, **values))

    return write


def test_events_of_a_later_version_are_told_somehow(desk, number, happened):
    happened(number, "sung_to", {}, actor_kind="system", actor_name="")
    happened(number, "fields_changed", {"fields.teamviewer_id": ["123456789", None], "tune": [1, [2]]})
    lines = [words(one) for one in desk.get(f"/admin/tickets/{number}").html.find(class_="trail").find_all("li")]
    assert lines[0].startswith("TeamViewer ID: 123 456 789 → nothing tune: 1 → 2 Hugo")
    assert lines[1].startswith("sung to by itself")


@pytest.mark.parametrize(
    "kind, changes, said",
    [
        ("merged", {"merged": [None, "123456"]}, "Ticket #123456 merged into this one"),
        ("merged", {"merged_into": [None, "123456"]}, "Merged into ticket #123456"),
        ("unmerged", {"merged_into": ["123456", None]}, "Taken out of ticket #123456 again"),
        ("linked", {"linked": [None, "123456"]}, "Linked to ticket #123456"),
        ("followed", {"follower": [None, "Inès"], "address": [None, "i@x.example"]}, "Inès follows the ticket"),
        ("time_noted", {"minutes": [None, 15], "billable": [None, True]}, "Time noted: 15 min"),
        ("time_noted", {"minutes": [15, None]}, "Time taken back: 15 min"),
        ("time_noted", {"minutes": [15, 30]}, "Time: 15 min → 30 min"),
        ("assigned", {"assignee": ["admin@novantic.example", None]}, "No longer assigned to Ada"),
        ("assigned", {"team": ["Support", "gone"]}, "Team: Support → gone"),
        ("status_changed", {"status": ["waiting", "open"]}, "Open: no longer waiting for the client"),
        ("status_changed", {"status": ["closed", "open"]}, "Opened again"),
        ("called_back", {"call_back": [True, False]}, "Client called back Hugo"),
    ],
)
def test_each_kind_of_event_has_its_words(desk, number, happened, kind, changes, said):
    happened(number, kind, changes)
    line = desk.get(f"/admin/tickets/{number}").html.find(class_="trail").find("li")
    assert words(line).startswith(said)
