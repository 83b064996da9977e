"""What becomes of a delivery that its channel doesn't take."""

from __future__ import annotations

import types
from datetime import timedelta

import pytest
import sqlalchemy

from novantic_core.delivery import outbox
from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery
from novantic_core.plugin import PermanentFailure, hookimpl

CLAIRE = "claire@lefevre.example.com"


@pytest.fixture
def worker(novantic_app, clock):
    return Worker(novantic_app.site, clock)


def refuse(error):
    def refuse_parcel(_parcel):
        raise error

    return refuse_parcel


def test_opening_a_ticket_mails_its_number_and_a_link(smtp, novantic_app, open_ticket, portal):
    number = open_ticket()
    novantic_app.deliver()
    (mail,) = smtp.to(CLAIRE)
    text = mail.get_body(("plain",)).get_content()
    assert number in mail["Subject"]
    link = text.partition("http://support.example.com")[2].split()[0]
    assert number in portal.get(link).follow()


def test_with_the_mail_server_down_the_client_notices_nothing(smtp, open_ticket, worker, deliveries):
    smtp.stop()
    assert len(open_ticket()) == 6  # the page with the ticket's number
    worker.run_once()
    (waiting,) = deliveries()
    assert (waiting.state, waiting.attempts, waiting.claimed_by) == ("pending", 1, None)
    assert "refused" in waiting.last_error


def test_the_mail_goes_when_the_server_is_back(smtp, open_ticket, worker, deliveries, clock):
    smtp.stop()
    open_ticket()
    worker.run_once()
    smtp.start()
    worker.run_once()
    assert smtp.received == []  # it isn't its time yet
    clock.forward(seconds=13)
    worker.run_once()
    assert len(smtp.to(CLAIRE)) == 1
    (sent,) = deliveries()
    assert (sent.state, sent.sent_at, sent.last_error, sent.attempts) == ("sent", clock.now, "", 2)


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_says_later_is_asked_later(smtp, open_ticket, worker, deliveries, clock, where):
    smtp.answers[where] = "450 try again later"
    open_ticket()
    worker.run_once()
    assert deliveries()[0].state == "pending"
    smtp.answers.clear()
    clock.forward(seconds=13)
    worker.run_once()
    assert len(smtp.received) == 1


def test_a_server_that_says_never_is_believed(smtp, open_ticket, worker, deliveries):
    smtp.answers["RCPT"] = "550 no such mailbox"
    open_ticket()
    worker.run_once()
    (failed,) = deliveries()
    assert (failed.state, failed.last_error, failed.claimed_by) == ("failed", "550 no such mailbox", None)


def test_a_repetition_has_the_same_id_and_a_link_of_its_own(smtp, open_ticket, worker, clock):
    smtp.hang_up = lambda where: where == "KEPT"  # it has the mail, but the worker can't know
    open_ticket()
    worker.run_once()
    smtp.hang_up = lambda _where: False
    clock.forward(seconds=13)
    worker.run_once()
    first, second = smtp.to(CLAIRE)
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body(("plain",)).get_content() != second.get_body(("plain",)).get_content()


def test_attempts_come_less_and_less_often_up_to_once_an_hour():
    for attempts, least in enumerate([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600], start=1):
        assert least <= outbox.delay(attempts).total_seconds() <= least * 1.25


def test_after_two_days_it_is_given_up_visibly(recorder, fill, worker, deliveries, clock):
    recorder.before_sending = refuse(OSError("nobody there"))
    fill()
    while deliveries()[0].state == "pending" and clock.now < deliveries()[0].created_at + timedelta(days=4):
        clock.forward(hours=1, minutes=16)
        worker.run_once()
    (failed,) = deliveries()
    assert failed.state == "failed"
    assert "nobody there" in failed.last_error
    assert timedelta(days=2) < clock.now - failed.created_at < timedelta(days=2, hours=2)


def test_a_channel_that_is_gone_is_waited_for(recorder, fill, worker, deliveries, novantic_app, clock):
    fill()
    channel = novantic_app.site.channels.pop("recorder")
    worker.run_once()
    clock.forward(seconds=13)
    worker.run_once()
    (waiting,) = deliveries()
    assert (waiting.state, waiting.attempts) == ("pending", 2)
    assert "no enabled plugin has the channel 'recorder'" in waiting.last_error
    novantic_app.site.channels["recorder"] = channel
    clock.forward(seconds=26)
    worker.run_once()
    assert len(recorder.sent) == 1


@pytest.mark.parametrize("error", [OSError("down"), ValueError("a fault"), PermanentFailure("never"), KeyError("name")])
def test_what_a_channel_will_not_take_does_not_block_the_next(recorder, fill, worker, deliveries, error):
    def refuse_first(parcel):
        if parcel.notice.to.address == "0@example.com":
            raise error

    recorder.notices, recorder.before_sending = 3, refuse_first
    fill()
    worker.run_once()
    assert [one.state for one in deliveries()][1:] == ["sent", "sent"]
    assert str(error) in deliveries()[0].last_error


def test_a_template_that_fails_keeps_only_its_own_mail_back(smtp, novantic_app, open_ticket, worker, deliveries):
    novantic_app.add_technician("hugo@novantic.example")
    open_ticket()
    with novantic_app.transaction() as session:
        # a kind that nobody has a template for
        session.get(Delivery, deliveries()[0].id).kind = "odd"
    worker.run_once()
    odd, good = deliveries()
    assert (odd.state, odd.attempts, good.state) == ("pending", 1, "sent")
    assert "odd.txt" in odd.last_error


@pytest.fixture
def broken_link(request):
    """A plugin that asks the database for what isn't there, first of all."""
    plugin = types.ModuleType("broken")

    @hookimpl(tryfirst=True)
    def novantic_access_link(desk, ticket, recipient, kind):
        return desk.session.scalar(sqlalchemy.text("SELECT nothing FROM nowhere"))

    plugin.novantic_access_link = novantic_access_link
    request.node.get_closest_marker("novantic").kwargs["extra_plugins"] = {"broken": plugin}


@pytest.mark.novantic(plugins=["webform", "email_links", "email", "broken"], settings={"novantic.debug": "false"})
def test_a_link_that_a_plugin_cannot_make_costs_the_link_and_not_the_mail(broken_link, smtp, open_ticket, worker):
    open_ticket()
    worker.run_once()
    (mail,) = smtp.to(CLAIRE)
    assert "/access/" in mail.get_body(("plain",)).get_content()  # the next plugin's
