"""A mail becomes a ticket, its answer a message: the whole way and back."""

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, answer, write

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)


def test_a_mail_becomes_a_ticket_and_its_answer_a_message(novantic_app, post, mailbox, say):
    novantic_app.add_technician()
    row = post.bring(write())
    assert (row.state, row.sender, row.sender_name, row.subject) == ("kept", CLAIRE, "Claire Lefèvre", "Imprimante")
    number = post.number(row)
    (receipt,) = mailbox.to(CLAIRE)
    assert number in receipt["Subject"]
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
