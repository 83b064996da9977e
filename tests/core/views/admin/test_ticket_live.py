"""What a ticket's page says and asks while it is open: who else is there, what is new, drafts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.delivery.jobs import run_due_jobs
from novantic_core.models import Draft, Event, Message, Presence, Technician, Ticket
from novantic_core.views.admin.tickets import live


@pytest.fixture
def number(open_ticket):
    return open_ticket()


@pytest.fixture
def ask(number):
    """Post as the page's script does: the answer as JSON."""

    def post(client, path, status=200, **values):
        page = client.get(f"/admin/tickets/{number}")
        values = {"csrf_token": page.forms["reply"]["csrf_token"].value, **values}
        answer = client.post(f"/admin/tickets/{number}/{path}", values, status=status)
        return answer.json if status == 200 else answer

    return post


def test_one_hears_who_else_looks_and_who_writes(ask, desk, colleague):
    assert ask(desk, "presence") == {"others": "", "news": ""}
    assert ask(colleague, "presence", writing="1")["others"] == "Ada is looking at this ticket too."
    assert ask(desk, "presence")["others"] == "Léa is writing on this ticket."


def test_several_are_one_sentence(ask, desk, colleague, novantic_app, number, now):
    for name in ("Hugo", "Inès"):
        novantic_app.add_technician(f"{name.lower().replace('è', 'e')}@novantic.example", name)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket.id)).one()
        for person in session.scalars(select(Technician.id).where(Technician.name.in_(["Hugo", "Inès"]))).all():
            session.add(Presence(ticket_id=ticket, technician_id=person, seen_at=now, writing=True))
    ask(colleague, "presence")
    assert ask(desk, "presence")["others"] == (
        "Hugo, Inès are writing on this ticket. Léa is looking at this ticket too."
    )


def test_who_leaves_is_gone_at_once(ask, desk, colleague, count):
    ask(colleague, "presence")
    assert ask(colleague, "presence", left="1") == {}
    assert ask(desk, "presence")["others"] == ""
    assert count(Presence) == 1


def test_who_is_not_heard_of_is_forgotten(ask, desk, novantic_app, count, now):
    ask(desk, "presence")
    run_due_jobs(novantic_app.site, now + timedelta(hours=2))
    assert count(Presence) == 0


def test_news_are_what_others_did_since_the_page_was_drawn(ask, desk, number, say, novantic_app):
    with novantic_app.transaction() as session:
        seen = session.scalars(select(Event.id)).one()
    assert ask(desk, "presence", seen=str(seen))["news"] == ""
    say(number, "<p>Vu</p>", note=True)
    assert ask(desk, "presence", seen=str(seen))["news"] == "Hugo wrote a note just now"
    for _time in range(4):
        say(number, "<p>Vu</p>", note=True)
    assert ask(desk, "presence", seen=str(seen))["news"].endswith("; and more")


def test_what_one_does_oneself_is_no_news(ask, desk, novantic_app):
    with novantic_app.transaction() as session:
        seen = session.scalars(select(Event.id)).one()
    ask(desk, "notes", status=303, message="Vu")
    assert ask(desk, "presence", seen=str(seen))["news"] == ""


def test_news_name_people(ask, desk, colleague, novantic_app, technician):
    with novantic_app.transaction() as session:
        seen = session.scalars(select(Event.id)).one()
    ask(colleague, "assignee", status=303, assignee=str(technician("Ada")))
    assert ask(desk, "presence", seen=str(seen))["news"] == "Léa, just now: Assigned to Ada"


def test_a_draft_is_there_again_in_any_browser(ask, desk, number):
    answer = ask(desk, "draft", kind="reply", message="<p>Bonjour</p>")
    assert answer["said"].startswith("Draft saved at ")
    ask(desk, "draft", kind="note", message="<p>Vu</p>")
    ask(desk, "draft", kind="reply", message="<p>Bonjour Claire</p>")
    page = desk.get(f"/admin/tickets/{number}")
    assert page.forms["reply"]["message"].value == "<p>Bonjour Claire</p>"
    assert page.forms["note"]["message"].value == "<p>Vu</p>"
    assert "Draft of" in page.html.find(class_="draft-state").text


def test_a_draft_is_its_authors_own(ask, desk, colleague, number):
    ask(desk, "draft", kind="reply", message="<p>Bonjour</p>")
    assert colleague.get(f"/admin/tickets/{number}").forms["reply"]["message"].value == ""


def test_a_text_taken_back_is_no_draft(ask, desk, count):
    ask(desk, "draft", kind="reply", message="<p>Bonjour\0</p>")
    assert ask(desk, "draft", kind="reply", message="<p>&nbsp;</p>") == {"said": ""}
    assert count(Draft) == 0


def test_a_quotation_goes_under_the_draft(ask, desk, number, novantic_app):
    ask(desk, "draft", kind="reply", message="<p>Bonjour</p>")
    with novantic_app.transaction() as session:
        message = session.scalars(select(Message.id)).one()
    typed = desk.get(f"/admin/tickets/{number}?quote={message}").forms["reply"]["message"].value
    assert typed.startswith("<p>Bonjour</p><p>Le ")
    assert "<blockquote>" in typed


@pytest.mark.parametrize("values", [{"kind": "poem"}, {}])
def test_a_draft_is_of_a_reply_or_a_note(ask, desk, values):
    ask(desk, "draft", status=400, message="x", **values)


def test_a_draft_has_a_bounded_length(ask, desk, monkeypatch):
    monkeypatch.setattr(live, "LONGEST", 10)
    ask(desk, "draft", status=413, kind="reply", message="x" * 11)


def test_a_draft_is_no_file(ask, desk):
    ask(desk, "draft", status=400, kind="reply", message=Upload("x.txt", b"x", "text/plain"))


def test_scripts_need_the_pages_token_too(desk, number):
    desk.post(f"/admin/tickets/{number}/draft", {"kind": "reply", "message": "x"}, status=400)
    desk.post(f"/admin/tickets/{number}/presence", {}, status=400)
