"""A server that refuses, at each stage and in each way: what is tried again, what is given up."""

from __future__ import annotations

import pytest
from made_parcel import parcel

from novantic_core.plugin import PermanentFailure
from novantic_email import server as server_module
from novantic_email.channel import EmailChannel

AGAIN = [
    ("CONNECT", "421 too many connections"), ("CONNECT", "554 5.7.1 your address is blocked"),
    ("EHLO", "421 go away"), ("EHLO", "550 who are you"), ("EHLO", "501 no"),
    ("MAIL", "421 shutting down"), ("MAIL", "450 4.7.1 later"), ("MAIL", "451 greylisted"),
    ("MAIL", "452 4.3.1 disk full"),
    ("MAIL", "550 5.7.1 sender not allowed"), ("MAIL", "553 5.1.8 no such domain"), ("MAIL", "530 sign in first"),
    ("RCPT", "421 shutting down"), ("RCPT", "450 4.2.0 greylisted"), ("RCPT", "452 4.2.2 mailbox full"),
    ("RCPT", "552 5.2.2 mailbox full"), ("RCPT", "552 too many"), ("RCPT", "550 5.2.2 over quota"),
    ("RCPT", "554 5.7.1 <zoe@example.com>: Relay access denied"), ("RCPT", "550 relay not permitted"),
    ("354", "421 shutting down"), ("354", "451 later"), ("354", "250 what"),
    ("DATA", "421 shutting down"), ("DATA", "451 4.3.0 later"), ("DATA", "552 mailbox full"), ("DATA", "354 what"),
]  # fmt: skip
NEVER = [
    ("MAIL", "552 5.3.4 message too big"), ("RCPT", "550 5.1.1 no such user"), ("RCPT", "551 moved"),
    ("RCPT", "553 5.1.3 bad address"), ("RCPT", "554 no"),
    ("RCPT", "550 5.4.1 Recipient address rejected: Access denied"),
    ("354", "554 no valid recipients"), ("DATA", "554 5.7.1 this is spam"), ("DATA", "550 no"),
    ("DATA", "552 5.3.4 message too big"),
]  # fmt: skip


@pytest.mark.parametrize("where, answer", AGAIN)
def test_tried_again(server, channel, where, answer):
    server.answers[where] = answer
    with pytest.raises(OSError, match=answer[:3]):
        channel.send(parcel())
    server.answers.clear()
    channel.send(parcel())
    assert len(server.received) == 1


@pytest.mark.parametrize("where, answer", NEVER)
def test_given_up(server, channel, where, answer):
    server.answers[where] = answer
    with pytest.raises(PermanentFailure, match=answer[:3]):
        channel.send(parcel())
    server.answers.clear()
    channel.send(parcel(address="next@example.com"))
    assert [one.recipient for one in server.received] == ["next@example.com"]


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "BODY", "DATA"])
def test_a_connection_that_breaks_before_the_end_of_the_mail(server, channel, where):
    server.hang_up = where.__eq__
    with pytest.raises(OSError, match=r"closed|broke|reset|peer"):
        channel.send(parcel())
    assert server.received == []
    server.hang_up = lambda _where: False
    channel.send(parcel())
    assert len(server.received) == 1


def test_a_connection_that_breaks_after_the_end_is_not_made_again_at_once(server, channel):
    server.hang_up = "KEPT".__eq__
    with pytest.raises(OSError, match="it may have been taken"):
        channel.send(parcel())
    assert len(server.received) == 1


def test_a_mail_that_is_too_large_is_not_even_sent(channel, server, monkeypatch):
    server.stop()
    server._options = {"data_size_limit": 2000}
    server.start()
    with pytest.raises(PermanentFailure, match="bytes, the server takes 2000"):
        channel.send(parcel())
    assert server.received == []


def test_an_address_with_accents_goes_to_a_server_that_takes_it(server, channel):
    server.stop()
    server._options = {"enable_SMTPUTF8": True}
    server.start()
    channel.send(parcel(address="zoé@société.example"))
    (received,) = server.received
    assert received.recipient == "zoé@xn--socit-esab.example"
    assert "To: =?iso-8859-1?q?Zo=E9?= <zoé@xn--socit-esab.example>".encode() in received.raw
    channel.send(parcel())
    assert server.received[1].recipient == "zoe@example.com"


def test_and_not_to_one_that_does_not(server, channel):
    server.stop()
    server._options = {"enable_SMTPUTF8": False}
    server.start()
    with pytest.raises(PermanentFailure, match="takes no address with accents: zoé@"):
        channel.send(parcel(address="zoé@example.com"))


# ------------------------------------------------------------------ connections


def test_one_connection_carries_many_mails(server, channel):
    for number in range(12):
        channel.send(parcel(address=f"{number}@example.com"))
    assert len(server.received) == 12
    assert len(server.connections) == 1


def test_so_many_and_no_more(server, channel, monkeypatch):
    monkeypatch.setattr(server_module, "MAILS_EACH", 2)
    for number in range(5):
        channel.send(parcel(address=f"{number}@example.com"))
    assert len(server.connections) == 3


def test_one_that_was_closed_meanwhile_is_made_again(server, channel):
    channel.send(parcel())
    server.drop()
    channel.send(parcel())
    assert len(server.received) == 2
    assert len(server.connections) == 2


def test_one_that_says_421_meanwhile_is_made_again(server, channel):
    channel.send(parcel())
    connection = next(iter(server.connections))

    # this one only: what a server says to who waited too long
    async def handle(*_given):
        return "421 4.4.2 idle for too long"

    connection._handle_hooks["MAIL"] = handle
    channel.send(parcel())
    assert len(server.received) == 2
    assert len(server.connections) == 2


@pytest.mark.parametrize("answer", ["250 OK", "421 idle for too long", "500 what"])
def test_one_that_was_idle_for_a_while_is_asked_first(server, channel, monkeypatch, answer):
    channel.send(parcel())
    monkeypatch.setattr(server_module, "UNASKED_SECONDS", -1)
    server.answers["RSET"] = answer
    channel.send(parcel())
    assert len(server.received) == 2
    assert len(server.connections) == (1 if answer.startswith("250") else 2)


def test_one_that_was_idle_for_long_is_not_used_again(server, channel, monkeypatch):
    channel.send(parcel())
    monkeypatch.setattr(server_module, "IDLE_SECONDS", -1)
    channel.send(parcel())
    assert len(server.connections) == 2


def test_a_child_process_lets_its_parents_connections_alone(server, channel):
    channel.send(parcel())
    channel.server.forget()
    channel.send(parcel())
    assert len(server.connections) == 2


def test_a_server_that_let_us_wait_for_nothing_is_left_alone_for_a_while(server, channel, monkeypatch):
    monkeypatch.setattr(server_module, "IN_VAIN_SECONDS", -1)
    server.stop()
    with pytest.raises(OSError, match="refused"):
        channel.send(parcel())
    server.start()
    with pytest.raises(OSError, match="not there a moment ago"):
        channel.send(parcel())
    monkeypatch.setattr(server_module, "DOWN_SECONDS", -1)
    channel.server._down = (0.0, "")
    channel.send(parcel())
    assert len(server.received) == 1


def test_the_check_signs_in(server):
    settings = {"mail.host": "127.0.0.1", "mail.port": str(server.port), "mail.username": "novantic"}
    with pytest.raises(OSError, match="AUTH"):
        EmailChannel({**settings, "mail.password": "sesame"}).check()
