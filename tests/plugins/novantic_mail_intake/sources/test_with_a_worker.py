"""Mailboxes as a worker empties them: it holds the task, and says how it goes."""

from __future__ import annotations

import smtplib
import socket

import pytest
from task_tools import eventually

from novantic_mail_intake.sources.connection import LoginRefusedError

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour\r\n"


def test_a_worker_empties_the_mailbox_as_mails_come(dovecot, novantic_app, kept):
    dovecot.put(MAIL % 1)
    with novantic_app.working():
        assert eventually(kept) == [MAIL % 1]
        dovecot.put(MAIL % 2)
        eventually(lambda: kept("state") == [("kept",), ("kept",)])
        eventually(lambda: dovecot.flags() == [r"\Seen"] * 2)


def test_one_that_comes_now_and_again_empties_it_and_does_not_wait_for_more(dovecot, novantic_app, kept):
    dovecot.put(MAIL % 1, MAIL % 2)
    novantic_app.run_task("mail_intake.imap support")
    assert kept() == [MAIL % 1, MAIL % 2]
    assert dovecot.flags() == [r"\Seen"] * 2


@pytest.mark.mailbox(password="wrong")
def test_what_is_wrong_is_raised_to_it(dovecot, novantic_app):
    with pytest.raises(LoginRefusedError):
        novantic_app.run_task("mail_intake.imap support")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestLmtp:
    @pytest.fixture
    def novantic_settings(self, novantic_settings, port):
        return {**novantic_settings, "novantic.mail_intake.lmtp": f"127.0.0.1:{port}"}

    def test_a_worker_listens(self, novantic_app, port, kept):
        def connect():
            try:
                return smtplib.LMTP("127.0.0.1", port)
            except OSError:
                return None

        with novantic_app.working(), eventually(connect) as client:
            client.sendmail("claire@lefevre.example.com", ["support@example.com"], MAIL % 1)
            assert kept() == [MAIL % 1]
            eventually(lambda: kept("state") == [("kept",)])
        assert connect() is None
