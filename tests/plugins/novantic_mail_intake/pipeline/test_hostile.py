"""What strangers try, and what must not be lost to their tries."""

import hashlib

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, SUPPORT, write
from sqlalchemy import func, select

from novantic_core.testing.tables import Attachment, Delivery
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


def test_a_file_that_is_named_in_the_words_is_listed(novantic_app, post):
    """Pictures in the text aren't listed; a name alone must not hide a file."""
    key = hashlib.sha256(b"MZ").hexdigest()
    mail = write(f"cid:{key}")
    mail.add_alternative(f'<p>src="cid:{key}" <a href="cid:{key}">Facture</a></p>', subtype="html")
    mail.add_attachment(b"MZ", "application", "pdf", filename="facture.pdf")
    row = post.bring(mail)
    with novantic_app.transaction() as session:
        (file,) = session.scalars(select(Attachment).where(Attachment.message_id == row.message_row_id))
        assert (file.filename, file.inline) == ("facture.pdf", False)


@pytest.mark.parametrize("value", ["(" * 5000, "@a:" * 5000, "a:" * 5000])
def test_headers_without_end_keep_no_mail_outside(value):
    raw = f"Delivered-To: {SUPPORT}\r\nTo: {value}\r\n\r\nBonjour".encode()
    assert SUPPORT in _recipients(raw)


@pytest.mark.parametrize(
    "sender", [f"{CLAIRE}, evil@example.org", f"{CLAIRE}\r\nFrom: evil@example.org", f"Claire <{CLAIRE}>; <evil@x.org>"]
)
def test_who_names_another_sender_too_is_not_believed(novantic_app, post, sender):
    """A server on the way may have asked the other one's domain."""
    number = novantic_app.open_ticket().number
    raw = f"From: {sender}\r\nTo: {SUPPORT}\r\nSubject: [#{number}]\r\n\r\nFermez ce ticket."
    row = post.bring(raw.encode())
    assert (row.state, row.fault) == ("held", "it names several senders, of whom only one can have sent it")
    # what begins something is taken in as ever, and so is a name with a comma in it
    assert post.bring(raw.replace(f"[#{number}]", "Panne").encode()).state == "kept"
    one = raw.replace(sender, f"Lefèvre, Claire <{CLAIRE}>").encode()
    assert post.number(post.bring(one)) == number
