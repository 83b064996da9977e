"""Mailboxes whose server, line or storage fails: nothing is lost, nothing counts twice, and it is said what to mend."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from novantic_mail_intake.sources.connection import LoginRefusedError
from novantic_mail_intake.sources.imap import TRIES

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour \xe9\r\n"


def mails(*numbers):
    return [MAIL % number for number in numbers]


# ------------------------------------------------------------------------------------------- the line


def test_a_line_that_breaks_before_a_mail_is_marked_costs_nothing(dovecot, proxy, empty, kept):
    dovecot.put(*mails(1, 2))
    proxy.cut_at = lambda line: b" STORE " in line
    with pytest.raises(OSError, match=r"ended the line|broke"):
        empty()
    assert kept("state") == [("kept",)]
    proxy.cut_at = lambda line: False
    proxy.said.clear()
    empty()
    assert kept() == mails(1, 2)
    assert dovecot.flags() == [r"\Seen"] * 2
    # the first one is only marked: it is kept already
    assert next(line for line in proxy.said if b"BODY.PEEK[] " in line or b"BODY.PEEK[])" in line).endswith(
        b"UID FETCH 2 (BODY.PEEK[])\r\n"
    )


def test_a_line_that_breaks_within_a_mail_takes_nothing_of_it_and_the_others_come_first(dovecot, proxy, empty, kept):
    dovecot.put(*mails(1, 2, 3))
    proxy.cut_after = lambda line: 40 if b"FETCH 1 (BODY" in line else -1
    with pytest.raises(OSError, match=r"ended the line|broke"):
        empty()
    assert kept() == []
    with pytest.raises(OSError, match=r"ended the line|broke"):
        empty()
    assert kept() == mails(2, 3)
    proxy.cut_after = lambda line: -1
    empty()
    assert kept() == mails(2, 3, 1)
    assert dovecot.flags() == [r"\Seen"] * 3


def test_a_line_that_ends_while_nothing_comes_is_no_fault(dovecot, task, tools, kept):
    answered = tools.answered

    def stop_server():
        answered()
        dovecot.stop()

    tools.answered = stop_server
    task("imap support").run(tools)
    assert tools.answers == 1


def test_a_server_that_is_away_is_told_so_and_asked_again(dovecot, empty, kept):
    dovecot.put(*mails(1))
    dovecot.stop()
    with pytest.raises(OSError, match=r"127\.0\.0\.1:\d+ can't be reached: .*refused") as told:
        empty()
    assert not isinstance(told.value, LoginRefusedError)
    dovecot.start()
    empty()
    assert kept() == mails(1)


# ------------------------------------------------------------------------------------------- what is to be mended


@pytest.mark.mailbox(password="wrong")
def test_a_password_that_is_refused_is_told_otherwise(dovecot, empty):
    with pytest.raises(LoginRefusedError, match=r"refuses the login of support@example\.com: .*uthentication failed"):
        empty()


@pytest.mark.mailbox(password="falsch – ganz")
def test_another_password_than_ascii_too(dovecot, empty):
    with pytest.raises(LoginRefusedError, match=r"refuses the login of support@example\.com: .*uthentication failed"):
        empty()


@pytest.fixture
def untrusted(mailbox_settings):
    mailbox_settings.pop("ca_file")


def test_a_certificate_that_nobody_signed_is_not_trusted(dovecot, untrusted, empty):
    with pytest.raises(OSError, match=r"shows a certificate that isn't trusted: self.signed certificate"):
        empty()


@pytest.fixture
def untrusted_starttls(mailbox_settings, untrusted, dovecot):
    mailbox_settings.update(security="starttls", port=str(dovecot.port))


def test_neither_with_starttls(dovecot, untrusted_starttls, empty):
    with pytest.raises(OSError, match=r"shows a certificate that isn't trusted: self.signed certificate"):
        empty()
    assert "Login:" not in dovecot.log


@pytest.mark.mailbox(folder="Nowhere")
def test_a_folder_that_is_not_there_is_named(dovecot, empty):
    with pytest.raises(OSError, match=r"the folder Nowhere can't be opened: .*doesn't exist"):
        empty()


@pytest.mark.mailbox(after="move INBOX.a/b")
def test_a_folder_that_cannot_be_made_is_named(dovecot, empty):
    with pytest.raises(OSError, match=r"the folder INBOX\.a/b can't be made: \[CANNOT\]"):
        empty()


# ------------------------------------------------------------------------------------------- our side


def test_without_storage_nothing_is_marked(dovecot, empty, kept, novantic_settings):
    files = Path(novantic_settings["novantic.storage.local.path"])
    shutil.rmtree(files, ignore_errors=True)
    files.write_text("a file, where a folder should be")
    dovecot.put(*mails(1))
    for _round in range(TRIES + 1):  # however often: it isn't the mail's fault
        with pytest.raises(OSError, match="mails can't be kept"):
            empty()
    assert dovecot.flags() == [""]
    files.unlink()
    empty()
    assert kept() == mails(1)
    assert dovecot.flags() == [r"\Seen"]


def test_without_database_nothing_is_marked(dovecot, empty, kept, novantic_app):
    def rename(one, other):
        with novantic_app.transaction() as session:
            session.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))

    dovecot.put(*mails(1))
    rename("mail_intake_message", "elsewhere")
    with pytest.raises(SQLAlchemyError, match="mail_intake_message"):
        empty()
    assert dovecot.flags() == [""]
    rename("elsewhere", "mail_intake_message")
    empty()
    assert kept() == mails(1)


def test_killed_between_keeping_and_marking_it_is_fetched_again_and_counts_once(
    dovecot, proxy, empty, kept, novantic_settings, tmp_path
):
    dovecot.put(*mails(1, 2))
    file = tmp_path / "site.ini"
    lines = (f"{name} = {text}".replace("%", "%%") for name, text in novantic_settings.items())
    file.write_text("\n".join(("[app:main]", "use = egg:novantic", *lines)), "utf-8")
    command = [Path(sys.executable).parent / "novantic", "worker", "-c", file]
    with subprocess.Popen(command, env={**os.environ, "PYTHONUTF8": "1"}) as worker:

        def kill(line):
            if b" STORE " not in line:
                return False
            worker.kill()
            return True

        proxy.cut_at = kill
        worker.wait(60)
    assert kept() == mails(1)
    assert dovecot.flags() == ["", ""]
    proxy.cut_at = lambda line: False
    empty()
    assert kept() == mails(1, 2)
    assert dovecot.flags() == [r"\Seen"] * 2


# ------------------------------------------------------------------------------------------- odd servers and mails


def test_a_mail_that_is_refused_does_not_hold_up_the_others_and_is_set_aside(dovecot, proxy, empty, kept, tools):
    dovecot.put(*mails(1, 2))
    proxy.change = lambda line: line.replace(b"FETCH 1 (BODY.PEEK[]", b"FETCH 1 (NONSENSE")
    for rounds in range(1, TRIES + 1):
        with pytest.raises(OSError, match=r"mail 1 can't be fetched: .*BAD"):
            empty()
        assert kept() == mails(2)
        assert tools.answers == rounds
    empty()
    (_second, (state, fault)) = kept("state", "fault")
    assert state == "faulty"
    assert fault.startswith("Its server doesn't give it, asked 5 times. It lies in INBOX of support@example.com on 127")
    assert mails(1)[0].partition(b"Bonjour")[0] in kept()[1]
    assert dovecot.flags() == [r"\Flagged \Seen", r"\Seen"]
    empty()
    assert len(kept()) == 2


def test_neither_does_one_at_which_the_server_hangs_up(dovecot, empty, kept):
    dovecot.put(*mails(1, 2))
    # the server can't read it: it says so, and ends the line
    min(dovecot.store.glob("[cn]*/*.*"), key=lambda path: path.name).chmod(0)
    for _round in range(TRIES + 1):
        with pytest.raises(OSError, match=r"ended the line: .*Internal error"):
            empty()
    assert kept() == mails(2)
    empty()
    assert kept("state") == [("kept",), ("faulty",)]
    assert re.fullmatch(rb"X-Novantic-Left-On-Server: INBOX, \d+, 1\r\n", kept()[1])


PLAIN = "imap_capability = IMAP4rev1\n"


@pytest.mark.dovecot(PLAIN)
@pytest.mark.mailbox(after="move Done")
def test_a_server_that_can_neither_move_nor_wait(dovecot, task, tools, kept):
    dovecot.put(*mails(1, 2))
    task("imap support").run(tools)
    assert kept() == mails(1, 2)
    assert (dovecot.mails(), dovecot.mails("Done")) == ([], mails(1, 2))
    assert not tools.stopping.is_set()


@pytest.mark.mailbox(after="delete")
@pytest.mark.novantic(settings={"novantic.mail_intake.max_size": "2 kB"})
def test_numbers_that_mean_other_mails_are_forgotten(dovecot, empty, kept):
    dovecot.put((MAIL % 1) + b"x" * 3000)
    empty()
    dovecot.stop()
    shutil.rmtree(dovecot.store)
    dovecot.start()
    dovecot.put(MAIL % 2)
    empty()
    assert kept()[1:] == mails(2)
