"""A mail becomes a ticket, its answer a message: the whole way and back."""

import re

import pytest
from posted import CLAIRE, HUGO, MAILBOX, PLUGINS, SUPPORT, answer, write

from novantic_core.testing.tables import Message, Ticket

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)


def test_a_mail_becomes_a_ticket_and_its_answer_a_message(novantic_app, post, mailbox, say):
    novantic_app.add_technician()
    row = post.bring(write())
    assert (row.state, row.sender, row.sender_name, row.subject) == ("kept", CLAIRE, "Claire Lefèvre", "Imprimante")
    number = post.number(row)
    (receipt,) = mailbox.to(CLAIRE)
    assert number in receipt["Subject"]
    assert re.fullmatch(rf"support\+r\.{number}\.[a-z2-7]{{16}}@novantic\.example", post.parcel(CLAIRE).reply_to)
    say(number, "<p>Est-elle allumée ?</p>")
    reply = mailbox.to(CLAIRE)[-1]
    row = post.bring(answer(reply, "Oui."))
    assert row.state == "kept"
    assert post.number(row) == number
    assert post.said(number) == [
        ("message", "Claire Lefèvre", "Bonjour, mon imprimante ne répond plus."),
        ("reply", "Hugo", "Est-elle allumée ?"),
        ("message", "Claire Lefèvre", "Oui."),
    ]


def test_a_mail_that_takes_answers_says_so(post, mailbox):
    post.bring(write())
    (receipt,) = mailbox.to(CLAIRE)
    for words in (mailbox.text(receipt), mailbox.html(receipt)):
        assert "simplement répondre à cet e-mail" in words
        assert "automatiquement" not in words


@pytest.mark.novantic(plugins=PLUGINS)
def test_without_a_mailbox_nothing_is_promised(post, mailbox):
    assert post.bring(write(), "default").state == "kept"
    (receipt,) = mailbox.to(CLAIRE)
    assert receipt["Reply-To"] is None
    assert "simplement répondre à cet e-mail" not in mailbox.text(receipt)


def test_a_technicians_notice_has_no_empty_facts(novantic_app, post, mailbox):
    novantic_app.add_technician()
    post.bring(write())
    (notice,) = mailbox.to(HUGO)
    assert f"Client : Claire Lefèvre, {CLAIRE}\r\n" in mailbox.text(notice).replace("\xa0", " ")
    for words in (mailbox.text(notice), mailbox.html(notice)):
        assert "Équipe" in words
        assert "Entreprise" not in words
    assert "tel:" not in mailbox.html(notice).partition(CLAIRE)[0].rpartition("Claire Lefèvre")[2]


def test_the_ticket_is_like_one_of_the_form(novantic_app, post):
    row = post.bring(write(subject="Imprimante  en panne\t!"))
    with novantic_app.transaction() as session:
        ticket = session.get_one(Ticket, row.ticket_id)
        assert (ticket.channel, ticket.email, ticket.name) == ("mail", CLAIRE, "Claire Lefèvre")
        assert (ticket.subject, ticket.priority, ticket.critical) == ("Imprimante en panne !", "normal", False)
        message = session.get_one(Message, row.message_row_id)
        assert message.mail_id == row.message_id != ""


def test_what_is_not_said_is_made_up_for(novantic_app, post):
    row = post.bring(write("", sender="marc@petit.example.com", subject="", X_Priority="1", Importance="high"))
    with novantic_app.transaction() as session:
        ticket = session.get_one(Ticket, row.ticket_id)
        assert (ticket.name, ticket.subject, ticket.priority, ticket.critical) == (
            "marc", "(sans objet)", "normal", False,
        )  # fmt: skip
    assert post.said(post.number(row)) == [("message", "marc", "Cet e-mail ne contient pas de texte.")]


def test_what_is_known_of_a_client_is_taken_over(novantic_app, post):
    novantic_app.open_ticket(locale="en", department="Magasin")
    row = post.bring(write("", sender=CLAIRE))
    with novantic_app.transaction() as session:
        ticket = session.get_one(Ticket, row.ticket_id)
        assert (ticket.name, ticket.phone, ticket.company) == (
            "Claire Lefèvre", "01 44 55 66 77", "Boulangerie Lefèvre",
        )  # fmt: skip
        assert (ticket.locale, ticket.department) == ("en", "Magasin")
    assert post.said(post.number(row))[0][2] == "This mail has no text."


@pytest.mark.novantic(
    plugins=PLUGINS,
    settings={
        **MAILBOX,
        "novantic.mail_intake.mailbox.network.address": "reseau@novantic.example",
        "novantic.mail_intake.mailbox.network.category": "printer",
        "novantic.mail_intake.mailbox.network.team": "network",
        "novantic.mail_intake.mailbox.odd.address": "odd@novantic.example",
        "novantic.mail_intake.mailbox.odd.category": "no-such-topic",
    },
)
def test_a_mailbox_gives_topic_and_team_and_takes_the_answers(novantic_app, post, mailbox):
    row = post.bring(write(to="reseau@novantic.example"), "network")
    with novantic_app.transaction() as session:
        ticket = session.get_one(Ticket, row.ticket_id)
        assert (ticket.category_key, ticket.team) == ("printer", "network")
        assert {"what": "route", "value": "network", "plugin": "mail_intake",
                "reason": "by the mailbox it came into"} in ticket.reasons  # fmt: skip
    # its mailbox has no plus addresses: the plain one
    assert post.parcel(CLAIRE).reply_to == "reseau@novantic.example"
    row = post.bring(write(), "odd")
    with novantic_app.transaction() as session:
        ticket = session.get_one(Ticket, row.ticket_id)
        assert (ticket.category_key, ticket.team) == (None, "Support")
    # a mailbox that the file names no more still has its mails
    assert post.bring(write(), "gone").state == "kept"


def test_a_ticket_of_the_form_is_answered_by_mail_too(post, mailbox, open_ticket):
    number = open_ticket()
    (receipt,) = mailbox.to(CLAIRE)
    assert post.parcel(CLAIRE).reply_to.startswith(f"support+r.{number}.")
    assert post.number(post.bring(answer(receipt))) == number


def test_the_same_mail_counts_once(novantic_app, post, count):
    mail = write()
    row = post.bring(mail)
    assert post.keep(mail) == row.id
    # by another road: a server put a line of its own above it
    again = post.bring(b"Delivered-To: support@novantic.example\r\n" + mail.as_bytes())
    assert (again.state, again.ticket_id) == ("duplicate", row.ticket_id)
    assert count(Ticket) == 1
    # without an id nothing says that they are the same
    del mail["Message-ID"]
    assert post.bring(mail).state == "kept"
    assert post.bring(b"Delivered-To: support@novantic.example\r\n" + mail.as_bytes()).state == "kept"


def test_the_same_mail_in_two_mailboxes_is_for_both(post):
    mail = write(to=f"{SUPPORT}, reseau@novantic.example")
    assert post.number(post.bring(mail)) != post.number(post.bring(mail, "network"))


def test_nobody_gets_a_quoted_link(post, mailbox, novantic_app):
    post.bring(write())
    (receipt,) = mailbox.to(CLAIRE)
    token = mailbox.link(receipt).rpartition("/")[2]
    quoted = "\n".join(f"> {line}" for line in mailbox.text(receipt).splitlines())
    row = post.bring(answer(receipt, f"Merci.\n\nLe 16 mars 2026 à 09:12, Novantic a écrit :\n{quoted}\n"))
    with novantic_app.transaction() as session:
        message = session.get_one(Message, row.message_row_id)
        assert "Merci." in message.text
        assert token not in message.html + message.text
        assert "/access/…" in message.html
