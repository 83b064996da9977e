"""A ticket made of a message."""

from __future__ import annotations

import base64
import re

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.models import Attachment, Event, Message, Ticket, TicketLink
from novantic_core.plugin import Actor
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find

CLIENT = Actor("requester", "Claire Lefèvre", CLAIRE)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def asked_twice(small_desk):
    """A ticket on which the client asks for a second thing."""
    number = small_desk.open(category="printer", phone="01 44 55 66 77", priority="high")
    small_desk.say(number, "Et Internet ?", CLIENT)
    return number


@pytest.fixture
def form(novantic_app, back_office):
    """The form for the message with these words, and its address."""

    def open_form(words, status=200):
        with novantic_app.transaction() as session:
            message = session.scalars(select(Message).where(Message.text.contains(words))).first()
            ticket = session.get_one(Ticket, message.ticket_id)
            path = f"/admin/tickets/{ticket.number}/messages/{message.id}/split"
        page = back_office.get(path, status=status)
        return page.forms["split"] if status == 200 else page

    return open_form


def new_ticket(novantic_app):
    with novantic_app.transaction() as session:
        return session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()


def test_the_form_has_what_is_known(form, asked_twice):
    filled = form("Internet")
    assert {name: filled[name].value for name in ("subject", "topic", "priority", "name", "email")} == {
        "subject": "Panne", "topic": "printer", "priority": "high", "name": "Claire Lefèvre", "email": CLAIRE,
    }  # fmt: skip


def test_the_message_moves(form, asked_twice, small_desk, novantic_app):
    filled = form("Internet")
    filled["subject"], filled["topic"] = "Internet coupé", "internet"
    answer = filled.submit(status=303)
    new = new_ticket(novantic_app)
    assert answer.location.endswith(f"/admin/tickets/{new.number}")
    assert (new.subject, new.category_key, new.phone) == ("Internet coupé", "internet", "01 44 55 66 77")
    assert small_desk.said(asked_twice) == ["Au secours"]
    assert small_desk.said(new.number) == ["Et Internet ?"]


def test_both_refer_to_one_another(form, asked_twice, novantic_app, count):
    form("Internet").submit(status=303)
    new = new_ticket(novantic_app)
    assert count(TicketLink) == 1
    with novantic_app.transaction() as session:
        found = session.scalars(select(Event.changes).where(Event.kind == "split").order_by(Event.id)).all()
        assert found == [{"split": [None, new.number]}, {"split_from": [None, asked_twice]}]


def test_the_first_message_is_copied_with_its_files(form, novantic_app, portal, visit, back_office):
    page = visit()
    number = page.request.path.rsplit("/", 1)[-1]
    with novantic_app.transaction() as session:
        before = session.scalars(select(Message)).one()
        from datetime import UTC, datetime
        from io import BytesIO

        from novantic_core.plugin import Desk
        from novantic_core.services.keep_file import attach

        file = Desk(novantic_app.site, session).keep_file(BytesIO(base64.b64decode(PIXEL)), "photo.png", "image/png")
        before.html += f'<p><img src="cid:{file.key}" alt="photo"></p>'
        attach(session, before, (file,))
        assert datetime.now(UTC) > before.created_at
    form("hors connexion").submit(status=303)
    new = new_ticket(novantic_app)
    with novantic_app.transaction() as session:
        first, copy = session.scalars(select(Message).order_by(Message.id)).all()
        assert (first.ticket_id, copy.ticket_id) == (find(session, number).id, new.id)
        mine, its = session.scalars(select(Attachment).order_by(Attachment.id)).all()
        assert (mine.message_id, its.message_id, mine.key) == (first.id, copy.id, its.key)
        assert re.findall(r"/attachments/(\d+)/", copy.html) == [str(its.id)]
        assert re.findall(r"/attachments/(\d+)/", first.html) == [str(mine.id)]


def test_the_client_is_told_unless_one_says_no(form, asked_twice, mailbox):
    mailbox.to(CLAIRE)
    filled = form("Internet")
    filled["tell_client"] = False
    filled.submit(status=303)
    assert len(mailbox.to(CLAIRE)) == 1


def test_and_in_words_that_fit(form, asked_twice, mailbox, novantic_app):
    form("Internet").submit(status=303)
    new = new_ticket(novantic_app)
    assert "ouvert un ticket pour vous" in mailbox.text(mailbox.to(CLAIRE)[-1]).splitlines()[0]
    assert "Et Internet ?" in mailbox.text(mailbox.to(CLAIRE)[-1])
    assert new.number in str(mailbox.to(CLAIRE)[-1]["Subject"])


def test_what_a_follower_asks_for_is_theirs(form, asked_twice, small_desk):
    small_desk.follow(asked_twice, MARC, "Marc Petit")
    small_desk.say(asked_twice, "Et moi ?", Actor("requester", "Marc Petit", MARC))
    filled = form("Et moi")
    assert (filled["name"].value, filled["email"].value) == ("Marc Petit", MARC)


def test_somebody_elses_phone_stays_on_their_own(form, asked_twice, novantic_app):
    filled = form("Internet")
    filled["name"], filled["email"] = "Marc Petit", MARC
    filled.submit(status=303)
    assert (new_ticket(novantic_app).email, new_ticket(novantic_app).phone) == (MARC, "")


def test_what_is_wrong_is_said_and_nothing_moves(form, asked_twice, small_desk, count):
    filled = form("Internet")
    filled["subject"], filled["email"], filled["topic"] = "", "claire@", ""
    page = filled.submit(status=422)
    for name in ("subject", "email", "topic"):
        assert page.html.find(id=f"split-{name}-error").text
    assert count(Ticket) == 1
    assert small_desk.said(asked_twice) == ["Au secours", "Et Internet ?"]


def test_sent_twice_it_is_one_ticket(form, asked_twice, count, novantic_app):
    filled = form("Internet")
    filled.submit(status=303)
    assert filled.submit(status=303).location.endswith(f"/admin/tickets/{asked_twice}")
    assert count(Ticket) == 2


def test_a_copy_sent_twice_is_one_ticket_too(form, small_desk, count):
    small_desk.open(category="printer")
    filled = form("secours")
    filled.submit(status=303)
    filled.submit(status=303)
    assert (count(Ticket), count(Message), count(TicketLink)) == (2, 2, 1)


def test_no_ticket_is_made_of_the_desks_own_words(form, asked_twice, small_desk):
    small_desk.say(asked_twice, "Nous regardons.", HUGO)
    form("regardons", status=404)


def test_nor_of_a_message_of_another_ticket(back_office, asked_twice, small_desk, novantic_app):
    other = small_desk.open(MARC)
    with novantic_app.transaction() as session:
        key = session.scalars(select(Message.id).where(Message.ticket_id == find(session, other).id)).one()
    back_office.get(f"/admin/tickets/{asked_twice}/messages/{key}/split", status=404)


def test_undoing_a_merge_leaves_a_ticket_of_its_own(form, asked_twice, small_desk, novantic_app):
    other = small_desk.open(MARC, category="printer")
    small_desk.merge(asked_twice, other)
    form("Internet").submit(status=303)
    small_desk.unmerge(asked_twice)
    assert small_desk.said(asked_twice) == ["Au secours"]
    assert small_desk.said(new_ticket(novantic_app).number) == ["Et Internet ?"]


def test_the_first_words_of_a_merged_ticket_are_copied_too(form, small_desk, novantic_app):
    one = small_desk.open(category="printer", message="<p>premier</p>")
    other = small_desk.open(MARC, category="printer")
    small_desk.merge(one, other)
    form("premier").submit(status=303)
    small_desk.unmerge(one)
    assert small_desk.said(one) == ["premier"]


def test_files_are_named_beside_the_form(back_office, open_ticket, novantic_app):
    number = open_ticket(attachments=[Upload("journal.txt", b"x", "text/plain")])
    with novantic_app.transaction() as session:
        key = session.scalars(select(Message.id)).one()
    assert "journal.txt" in back_office.get(f"/admin/tickets/{number}/messages/{key}/split")
