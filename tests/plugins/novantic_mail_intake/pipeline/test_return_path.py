"""What comes to the return path of a notice: servers' words, and those of programs that answer for somebody."""

import pytest
from posted import CLAIRE, MAILBOX, PLUGINS, write
from sqlalchemy import select

from novantic_core.testing.tables import Delivery

pytestmark = pytest.mark.novantic(plugins=PLUGINS, settings=MAILBOX)
REPORT = """From: MAILER-DAEMON@mx.example.com\r
To: {to}\r
Subject: Successful Mail Delivery Report\r
Auto-Submitted: auto-replied\r
Message-ID: <success@mx.example.com>\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
\r
Your message was successfully delivered to the destination(s) listed below.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.com\r
\r
Final-Recipient: rfc822; claire@lefevre.example.com\r
Action: {action}\r
Status: 2.0.0\r
\r
--b--\r
"""


@pytest.fixture
def number(novantic_app):
    """A ticket of Claire's, opened by the form."""
    return novantic_app.open_ticket().number


@pytest.fixture
def back(post, number):
    """Where what can't be delivered of Claire's notice goes."""
    return post.parcel(CLAIRE).return_path


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_that_it_was_delivered_is_no_bounce(novantic_app, post, back, action):
    raw = REPORT.format(to=back, action=action).encode()
    row = post.bring(raw, envelope_from="", envelope_to=back)
    assert row.state == "automatic"
    with novantic_app.transaction() as session:
        assert session.scalars(select(Delivery)).one().bounced_at is None


def test_what_a_client_sends_there_goes_on_with_the_ticket(post, number, back, count):
    """Programs that answer for somebody and say so nowhere write to the return path."""
    before = count(Delivery)
    row = post.bring(write("Je suis absente.", subject="Absence", to=back), envelope_to=back)
    assert (row.state, post.number(row)) == ("kept", number)
    assert post.said(number)[-1][2] == "Je suis absente."
    assert count(Delivery) == before


def test_what_others_send_there_begins_something_and_is_not_answered(post, number, back, count):
    before = count(Delivery)
    row = post.bring(write("Êtes-vous un robot ?", sender="captcha@filter.example.com", to=back), envelope_to=back)
    assert row.state == "kept"
    assert post.number(row) != number
    assert count(Delivery) == before


def test_a_return_path_that_nobody_signed_is_none(post, number):
    row = post.bring(write("Bonjour.", to="support+b.1.aaaaaaaaaaaaaaaa@novantic.example"))
    assert post.number(row) != number
