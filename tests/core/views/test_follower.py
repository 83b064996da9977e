"""Somebody outside who follows a ticket: what they see, what they may do, under which name."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Message
from novantic_core.testing.desk import CLAIRE, MARC

pytestmark = pytest.mark.usefixtures("portal_theme")


@pytest.fixture
def number(small_desk):
    """Claire's ticket, which Marc follows."""
    number = small_desk.open(phone="01 44 55 66 77")
    small_desk.follow(number, MARC, "Marc Petit")
    return number


@pytest.fixture
def page(portal, mailbox, number):
    """The ticket as Marc sees it, by the link of the mail that invited him."""
    (mail,) = mailbox.to(MARC)
    return portal.get(mailbox.link(mail)).follow()


def test_reads_the_discussion_and_whose_it_is(page, number, words):
    assert page.request.path == f"/tickets/{number}"
    assert "Au secours" in page
    said = "You follow this ticket of ${name}. What you write is read by everybody who follows it."
    assert words(said, "fr", name="Claire Lefèvre") in " ".join(page.html.find("main").text.split())


def test_sees_neither_notes_nor_how_to_reach_the_requester(page, portal, number, say):
    say(number, "<p>entre nous</p>", note=True)
    page = portal.get(page.request.path)
    for private in ("entre nous", CLAIRE, "01 44 55 66 77"):
        assert private not in page.html.find("main").text


def test_answers_under_their_own_name(page, small_desk, number, novantic_app):
    small_desk.change(number, status="waiting")
    page.forms["reply"]["message"] = "Chez moi aussi."
    page.forms["reply"].submit(status=303)
    with novantic_app.transaction() as session:
        last = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert (last.author, last.kind) == ("Marc Petit", "message")
    ticket = small_desk.look(number)
    assert (ticket.name, ticket.status, ticket.last_author) == ("Claire Lefèvre", "open", "Marc Petit")


def test_does_not_close_somebody_elses_ticket(page, portal, small_desk, number):
    assert not page.html.find(class_="solved")
    token = page.html.find("input", {"name": "csrf_token"})["value"]
    portal.post(f"/tickets/{number}/close", {"csrf_token": token}, status=303)
    assert small_desk.look(number).status == "open"


def test_is_out_as_soon_as_they_no_longer_follow(page, portal, small_desk, number, mailbox):
    small_desk.unfollow(number, MARC)
    assert portal.get(f"/tickets/{number}", status=303).location.endswith("/tickets/status")
    portal.get(mailbox.link(mailbox.to(MARC)[0]), status=410)


def test_gets_a_link_by_the_status_page(page, portal, number, mailbox):
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = MARC.upper(), number
    form.submit()
    mail = mailbox.to(MARC)[-1]
    assert "Marc Petit" in mailbox.text(mail)
    assert portal.get(mailbox.link(mail)).follow().request.path == f"/tickets/{number}"
    assert len(mailbox.to(CLAIRE)) == 1


def test_gets_none_once_they_no_longer_follow(portal, number, small_desk, mailbox):
    before = len(mailbox.to(MARC))
    small_desk.unfollow(number, MARC)
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = MARC, number
    form.submit()
    assert len(mailbox.to(MARC)) == before


def test_a_technician_who_follows_needs_no_link(portal, small_desk, novantic_app, mailbox):
    from datetime import UTC, datetime

    from novantic_core.models import Technician
    from novantic_core.services.follow import follow
    from novantic_core.testing.desk import HUGO, find

    key = novantic_app.add_technician()
    number = small_desk.open()
    with novantic_app.transaction() as session:
        colleague = session.get_one(Technician, key)
        follow(novantic_app.site, session, find(session, number), colleague, HUGO, datetime.now(UTC))
    before = len(mailbox.messages)
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = HUGO.email, number
    form.submit()
    assert len(mailbox.messages) == before


def test_a_link_that_a_plugin_gave_to_somebody_else_shows_that_ticket_only(portal, small_desk, novantic_app):
    from datetime import UTC, datetime, timedelta

    from novantic_core.services.grant_access import grant_access
    from novantic_core.testing.desk import find

    one, other = small_desk.open(), small_desk.open()
    with novantic_app.transaction() as session:
        life = timedelta(days=1)
        token = grant_access(session, find(session, one).id, "expert@example.com", datetime.now(UTC), life)
    page = portal.get(f"/access/{token}").follow()
    page.forms["reply"]["message"] = "Vu."
    page.forms["reply"].submit(status=303)
    assert small_desk.look(one).last_author == "expert@example.com"
    small_desk.merge(one, other)
    assert portal.get(f"/tickets/{other}", status=303).location.endswith("/tickets/status")
