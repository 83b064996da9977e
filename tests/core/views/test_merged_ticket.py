"""A merged ticket as its requester sees it: old links, old numbers, old pages, and only their own eyes' right."""

from __future__ import annotations

import pytest
from webtest import Upload

from novantic_core.services.follow import forget
from novantic_core.testing.desk import CLAIRE, MARC

pytestmark = pytest.mark.usefixtures("portal_theme")


@pytest.fixture
def enter(portal, mailbox):
    """Follow the link of the last mail to an address: the page."""

    def follow(address, place=-1):
        portal.reset()
        return portal.get(mailbox.link(mailbox.to(address)[place])).follow()

    return follow


@pytest.fixture
def pair(small_desk, mailbox):
    """Marc's ticket, which is going to be merged into Claire's."""
    one, other = small_desk.open(MARC, message="<p>un</p>"), small_desk.open(CLAIRE, message="<p>deux</p>")
    assert mailbox.to(MARC)
    return one, other


def said(page):
    return [one.text.strip() for one in page.html.find_all(class_="body")]


def test_the_old_link_shows_where_it_goes_on(enter, small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    page = enter(MARC, 0)
    assert page.request.path == f"/tickets/{other}"
    assert said(page) == ["un", "deux"]
    assert one in page.html.find(class_="notice").text


def test_so_does_the_address_of_a_page_that_was_open(enter, portal, small_desk, pair):
    one, other = pair
    enter(MARC)
    small_desk.merge(one, other)
    assert portal.get(f"/tickets/{one}", status=303).location.endswith(f"/tickets/{other}")


def test_the_other_requester_reads_it_all_by_their_own(enter, small_desk, pair):
    small_desk.merge(*pair)
    page = enter(CLAIRE)
    assert said(page) == ["un", "deux"]
    assert not page.html.find(class_="notice")


def test_notes_stay_notes(enter, small_desk, pair, say):
    say(pair[0], "<p>entre nous</p>", note=True)
    small_desk.merge(*pair)
    assert "entre nous" not in enter(CLAIRE)


def test_how_to_reach_the_one_is_not_shown_to_the_other(enter, small_desk):
    other = small_desk.open(CLAIRE, phone="01 44 55 66 77", fields={"teamviewer_id": "123456789"})
    small_desk.merge(small_desk.open(MARC), other)
    page = enter(MARC, 0)
    for private in (CLAIRE, "01 44 55 66 77", "123 456 789"):
        assert private not in page.html.find("main").text
    assert "Claire Lefèvre" in page.html.find("main").text


def test_files_go_where_their_message_went(enter, portal, open_ticket, small_desk, mailbox):
    one = open_ticket(email=MARC, attachments=[Upload("journal.txt", b"x", "text/plain")])
    other = small_desk.open(CLAIRE)
    path = enter(MARC).html.find(class_="attached").a["href"]
    small_desk.merge(one, other)
    assert portal.get(path).body == b"x"
    enter(CLAIRE)
    assert portal.get(path).body == b"x"
    small_desk.unmerge(one)
    portal.get(path, status=404)
    enter(MARC, 0)
    assert portal.get(path).body == b"x"


def test_who_lost_the_right_to_the_other_sees_neither(enter, portal, small_desk, pair, novantic_app):
    from datetime import UTC, datetime

    from novantic_core.services.follow import followers_of
    from novantic_core.testing.desk import find

    one, other = pair
    small_desk.merge(one, other)
    enter(MARC, 0)
    with novantic_app.transaction() as session:
        ticket = find(session, other)
        forget(session, ticket, followers_of(session, ticket), datetime.now(UTC))
    for number in pair:
        assert portal.get(f"/tickets/{number}", status=303).location.endswith("/tickets/status")


def test_an_answer_to_the_old_number_is_said_on_the_other(enter, portal, small_desk):
    one, other = small_desk.open(message="<p>un</p>"), small_desk.open(message="<p>deux</p>")
    page = enter(CLAIRE, 0)
    number = page.request.path.rsplit("/", 1)[-1]
    target = other if number == one else one
    small_desk.merge(number, target)
    page.forms["reply"]["message"] = "J’ajoute ceci."
    answer = page.forms["reply"].submit(status=303)
    assert f"/tickets/{target}" in answer.location
    assert small_desk.said(target)[-1] == "J’ajoute ceci."


def test_where_somebody_else_reads_it_the_words_are_given_back_first(enter, small_desk, pair):
    one, other = pair
    page = enter(MARC)
    small_desk.merge(one, other)
    page.forms["reply"]["message"] = "Mon mot de passe est…"
    page = page.forms["reply"].submit(status=409)
    assert page.html.find(class_="summary")
    assert "Mon mot de passe est…" in page.forms["reply"]["message"].value
    assert small_desk.said(other) == ["un", "deux"]
    page.forms["reply"]["message"] = "Bonjour à tous."
    page.forms["reply"].submit(status=303)
    assert small_desk.said(other)[-1] == "Bonjour à tous."


def test_once_undone_each_reads_their_own(enter, portal, small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    enter(MARC, 0)
    small_desk.unmerge(one)
    assert portal.get(f"/tickets/{other}", status=303).location.endswith("/tickets/status")
    assert said(portal.get(f"/tickets/{one}")) == ["un"]
    assert said(enter(CLAIRE)) == ["deux"]


def test_the_status_page_mails_a_link_for_the_old_number(enter, portal, small_desk, pair, mailbox):
    one, other = pair
    small_desk.merge(one, other)
    before = len(mailbox.to(MARC))
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = MARC, one
    form.submit()
    assert len(mailbox.to(MARC)) == before + 1
    assert enter(MARC).request.path == f"/tickets/{other}"


@pytest.mark.parametrize("address", [CLAIRE, "zorro@example.com"])
def test_but_to_nobody_whose_it_was_not(portal, small_desk, pair, mailbox, address):
    small_desk.merge(*pair)
    before = len(mailbox.messages)
    form = portal.get("/tickets/status").forms["status"]
    form["email"], form["number"] = address, pair[0]
    form.submit()
    assert len(mailbox.messages) == before


def test_that_a_merge_opened_it_again_is_said(enter, small_desk, words):
    one, other = small_desk.open(), small_desk.open()
    small_desk.change(other, status="closed")
    small_desk.merge(one, other)
    assert words("Ticket opened again", "fr") in enter(CLAIRE).html.find(class_="event").text
