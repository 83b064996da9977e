"""Mailboxes on a real server: what lies there is kept here, and only then marked there."""

from __future__ import annotations

import re
import threading

import pytest
from task_tools import eventually

from novantic_mail_intake.sources import imap

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour \xe9\r\n"


def mails(count):
    return [MAIL % number for number in range(count)]


def test_mails_are_kept_as_they_lie_there_and_marked(dovecot, empty, kept, tools):
    dovecot.put(*mails(3))
    empty()
    assert kept() == mails(3)
    assert kept("mailbox", "source", "state", "envelope_from")[0] == ("support", "imap", "kept", None)
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


@pytest.mark.mailbox(after="move Traités")
def test_they_are_moved_to_a_folder_that_is_made(dovecot, empty, kept):
    dovecot.put(*mails(2))
    empty()
    assert kept() == mails(2)
    assert dovecot.mails() == []
    assert dovecot.mails("Trait&AOk-s") == mails(2)


@pytest.mark.mailbox(after="move Traités", folder="Boîte/clients".replace("/", "."))
def test_another_folder_than_the_inbox_is_read_where_that_is_said(dovecot, empty, kept):
    dovecot.do("create", "Bo&AO4-te.clients")
    dovecot.put(*mails(2), folder="Bo&AO4-te.clients")
    dovecot.put(MAIL % 9)
    empty()
    assert kept() == mails(2)


@pytest.fixture
def plainly(mailbox_settings, dovecot):
    mailbox_settings.pop("ca_file")
    mailbox_settings.update(security="none", port=str(dovecot.port))


def test_without_encryption_on_this_machine(dovecot, plainly, empty, kept):
    dovecot.put(*mails(1))
    empty()
    assert kept() == mails(1)


@pytest.fixture
def starttls(mailbox_settings, dovecot):
    mailbox_settings.update(security="starttls", port=str(dovecot.port))


def test_with_starttls(dovecot, starttls, empty, kept):
    dovecot.put(*mails(1))
    empty()
    assert kept() == mails(1)
    assert "TLS" in next(line for line in reversed(dovecot.log.splitlines()) if "Login:" in line)


def test_the_same_mail_in_it_twice_counts_once(dovecot, empty, kept):
    dovecot.put(MAIL % 1, MAIL % 1)
    empty()
    assert kept() == [MAIL % 1]
    assert dovecot.flags() == [r"\Seen"] * 2


@pytest.mark.novantic(settings={"novantic.mail_intake.max_size": "2 kB"})
def test_one_that_is_too_large_stays_there_flagged_and_its_headers_are_set_aside(dovecot, empty, kept):
    large = (MAIL % 1) + b"x" * 3000 + b"\r\n"
    dovecot.put(large, MAIL % 2)
    empty()
    head, small = kept()
    note, _end, headers = head.partition(b"\r\n")
    assert re.fullmatch(rb"X-Novantic-Left-On-Server: INBOX, \d+, 1", note)
    assert headers == large.partition(b"Bonjour")[0]
    assert small == MAIL % 2
    ((state, fault), (after, _none)) = kept("state", "fault")
    assert (state, after) == ("faulty", "kept")
    assert fault == (
        f"It is too large: {len(large)} bytes, of 2048 at most. It lies in INBOX of support@example.com on 127.0.0.1, "
        "flagged."
    )
    assert dovecot.flags() == [r"\Flagged \Seen", r"\Seen"]


@pytest.mark.mailbox(after="delete")
@pytest.mark.novantic(settings={"novantic.mail_intake.max_size": "2 kB"})
def test_where_mails_are_deleted_it_is_left_and_asked_for_once(dovecot, empty, kept):
    dovecot.put((MAIL % 1) + b"x" * 3000)
    empty()
    dovecot.put(MAIL % 2)
    empty()
    assert len(kept()) == 2
    assert dovecot.flags() == [r"\Flagged"]


def test_while_many_are_taken_in_it_is_said_that_the_server_answers(dovecot, task, tools, kept, monkeypatch):
    monkeypatch.setattr(imap, "SIGN", -1)
    dovecot.put(*mails(3))
    tools.once = True
    task("imap support").run(tools)
    assert kept() == mails(3)
    assert tools.answers > 3


def test_it_listens_for_what_comes_while_it_waits(dovecot, task, tools, kept):
    thread = threading.Thread(target=task("imap support").run, args=[tools])
    thread.start()
    try:
        eventually(lambda: tools.answers == 1)
        dovecot.put(MAIL % 1)
        assert eventually(kept) == [MAIL % 1]
        eventually(lambda: dovecot.flags() == [r"\Seen"])
    finally:
        tools.stopping.set()
        thread.join(10)
    assert not thread.is_alive()


def test_the_stop_is_heard_between_two_mails(dovecot, task, tools, kept, monkeypatch):
    dovecot.put(*mails(3))
    run = task("imap support").run
    work_off = run.__self__.work_off

    def stop_after(*given):
        tools.stopping.set()
        return work_off(*given)

    monkeypatch.setattr(run.__self__, "work_off", stop_after)
    run(tools)
    assert kept() == mails(1)
    assert dovecot.flags() == [r"\Seen", "", ""]
    assert tools.answers == 0


@pytest.mark.mailbox(every="1000")
def test_it_is_a_task_of_one_worker(dovecot, task):
    one = task("imap support")
    assert (one.alone, one.every, one.late) == (True, 1000, 3000)
    assert one.label.interpolate() == "The mailbox support@example.com at 127.0.0.1"


@pytest.mark.mailbox(brand="main", category="nowhere", team="nobody")
def test_a_topic_and_a_team_that_are_not_there_are_told_and_the_mails_come_in(dovecot, empty, kept):
    dovecot.put(MAIL % 1)
    with pytest.raises(OSError, match=r"mailbox\.support\.category = nowhere: there is no such topic") as told:
        empty()
    assert "novantic.mail_intake.mailbox.support.team = nobody: there is no such team" in str(told.value)
    assert kept() == [MAIL % 1]
