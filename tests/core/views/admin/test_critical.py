"""Critical tickets: above the queue until somebody takes note, and the call that was promised."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Event, Message, Ticket

CRITICAL = {"critical": "true", "topic": "server", "subject": "Plus de serveur"}


def above(page):
    return [card["data-number"] for card in page.html.select(".alarm-card")]


def row(page, number):
    return page.html.find("tr", {"data-number": number})


def events(novantic_app):
    with novantic_app.transaction() as session:
        return [(event.kind, event.actor_name) for event in session.scalars(select(Event).order_by(Event.id))]


def form(page, ending):
    return next(form for form in page.forms.values() if form.action.endswith(ending))


def test_a_critical_ticket_stands_above_all_with_its_age_and_its_phone(desk, open_ticket):
    number = open_ticket(**CRITICAL)
    open_ticket()
    page = desk.get("/admin/tickets")
    assert above(page) == [number]
    assert row(page, number) is None
    card = page.html.select_one(".alarm-card")
    assert "0 min" in card.text
    assert card.find("a", href="tel:+33144556677") or card.find("a", href="tel:0144556677")


@pytest.mark.parametrize("query", ["critical=1", "status=open", "assignee=none", "category=server", "q=serveur"])
def test_it_stands_above_every_view_that_shows_it(desk, open_ticket, query):
    number = open_ticket(**CRITICAL)
    page = desk.get(f"/admin/tickets?{query}")
    # words are looked for among closed tickets too: there it has its place in the list
    assert above(page) == ([] if query.startswith("q=") else [number])
    assert (row(page, number) is not None) == query.startswith("q=")


@pytest.mark.parametrize("query", ["status=closed", "status=waiting", "assignee=me", "category=printer"])
def test_it_stands_above_no_view_that_does_not(desk, open_ticket, query):
    open_ticket(**CRITICAL)
    assert above(desk.get(f"/admin/tickets?{query}")) == []


def test_who_takes_note_is_noted_and_it_takes_its_place(desk, novantic_app, open_ticket):
    number = open_ticket(**CRITICAL)
    page = form(desk.get("/admin/tickets?critical=1"), "/acknowledge").submit(status=303).follow()
    assert page.request.query_string == "critical=1"
    assert f"You took note of ticket {number}." in page
    assert above(page) == []
    assert "Critical · to call back" in row(page, number).text
    assert events(novantic_app)[-1] == ("acknowledged", "Ada")
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.acknowledged_at is not None
        assert ticket.acknowledged_by_id is not None


def test_who_comes_second_is_told(desk, novantic_app, open_ticket):
    open_ticket(**CRITICAL)
    page = desk.get("/admin/tickets")
    form(page, "/acknowledge").submit()
    assert "Somebody has already taken note" in form(page, "/acknowledge").submit().follow()
    assert [kind for kind, _by in events(novantic_app)] == ["opened", "acknowledged"]


def test_what_is_not_critical_needs_no_note(desk, novantic_app, open_ticket):
    number = open_ticket()
    token = desk.get("/admin/tickets").forms["bulk"]["csrf_token"].value
    answer = desk.post(f"/admin/tickets/{number}/acknowledge", {"csrf_token": token})
    assert answer.location.endswith(f"/admin/tickets/{number}")
    assert "isn't critical" in desk.get("/admin/tickets")
    assert [kind for kind, _by in events(novantic_app)] == ["opened"]


def test_a_call_is_noted_with_a_word_that_no_client_reads(desk, novantic_app, open_ticket, mailbox):
    number = open_ticket(**CRITICAL)
    calling = form(desk.get("/admin/tickets"), "/called-back")
    calling["word"] = "Back at <two>.\n\nHe waits."
    page = calling.submit(status=303).follow()
    assert "was called back" in page
    assert above(page) == []
    assert "to call back" not in row(page, number).text
    # who calls has taken note
    assert events(novantic_app)[1:] == [("acknowledged", "Ada"), ("called_back", "Ada")]
    with novantic_app.transaction() as session:
        note = session.scalars(select(Message).where(Message.kind == "note")).one()
        assert note.html == "<p>Back at &lt;two&gt;.</p><p>He waits.</p>"
        assert session.scalars(select(Event.message_id).where(Event.kind == "called_back")).one() == note.id
    assert not any("He waits" in mailbox.text(mail) for mail in mailbox.messages)


def test_a_call_that_nobody_waits_for_is_not_noted(desk, novantic_app, open_ticket):
    open_ticket(**CRITICAL)
    page = desk.get("/admin/tickets")
    form(page, "/called-back").submit()
    assert "No call is waiting" in form(page, "/called-back").submit().follow()
    assert [kind for kind, _by in events(novantic_app)].count("called_back") == 1
    with novantic_app.transaction() as session:
        assert session.scalars(select(Message).where(Message.kind == "note")).all() == []


def test_neither_is_done_by_looking(desk, open_ticket):
    number = open_ticket(**CRITICAL)
    for ending in ("acknowledge", "called-back"):
        desk.get(f"/admin/tickets/{number}/{ending}", status=(404, 405))
        desk.post(f"/admin/tickets/{number}/{ending}", status=400)
    desk.get("/admin/tickets")
    assert above(desk.get("/admin/tickets")) == [number]
