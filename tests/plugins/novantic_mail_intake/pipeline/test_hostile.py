"""What strangers try, and what must not be lost to their tries."""

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, SUPPORT, write
from sqlalchemy import func, select

from novantic_core.testing.tables import Delivery
from novantic_mail_intake.command import _recipients

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)

BOUNCE_IN_HAND = (
    b"From: claire@lefevre.example.com\r\nTo: support@novantic.example\r\nSubject: Impossible de vous joindre\r\n"
    b"Message-ID: <in-hand@mail.example.com>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
    b"Voici ce qui m'est revenu.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mail.example.com\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n"
    b"Status: 5.1.1\r\n\r\n--b--\r\n"
)


def test_other_words_under_the_same_id_are_another_mail(post):
    """A scanner gives all its mails one id, and whoever knows an id could take it before its owner."""
    first = post.bring(write("Rien.", Message_ID="<1@scanner.example.com>"))
    row = post.bring(write("Le serveur brûle.", Message_ID="<1@scanner.example.com>"))
    assert row.state == "kept"
    assert post.number(row) != post.number(first)
    assert "Le serveur brûle." in post.said(post.number(row))[0][2]
    # the same words by another road are a copy still, of whichever came before
    again = post.bring(write("Rien.", Message_ID="<1@scanner.example.com>", X_Road="2"))
    assert (again.state, again.ticket_id) == ("duplicate", first.ticket_id)


def test_who_shows_a_bounce_is_heard(post):
    row = post.bring(BOUNCE_IN_HAND)
    assert row.state == "kept"
    assert "Voici ce qui m'est revenu." in post.said(post.number(row))[0][2]
    # the same from a server is one
    assert post.bring(BOUNCE_IN_HAND.replace(b"claire@", b"mailer-daemon@")).state == "bounce"


def test_nobody_is_flooded_by_a_plus(novantic_app, post):
    for n in range(7):
        assert post.bring(write(f"Panne {n}.", sender=f"victim+{n}@example.com")).state == "kept"
    with novantic_app.transaction() as session:
        told = select(func.count()).where(Delivery.address.startswith("victim"))
        assert session.scalar(told) == 5


@pytest.mark.parametrize(
    "sender",
    [f"evil@example.org (<{CLAIRE}>)", f"evil@example.org (a (b) <{CLAIRE}>)", f'"<{CLAIRE}>" <evil@example.org>'],
)
def test_an_address_in_a_comment_is_nobodys(novantic_app, post, sender):
    """Servers on the way look at the other one, and let it pass as its owner's."""
    number = novantic_app.open_ticket().number
    raw = f"From: {sender}\r\nTo: {SUPPORT}\r\nSubject: [#{number}]\r\n\r\nFermez ce ticket."
    row = post.bring(raw.encode())
    assert (row.state, row.sender) == ("held", "evil@example.org")


@pytest.mark.parametrize("value", ["(" * 5000, "@a:" * 5000, "a:" * 5000])
def test_headers_without_end_keep_no_mail_outside(value):
    raw = f"Delivered-To: {SUPPORT}\r\nTo: {value}\r\n\r\nBonjour".encode()
    assert SUPPORT in _recipients(raw)
