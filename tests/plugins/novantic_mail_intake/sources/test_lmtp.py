"""Mail by LMTP, as a mail server on the same machine hands it over: each recipient is answered when it is kept."""

from __future__ import annotations

import contextlib
import shutil
import smtplib
import socket
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from task_tools import Tools, eventually

from novantic_mail_intake.sources import lmtp

MAIL = b"From: Claire <claire@lefevre.example.com>\r\nSubject: Imprimante\r\nMessage-ID: <%d@x>\r\n\r\nBonjour \xe9\r\n"
TWO = {
    "novantic.mail_intake.mailbox.support.address": "Support@example.com",
    "novantic.mail_intake.mailbox.sales.address": "ventes@exämple.com",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def where():
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def novantic_settings(novantic_settings, where):
    return {**novantic_settings, **TWO, "novantic.mail_intake.lmtp": where}


class Listening:
    """The task in a thread, as a worker has it."""

    def __init__(self, task, tools):
        self.tools, self.fault = tools, None
        self._task = task
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        eventually(lambda: tools.answers or not self._thread.is_alive())

    def _run(self):
        try:
            self._task.run(self.tools)
        except OSError as error:
            self.fault = error

    @property
    def goes_on(self):
        return self._thread.is_alive()

    def stop(self):
        self.tools.stopping.set()
        self._thread.join(5)
        assert not self._thread.is_alive()


@pytest.fixture
def listen(task, novantic_app):
    """Listen: ``listen()`` begins with it, as another worker does."""
    begun = []

    def begin():
        begun.append(Listening(task("lmtp"), Tools(novantic_app)))
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()


@pytest.fixture
def server(listen):
    return listen()


@pytest.fixture
def client(server, where):
    """A mail server that has something for us."""
    host, _colon, port = where.rpartition(":")
    with smtplib.LMTP(host, int(port)) as line:
        line.sock.settimeout(20)
        yield line


def send(client, raw, *recipients, sender="claire@lefevre.example.com"):
    """The answer to each recipient, as code and words."""
    client.ehlo_or_helo_if_needed()
    assert client.mail(sender)[0] == 250
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250, recipient
    assert client.docmd("DATA")[0] == 354
    client.send(raw.replace(b"\n.", b"\n..") + b".\r\n")
    return [client.getreply() for _recipient in recipients]


def test_a_mail_is_kept_as_it_came_and_worked_off(client, kept):
    raw = (MAIL % 1) + b".\r\n" + b"x" * 5000 + b"\r\n"
    assert send(client, raw, "support@example.com") == [(250, b"2.0.0 Kept")]
    assert kept() == [raw]
    eventually(lambda: kept("state") == [("kept",)])
    assert kept("mailbox", "source", "envelope_from", "envelope_to") == [
        ("support", "lmtp", "claire@lefevre.example.com", "support@example.com")
    ]


def test_each_recipient_has_an_answer_and_each_mailbox_one_mail(client, kept):
    answers = send(client, MAIL % 1, "support@example.com", "support+r.1.x@EXAMPLE.com")
    assert [code for code, _words in answers] == [250, 250]
    assert kept("mailbox", "envelope_to") == [("support", "support@example.com")]


def test_two_mailboxes_get_one_each(client, kept):
    client.ehlo()
    assert "smtputf8" in client.esmtp_features
    assert client.mail("claire@lefevre.example.com", ["SMTPUTF8"])[0] == 250
    client.command_encoding = "utf-8"
    for address in ("support@example.com", "Ventes@exämple.com"):
        assert client.rcpt(address)[0] == 250
    client.docmd("DATA")
    client.send((MAIL % 1) + b".\r\n")
    assert [client.getreply()[0] for _each in range(2)] == [250, 250]
    assert kept("mailbox") == [("support",), ("sales",)]


@pytest.mark.parametrize("address", ["nobody@example.com", "support@example.org", "support", "@example.com"])
def test_an_unknown_recipient_is_refused_and_the_others_are_not(client, kept, address):
    client.ehlo()
    client.mail("claire@lefevre.example.com")
    code, _words = client.rcpt(address)
    assert code in {550, 553}
    assert client.rcpt("SUPPORT@Example.com")[0] == 250
    client.docmd("DATA")
    client.send((MAIL % 1) + b".\r\n")
    assert client.getreply()[0] == 250
    assert len(kept()) == 1


def test_the_senders_of_bounces_are_empty(client, kept):
    assert send(client, MAIL % 1, "support@example.com", sender="<>") == [(250, b"2.0.0 Kept")]
    assert kept("envelope_from") == [("",)]


def test_the_same_one_twice_counts_once(client, kept):
    for _time in range(2):
        assert send(client, MAIL % 1, "support@example.com") == [(250, b"2.0.0 Kept")]
    assert len(kept()) == 1


@pytest.mark.novantic(settings={"novantic.mail_intake.max_size": "10 kB"})
def test_one_that_is_too_large_is_refused_for_each_recipient(client, kept):
    large = (MAIL % 1) + (b"x" * 70 + b"\r\n") * 300
    assert client.ehlo()[0] == 250
    assert client.mail("claire@lefevre.example.com", [f"SIZE={len(large)}"])[0] == 552
    answers = send(client, large, "support@example.com", "support+a@example.com")
    assert [code for code, _words in answers] == [552, 552]
    assert send(client, MAIL % 2, "support@example.com") == [(250, b"2.0.0 Kept")]
    assert kept() == [MAIL % 2]


def test_long_lines_are_taken(client, kept):
    raw = (MAIL % 1) + b"x" * 200_000 + b"\r\n"
    assert send(client, raw, "support@example.com") == [(250, b"2.0.0 Kept")]
    assert kept() == [raw]


def test_without_storage_the_server_is_told_to_try_again(client, kept, novantic_settings):
    files = Path(novantic_settings["novantic.storage.local.path"])
    shutil.rmtree(files, ignore_errors=True)
    files.write_text("a file, where a folder should be")
    answers = send(client, MAIL % 1, "support@example.com", "support+a@example.com")
    assert answers == [(451, b"4.3.0 It can't be kept now, try again later")] * 2
    assert kept("id") == []
    files.unlink()
    assert send(client, MAIL % 1, "support@example.com") == [(250, b"2.0.0 Kept")]
    assert kept() == [MAIL % 1]


def test_without_database_too(client, kept, novantic_app, caplog):
    def rename(one, other):
        with novantic_app.transaction() as session:
            session.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))

    rename("mail_intake_message", "elsewhere")
    assert send(client, MAIL % 1, "support@example.com")[0][0] == 451
    assert "a mail to support@example.com can't be kept" in caplog.text
    rename("elsewhere", "mail_intake_message")
    assert send(client, MAIL % 1, "support@example.com")[0][0] == 250


def test_one_that_cannot_be_worked_off_at_once_is_kept_all_the_same(client, kept, task, monkeypatch, caplog):
    def fail(*_given):
        raise RuntimeError("no")

    monkeypatch.setattr(task("lmtp").run.__self__, "work_off", fail)
    assert send(client, MAIL % 1, "support@example.com") == [(250, b"2.0.0 Kept")]
    eventually(lambda: "is kept, but could not be worked off" in caplog.text)
    assert kept("state") == [("new",)]


def test_whatever_fails_on_our_side_the_server_is_told_to_try_again(client, kept, monkeypatch, caplog):
    def fail(*_given):
        raise RuntimeError("no")

    with monkeypatch.context() as patched:
        patched.setattr(lmtp, "mailbox_of", fail)
        client.ehlo()
        client.mail("claire@lefevre.example.com")
        assert client.rcpt("support@example.com")[0] == 451
    assert "a line of LMTP failed" in caplog.text
    client.rset()
    assert send(client, MAIL % 1, "support@example.com")[0][0] == 250


def test_a_line_that_breaks_within_a_mail_leaves_nothing(server, where, kept):
    host, _colon, port = where.rpartition(":")
    line = smtplib.LMTP(host, int(port))
    line.ehlo()
    line.mail("claire@lefevre.example.com")
    line.rcpt("support@example.com")
    line.docmd("DATA")
    line.send(MAIL % 1)
    line.close()
    with smtplib.LMTP(host, int(port)) as other:
        assert send(other, MAIL % 2, "support@example.com")[0][0] == 250
    assert kept() == [MAIL % 2]


def test_addresses_that_are_no_text_and_too_long_are_kept_as_far_as_they_go(client, kept):
    client.ehlo()
    for command in (b"MAIL FROM:<cl\xffire@x.example>", b"RCPT TO:<support+" + b"a" * 400 + b"\xff@example.com>"):
        client.send(command + b"\r\n")
        assert client.getreply()[0] == 250
    client.docmd("DATA")
    client.send((MAIL % 1) + b".\r\n")
    assert client.getreply()[0] == 250
    ((sender, recipient),) = kept("envelope_from", "envelope_to")
    assert sender == "cl?ire@x.example"
    assert recipient == ("support+" + "a" * 400)[:320]


def test_what_it_can_do_is_said_as_the_standard_wants(client):
    _code, said = client.ehlo()
    assert {b"PIPELINING", b"ENHANCEDSTATUSCODES", b"8BITMIME", b"SMTPUTF8"} <= set(said.splitlines())
    assert client.docmd("EHLO", "x")[0] == 500
    assert client.docmd("DATA")[0] == 503


def test_commands_may_come_in_one_piece(server, where, kept):
    host, _colon, port = where.rpartition(":")
    with socket.create_connection((host, int(port)), 20) as line, line.makefile("rb") as said:
        said.readline()
        line.sendall(
            b"LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@example.com>\r\nRCPT TO:<support@example.com>\r\n"
            b"RCPT TO:<support+a@example.com>\r\nDATA\r\n" + (MAIL % 1) + b".\r\nQUIT\r\n"
        )
        answers = [answer[:4] for answer in said.read().splitlines()]
    assert answers[-8:] == [b"250 ", b"550 ", b"250 ", b"250 ", b"354 ", b"250 ", b"250 ", b"221 "]
    assert len(kept()) == 1


# ------------------------------------------------------------------------------------------- who listens


def test_another_worker_of_ours_leaves_it_and_takes_it_when_it_is_free(listen, where, kept):
    first, second = listen(), listen()
    assert first.goes_on
    eventually(lambda: not second.goes_on)
    assert (second.fault, second.tools.answers) == (None, 1)
    first.stop()
    third = listen()
    assert third.goes_on


def test_it_says_again_and_again_that_it_listens(listen, monkeypatch):
    monkeypatch.setattr(lmtp, "SIGN", 0.01)
    server = listen()
    eventually(lambda: server.tools.answers > 2)


def test_anybody_else_who_holds_the_port_is_a_fault(listen, where):
    host, _colon, port = where.rpartition(":")
    with socket.create_server((host, int(port))) as other:
        threading.Thread(target=_greet, args=[other]).start()
        ours = listen()
        eventually(lambda: not ours.goes_on)
    assert str(ours.fault) == f"{where} can't be listened on: another program holds it"
    assert ours.tools.answers == 0


def _greet(server):
    line, _where = server.accept()
    with line:
        line.sendall(b"220 mx Postfix\r\n")


def test_it_stops_though_lines_are_open(listen, where):
    server = listen()
    host, _colon, port = where.rpartition(":")
    with socket.create_connection((host, int(port)), 20) as silent, smtplib.LMTP(host, int(port)) as client:
        client.ehlo()
        server.stop()
        silent.recv(1000)
        assert silent.recv(1000) == b""
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.mail("a@b.example")
        client.close()


def test_a_mail_that_is_being_kept_is_answered_before_it_stops(listen, where, monkeypatch, kept):
    server = listen()
    begun, go_on = threading.Event(), threading.Event()
    keep = lmtp.keep_mail

    def slowly(*given):
        begun.set()
        assert go_on.wait(20)
        return keep(*given)

    monkeypatch.setattr(lmtp, "keep_mail", slowly)
    host, _colon, port = where.rpartition(":")
    with smtplib.LMTP(host, int(port)) as client:
        client.ehlo()
        client.mail("claire@lefevre.example.com")
        client.rcpt("support@example.com")
        client.docmd("DATA")
        client.send((MAIL % 1) + b".\r\n")
        assert begun.wait(20)
        server.tools.stopping.set()
        go_on.set()
        assert client.getreply()[0] == 250
        client.close()
    server.stop()
    assert kept() == [MAIL % 1]


@pytest.fixture
def path(tmp_path):
    # its name must be short: a socket's has 107 letters at most
    folder = Path("/tmp") / f"novantic-{free_port()}"  # noqa: S108
    folder.mkdir()
    yield folder / "lmtp"
    shutil.rmtree(folder)


class TestSocket:
    @pytest.fixture
    def where(self, path):
        return str(path)

    def test_it_is_listened_on_and_gone_afterwards(self, listen, path, kept):
        server = listen()
        assert path.stat().st_mode & 0o777 == 0o660
        with smtplib.LMTP(str(path)) as client:
            assert send(client, MAIL % 1, "support@example.com") == [(250, b"2.0.0 Kept")]
        assert kept() == [MAIL % 1]
        second = listen()
        eventually(lambda: not second.goes_on)
        assert second.fault is None
        server.stop()
        assert not path.exists()

    def test_what_a_killed_worker_left_is_taken_away(self, listen, path):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
        assert listen().goes_on

    def test_what_somebody_else_listens_on_is_not(self, listen, path):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            other.listen()
            threading.Thread(target=_greet_twice, args=[other]).start()
            ours = listen()
            eventually(lambda: not ours.goes_on)
        assert str(ours.fault) == f"{path} can't be listened on: another program holds it"

    def test_neither_is_another_file(self, listen, path):
        path.write_text("words")
        ours = listen()
        eventually(lambda: not ours.goes_on)
        assert f"{path} can't be listened on" in str(ours.fault)
        assert path.read_text() == "words"


def _greet_twice(server):
    for _time in range(2):
        with contextlib.suppress(OSError):
            _greet(server)
