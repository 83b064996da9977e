"""What didn't arrive is seen: in the queue, at the person, and before somebody writes once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from novantic_core.models import Contact, Delivery, Follower, Ticket
from novantic_core.services.find_missed import find_missed
from novantic_core.services.follow import follow_from_outside
from novantic_core.values import Actor
from tests.core.views.admin.conftest import words

CLAIRE = "claire@lefevre.example.com"
NOW = datetime.now(UTC)
MARK = "Mail not delivered"
FAILED = {"state": "failed", "given_up_at": NOW, "sent_at": None, "last_error": "550 no such user"}
BOUNCED = {"state": "sent", "sent_at": NOW - timedelta(minutes=1), "bounced_at": NOW, "bounce": "550 no such user"}
FATES = {"given up": FAILED, "sent back": BOUNCED}


@pytest.fixture
def fate(novantic_app):
    """``fate(CLAIRE, **BOUNCED)``: what became of all that is written to an address so far."""

    def decide(address, **values):
        with novantic_app.transaction() as session:
            session.execute(update(Delivery).where(Delivery.address == address).values(**values))

    return decide


@pytest.fixture
def tell(novantic_app):
    """``tell(number, CLAIRE, **values)``: a later mail to an address."""

    def queue(number, address, **values):
        with novantic_app.transaction() as session:
            first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
            ticket = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
            same = {name: getattr(first, name) for name in ("plugin", "channel", "kind", "theme")}
            session.add(Delivery(**{
                **same, "ticket_id": ticket, "address": address, "name": "", "role": "requester", "locale": "fr",
                "message_id": f"{session.scalar(select(func.count(Delivery.id)))}@x", "created_at": NOW,
                "next_attempt_at": NOW, "state": "sent", "sent_at": NOW + timedelta(minutes=1), **values,
            }))  # fmt: skip

    return queue


def marked(desk, query=""):
    """The numbers of the queue's rows that have the mark."""
    rows = desk.get(f"/admin/tickets{query}").html.select("table tbody tr")
    return [row["data-number"] for row in rows if row.select_one(".tag.missed")]


# ---------------------------------------------------------------- in the queue


@pytest.mark.parametrize("how", FATES)
def test_the_queue_marks_what_did_not_arrive(desk, open_ticket, novantic_app, fate, how):
    number, other = open_ticket(), open_ticket(email="denis@x.example.com")
    novantic_app.deliver()
    assert marked(desk) == []
    fate(CLAIRE, **FATES[how])
    assert marked(desk) == [number]
    assert MARK in desk.get("/admin/tickets").html.find("tr", {"data-number": number}).text
    assert MARK not in desk.get("/admin/tickets").html.find("tr", {"data-number": other}).text


def test_a_technicians_mail_is_another_matter(desk, open_ticket, fate):
    open_ticket()
    fate("ada@novantic.example", **FAILED)
    assert marked(desk) == []


@pytest.mark.parametrize("how", FATES)
def test_what_arrives_afterwards_takes_the_mark_away(desk, open_ticket, fate, tell, how):
    number = open_ticket()
    fate(CLAIRE, **FATES[how])
    tell(number, "Claire@Lefevre.example.com", sent_at=NOW - timedelta(seconds=1))
    assert marked(desk) == [number], "that one went before"
    tell(number, CLAIRE, bounced_at=NOW + timedelta(minutes=2))
    tell(number, "somebody@x.example.com")
    tell(number, CLAIRE, state="pending", sent_at=None)
    assert marked(desk) == [number]
    tell(number, CLAIRE.upper(), sent_at=NOW + timedelta(minutes=3))
    assert marked(desk) == []


def test_one_that_is_tried_again_is_not_lost_yet(desk, open_ticket, fate):
    number = open_ticket()
    fate(CLAIRE, **FAILED)
    assert marked(desk) == [number]
    form = next(one for one in desk.get("/admin/deliveries?state=failed").forms.values() if "/retry" in one.action)
    form.submit(status=303)
    assert marked(desk) == []


def test_an_address_that_was_put_right_misses_nothing(desk, open_ticket, fate, row):
    number = open_ticket()
    fate(CLAIRE, **BOUNCED)
    row(number, email="claire@boulangerie.example.com")
    assert marked(desk) == []


def test_who_follows_from_outside_counts_as_long_as_they_follow(desk, open_ticket, novantic_app, fate, tell):
    number = open_ticket()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        actor = Actor("technician", "Ada")
        follow_from_outside(novantic_app.site, session, ticket, "Paul@x.example.com", "Paul", "fr", actor, NOW)
    tell(number, "paul@x.example.com", **BOUNCED)
    assert marked(desk) == [number]
    with novantic_app.transaction() as session:
        session.delete(session.scalars(select(Follower)).one())
    assert marked(desk) == []


def test_a_critical_one_says_so_above_the_rows(desk, open_ticket, fate):
    open_ticket(critical="true", topic="server")
    fate(CLAIRE, **FAILED)
    assert desk.get("/admin/tickets").html.select_one(".alarm-card .tag.missed").text == MARK


def test_they_are_a_filter_of_the_menu(desk, open_ticket, fate, row):
    number, other = open_ticket(), open_ticket(email="denis@x.example.com")
    fate(CLAIRE, **FAILED)
    page = desk.get("/admin/tickets")
    assert not page.html.find(attrs={"data-count": "missed"}), "that would cost more than it says"
    page = page.click(href=r"/admin/tickets\?missed=1$")
    assert [one["data-number"] for one in page.html.select("table tbody tr")] == [number]
    assert page.html.find("h1").text == MARK
    assert words(page.html.select_one(".chips.set a")).startswith("Mail: not delivered")
    assert page.html.select_one("[data-filters] input[name=missed]")["value"] == "1"
    assert marked(desk, "?missed=1&assignee=me") == []
    row(number, status="closed")
    assert marked(desk, "?missed=1") == []
    assert marked(desk, "?missed=yes&status=all") == [number]
    assert len(desk.get("/admin/tickets?missed=no").html.select("table tbody tr")) == 1, other


@pytest.mark.parametrize(
    "typed", ["mail:undelivered", "mail:revenu", 'courriel:"non remis"', "mail:bounced imprimante"]
)
def test_they_are_found_by_a_word(desk, open_ticket, fate, typed):
    number = open_ticket()
    open_ticket(email="denis@x.example.com")
    fate(CLAIRE, **FAILED)
    page = desk.get("/admin/tickets", {"q": typed})
    assert [one["data-number"] for one in page.html.select("table tbody tr")] == [number]


def test_another_word_after_it_is_told_and_looked_for(desk, open_ticket):
    open_ticket()
    page = desk.get("/admin/tickets?q=mail:imprimante")
    assert "“imprimante” says nothing of mails" in page
    assert len(page.html.select("table tbody tr")) == 1


def test_a_page_takes_as_many_statements_however_much_came_back(desk, open_ticket, fate, statements):
    for n in range(5):
        open_ticket(email=f"n{n}@x.example.com")
    taken = []
    for address in ("nobody@x", *[f"n{n}@x.example.com" for n in range(5)]):
        fate(address, **FAILED)
        desk.get("/admin/tickets")
        with statements() as sent:
            desk.get("/admin/tickets")
        taken.append(len(sent))
    assert set(taken) == {6}


# ---------------------------------------------------------------- beside the ticket, and on the person's page


def reply_says(desk, number):
    return words(desk.get(f"/admin/tickets/{number}").html.find(id="reply"))


@pytest.mark.parametrize("how", FATES)
def test_who_replies_is_told_to_call(desk, open_ticket, novantic_app, fate, how):
    number = open_ticket(phone="01 44 55 66 77")
    novantic_app.deliver()
    assert "didn't arrive" not in reply_says(desk, number)
    fate(CLAIRE, **FATES[how])
    page = desk.get(f"/admin/tickets/{number}")
    notice = page.html.select_one("#reply .comes-back")
    assert f"The last mail to {CLAIRE} didn't arrive" in words(notice)
    assert "Better call: 01 44 55 66 77" in words(notice)
    assert notice.select_one("a[href='tel:0144556677']")
    assert "550 no such user" in notice.text
    assert not page.html.select_one("#note .comes-back"), "a note goes to nobody outside"
    assert not page.html.select_one("#person .comes-back"), "once is an accident"


def test_without_a_telephone_the_reply_says_so(desk, open_ticket, fate, row):
    number = open_ticket()
    row(number, phone="")
    fate(CLAIRE, **FAILED)
    assert "No telephone is known" in reply_says(desk, number)


def test_a_mail_on_another_ticket_that_arrived_shows_that_the_address_is_good(desk, open_ticket, fate, tell):
    number = open_ticket()
    fate(CLAIRE, **FAILED)
    other = open_ticket()
    assert "didn't arrive" in reply_says(desk, other)
    tell(other, CLAIRE)
    assert "didn't arrive" not in reply_says(desk, other)
    assert marked(desk) == [number], "the answer there was not read all the same"


def test_an_address_where_nothing_arrives_is_marked_at_the_person(desk, open_ticket, novantic_app, fate):
    number = open_ticket()
    fate(CLAIRE, **BOUNCED)
    with novantic_app.transaction() as session:
        key = session.scalars(select(Contact.id)).one()
    assert "don't arrive" not in desk.get(f"/admin/contacts/{key}")
    open_ticket()
    fate(CLAIRE, **BOUNCED)
    for place in (f"/admin/contacts/{key}", f"/admin/tickets/{number}"):
        tag = desk.get(place).html.select_one(".comes-back .tag.missed")
        assert tag.text == "Mails to this address don't arrive"
    assert "550 no such user" in desk.get(f"/admin/contacts/{key}").html.select_one(".comes-back").text


def test_so_is_another_address_of_theirs(desk, open_ticket, novantic_app, fate):
    open_ticket()
    for _time in range(2):
        open_ticket(email="claire@home.example.com")
    fate("claire@home.example.com", **FAILED)
    with novantic_app.transaction() as session:
        keys = dict(session.execute(select(Contact.email, Contact.id)).all())
        main, other = keys[CLAIRE], keys["claire@home.example.com"]
        session.execute(update(Contact).where(Contact.id == other).values(merged_into_id=main))
        session.execute(update(Ticket).where(Ticket.contact_id == other).values(contact_id=main))
    notes = desk.get(f"/admin/contacts/{main}").html.select(".comes-back")
    assert len(notes) == 1
    assert "claire@home.example.com" in notes[0].parent.text


def test_what_is_known_of_a_person_is_asked_in_one_statement(novantic_app, open_ticket, statements):
    for _time in range(3):
        open_ticket()
    with novantic_app.transaction() as session:
        key = session.scalars(select(Contact.id)).one()
        with statements() as sent:
            assert find_missed(session, key) == {}
        assert len([one for one in sent if one.startswith("SELECT")]) == 1
