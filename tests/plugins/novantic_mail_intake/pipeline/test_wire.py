"""The whole way over a real mail server: what it was given is answered, and sent back."""

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, answer, write
from sqlalchemy import select

from novantic_core.testing.tables import Delivery

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)


@pytest.fixture
def sink(smtp):
    """Asked for before the application."""
    return smtp


def test_a_mail_is_answered_and_its_answer_sent_back(sink, novantic_app, post):
    number = post.number(post.bring(write()))
    novantic_app.deliver()
    (receipt,) = sink.received
    assert receipt.recipient == CLAIRE
    assert f"<support+r.{number}." in receipt.mail["Reply-To"]
    assert receipt.mail["Auto-Submitted"].startswith("auto-")
    assert receipt.sender.startswith("support+b.")
    # what a mail program makes of it, which forgets all but the address
    row = post.bring(write("Encore moi.", to=str(receipt.mail["Reply-To"]), subject="(sans objet)"))
    assert post.number(row) == number
    # and one that keeps the thread, and forgets the address
    row = post.bring(answer(receipt.mail, "Et encore.", to="support@novantic.example"))
    assert post.number(row) == number
    # its server gives the mail back to where it came from
    raw = (
        f"From: MAILER-DAEMON@mail.example.com\r\nTo: {receipt.sender}\r\nSubject: Undelivered Mail\r\n\r\n"
        f"<{CLAIRE}>: 550 5.1.1 no such user\r\n"
    ).encode()
    row = post.bring(raw, envelope_from="", envelope_to=receipt.sender)
    assert row.state == "bounce"
    with novantic_app.transaction() as session:
        told = session.scalars(select(Delivery).where(Delivery.bounced_at.is_not(None))).one()
        assert told.message_id == receipt.message_id.strip("<>")
        assert "5.1.1" in told.bounce
