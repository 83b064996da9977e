"""Mailboxes on a real server: what lies there is kept here, and only then marked there."""

from __future__ import annotations

import pytest

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour \xe9\r\n"


def mails(count):
    return [MAIL % number for number in range(count)]


def test_mails_are_kept_as_they_lie_there_and_marked(dovecot, empty, kept, tools):
    dovecot.put(*mails(3))
    empty()
    assert kept() == mails(3)
    assert kept("mailbox", "source", "state", "envelope_from")[0] == ("support", "imap", "new", None)
    assert dovecot.flags() == [r"\Seen"] * 3
    assert tools.answers == 1


def test_what_was_read_already_stays_out(dovecot, empty, kept):
    dovecot.put(*mails(3))
    dovecot.do("store", "2", "+FLAGS", r"\Seen")
    empty()
    assert kept() == [mails(3)[0], mails(3)[2]]


@pytest.mark.mailbox(after="delete")
def test_they_are_deleted_where_that_is_said_and_nobody_elses_are(dovecot, empty, kept):
    dovecot.put(*mails(3))
    dovecot.do("store", "2", "+FLAGS", r"\Deleted \Seen")
    empty()
    assert len(kept()) == 2
    assert dovecot.mails() == [mails(3)[1]]


@pytest.mark.mailbox(after="move Traités/2026")
def test_they_are_moved_to_a_folder_that_is_made(dovecot, empty, kept):
    dovecot.put(*mails(2))
    empty()
    assert kept() == mails(2)
    assert dovecot.mails() == []
    assert dovecot.mails('"Trait&AOk-s/2026"') == mails(2) or dovecot.mails('"Trait&AOk-s.2026"') == mails(2)
