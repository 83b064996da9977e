"""Mails to those who follow a ticket, and to those whose ticket goes on elsewhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from novantic_core.plugin import Actor
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find
from novantic_core.testing.tables import Technician

CLIENT = Actor("requester", "Claire Lefèvre", CLAIRE)
ADA = "ada@novantic.example"


@pytest.fixture
def news(mailbox):
    """The mails since the last time: (recipient, what it says first) pairs, sorted."""
    seen = []

    def read():
        new = mailbox.messages[len(seen) :]
        seen.extend(new)
        return sorted((mail["To"].addresses[0].addr_spec, mailbox.text(mail).splitlines()[0]) for mail in new)

    return read


@pytest.fixture
def number(small_desk, news):
    """Claire's ticket, which Marc follows from outside; what they were told so far is read."""
    number = small_desk.open(locale="en")
    small_desk.follow(number, MARC, "Marc Petit", "en")
    assert news() == [(CLAIRE, "You have just opened a ticket"), (MARC, "You follow a ticket")]
    return number


def test_an_answer_of_the_desk_is_told_to_both(small_desk, number, news):
    small_desk.say(number, "Bonjour")
    assert news() == [(CLAIRE, "Our answer to your ticket"), (MARC, "Our answer to your ticket")]


def test_a_followers_mail_says_why_they_get_it(small_desk, number, mailbox):
    small_desk.say(number, "Bonjour")
    words = "because you follow this ticket of Claire Lefèvre"
    for body in (mailbox.text, mailbox.html):
        assert words in body(mailbox.to(MARC)[-1])
        assert words not in body(mailbox.to(CLAIRE)[-1])


def test_each_has_a_link_of_their_own(small_desk, number, mailbox, portal):
    small_desk.say(number, "Bonjour")
    links = {mailbox.link(mailbox.to(address)[-1]) for address in (CLAIRE, MARC)}
    assert len(links) == 2


def test_what_the_requester_writes_is_told_to_who_follows(small_desk, number, news, mailbox):
    small_desk.say(number, "Toujours en panne", CLIENT)
    assert news() == [(MARC, "Answer on the ticket")]
    assert "Claire Lefèvre has answered" in mailbox.text(mailbox.to(MARC)[-1])
    assert "Toujours en panne" in mailbox.text(mailbox.to(MARC)[-1])


def test_what_a_follower_writes_is_told_to_the_requester(small_desk, number, news, mailbox):
    small_desk.change(number, status="closed")
    small_desk.say(number, "Chez moi aussi", Actor("requester", "Marc Petit", MARC))
    assert news() == [(CLAIRE, "Answer on the ticket"), (MARC, "Your ticket is open again")]
    assert "Marc Petit has answered" in mailbox.text(mailbox.to(CLAIRE)[-1])
    assert "open again" in mailbox.text(mailbox.to(CLAIRE)[-1])


def test_technicians_are_told_who_wrote(small_desk, number, novantic_app, mailbox):
    novantic_app.add_technician()
    small_desk.say(number, "Chez moi aussi", Actor("requester", "Marc Petit", MARC))
    assert "Marc Petit a répondu" in mailbox.text(mailbox.to(HUGO.email)[-1])


def test_the_status_is_told_to_both_each_in_fitting_words(small_desk, number, news, novantic_app, mailbox):
    small_desk.set_status(number, "closed", CLIENT)
    assert news() == [(CLAIRE, "Your ticket is closed"), (MARC, "Your ticket is closed")]
    assert "You told us" in mailbox.text(mailbox.to(CLAIRE)[-1])
    assert "You told us" not in mailbox.text(mailbox.to(MARC)[-1])


def test_a_note_is_told_to_nobody_outside(small_desk, number, news):
    small_desk.note(number, "<p>entre nous</p>")
    assert news() == []


def test_a_technician_who_follows_is_told_what_technicians_are_once(small_desk, number, news, novantic_app):
    novantic_app.add_technician()
    key = novantic_app.add_technician(ADA, "Ada")
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(locale="en"))
        ticket = find(session, number)
        ticket.assignee_id = session.scalars(select(Technician.id).where(Technician.name == "Hugo")).one()
    small_desk.follow_inside(number, key)
    assert news() == []
    small_desk.say(number, "Alors ?", CLIENT)
    told = [pair for pair in news() if pair[0].endswith("@novantic.example")]
    assert told == [(ADA, "Answer from Claire Lefèvre"), (HUGO.email, "Answer from Claire Lefèvre")]


def test_nor_when_the_ticket_went_where_they_see_it_no_longer(small_desk, number, news, novantic_app):
    from novantic_core.testing.tables import Team

    key = novantic_app.add_technician(ADA, "Ada")
    small_desk.follow_inside(number, key)
    with novantic_app.transaction() as session:
        session.add(Team(key="rh", label="RH", private=True))
    novantic_app.site.preferences_cache.forget()
    small_desk.change(number, team="rh")
    small_desk.say(number, "Alors ?", CLIENT)
    assert news() == [(MARC, "Answer on the ticket")]


# ------------------------------------------------------------------ merging


def test_only_the_one_whose_ticket_disappears_is_told(small_desk, news, mailbox):
    one, other = small_desk.open(MARC, locale="en"), small_desk.open(CLAIRE, locale="en")
    news()
    small_desk.merge(one, other)
    assert news() == [(MARC, "Your ticket goes on in another one")]
    words = mailbox.text(mailbox.to(MARC)[-1])
    assert f"goes on in ticket number {other}" in words
    assert "The other person and you now read the whole discussion" in words


def test_of_two_of_ones_own_nobody_else_is_spoken_of(small_desk, news, mailbox):
    one, other = small_desk.open(locale="en"), small_desk.open(locale="en")
    news()
    small_desk.merge(one, other)
    assert news() == [(CLAIRE, "Your ticket goes on in another one")]
    assert "other person" not in mailbox.text(mailbox.to(CLAIRE)[-1])


def test_and_told_when_it_is_undone(small_desk, news, mailbox, portal):
    one, other = small_desk.open(MARC, locale="en"), small_desk.open(CLAIRE)
    small_desk.merge(one, other)
    news()
    small_desk.unmerge(one)
    assert news() == [(MARC, "Your ticket goes on by itself again")]
    mail = mailbox.to(MARC)[-1]
    assert other in mailbox.text(mail)
    assert portal.get(mailbox.link(mail)).follow().request.path == f"/tickets/{one}"


def test_both_hear_what_is_said_afterwards(small_desk, news):
    one, other = small_desk.open(MARC, locale="en"), small_desk.open(CLAIRE, locale="en")
    small_desk.merge(one, other)
    news()
    small_desk.say(other, "Bonjour à tous")
    assert news() == [(CLAIRE, "Our answer to your ticket"), (MARC, "Our answer to your ticket")]
