"""Servers that answer what nobody hopes for: a real one, which hears something else than what was said."""

from __future__ import annotations

import contextlib
import itertools

import pytest

from novantic_mail_intake.sources import connection, imap

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour\r\n"
REFUSED = b"COPY 1 Nowhere"
"""What Dovecot answers NO to."""


@pytest.fixture
def two(dovecot, proxy):
    """Two mails, and the server behind a line on which a word can be changed: ``two(b"FETCH", b"COPY")``."""
    dovecot.put(MAIL % 1, MAIL % 2)

    def change(said, heard):
        proxy.change = lambda line: line.replace(said, heard)

    return change


def test_sizes_that_are_not_told(two, empty, kept):
    two(b"FETCH 1,2 (RFC822.SIZE)", REFUSED)
    empty()
    assert kept() == [MAIL % 1, MAIL % 2]


@pytest.mark.parametrize("heard", [REFUSED, b"FETCH 1 (FLAGS)"])
def test_a_mail_that_is_not_given(two, empty, kept, heard):
    two(b"FETCH 1 (BODY.PEEK[])", heard)
    with pytest.raises(OSError, match=r"^mail 1 can't be fetched: "):
        empty()
    assert kept() == [MAIL % 2]


def test_one_whose_headers_are_not_given_either(two, empty, kept):
    two(b"FETCH 1 (BODY.PEEK[", b"FETCH 1 (NONSENSE[")
    for _round in range(imap.TRIES):
        with pytest.raises(OSError, match="mail 1"):
            empty()
    empty()
    assert kept("state") == [("kept",), ("faulty",)]
    assert kept()[1].count(b"\r\n") == 1


@pytest.mark.parametrize("most", [10, 10**6])
def test_one_that_somebody_else_deleted_meanwhile(dovecot, proxy, empty, kept, task, most, monkeypatch):
    monkeypatch.setattr(task("imap support").run.__self__, "settings", {"max_size": most})
    dovecot.put(MAIL % 1)

    def delete(line):
        if b"FETCH 1 (BODY" in line:
            with dovecot.client() as client:
                client.store("1", "+FLAGS", r"\Deleted")
                client.expunge()
        return line

    proxy.change = delete
    with contextlib.suppress(OSError):  # the server may say so, or nothing
        empty()
    assert kept() == []
    proxy.change = lambda line: line
    empty()
    assert kept() == []


def test_a_mail_that_cannot_be_marked_is_kept_and_it_is_said(two, dovecot, empty, kept):
    two(rb"STORE 1 +FLAGS.SILENT (\Seen)", REFUSED)
    with pytest.raises(OSError, match=r"mail 1 is kept here, but can't be marked there: .*Nowhere"):
        empty()
    assert kept("state") == [("kept",)]
    assert dovecot.flags() == ["", ""]


@pytest.mark.mailbox(after="move Done")
def test_neither_can_one_that_cannot_be_moved(two, dovecot, empty, kept):
    two(b"MOVE 1 ", b"MOVE 1 Nowhere.")
    with pytest.raises(OSError, match=r"mail 1 is kept here, but can't be marked there: "):
        empty()
    two(b"-", b"-")
    empty()
    assert kept() == [MAIL % 1, MAIL % 2]
    assert dovecot.mails() == []
    assert dovecot.mails("Done") == [MAIL % 1, MAIL % 2]


def test_a_folder_that_may_only_be_read_is_named(two, empty, kept):
    two(b"SELECT", b"EXAMINE")
    with pytest.raises(OSError, match="the folder INBOX can't be opened: it may only be read"):
        empty()
    assert kept() == []


def test_a_line_that_ends_while_logging_in(proxy, empty):
    proxy.cut_at = lambda line: b"AUTHENTICATE" in line
    with pytest.raises(OSError, match="ended the line while logging in"):
        empty()


def test_a_server_that_falls_silent_is_waited_for_no_longer_than_a_while(two, empty, monkeypatch):
    monkeypatch.setattr(connection, "TIMEOUT", 0.5)
    two(b"SEARCH UNSEEN UNDELETED\r\n", b"SEARCH")
    with pytest.raises(OSError, match=r"broke: timed out|ended the line: .*timed out"):
        empty()


def test_who_lost_the_mailbox_to_another_worker_stops(two, empty, dovecot, tools, task):
    class LostError(OSError):
        """What a worker raises then."""

    opened, times = tools.open_desk, itertools.count()

    def open_desk():
        # the first one is to look at the settings
        if next(times):
            tools.stopping.set()
            raise LostError("it is another worker's")
        return opened()

    tools.open_desk = open_desk
    with pytest.raises(LostError):
        task("imap support").run(tools)
    assert dovecot.flags() == ["", ""]
