"""Mail as a server gets it: what it looks like, and what becomes of it when the server won't have it."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

import pytest
from made_parcel import WORDS, parcel

from novantic_core.plugin import PermanentFailure
from novantic_core.testing.smtp import SmtpSink, accept_login
from novantic_email.channel import EmailChannel


def test_it_has_text_and_html(server, channel):
    channel.send(parcel())
    (mail,) = server.to("zoe@example.com")
    assert mail.get_content_type() == "multipart/alternative"
    assert (
        mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == WORDS["mail/hello.txt.pt"].partition("\n\n")[2]
    )
    assert mail.get_body(("html",)).get_content().strip() == WORDS["mail/hello.html.pt"]


def test_its_id_and_that_of_its_ticket_are_those_given(server, channel):
    channel.send(parcel())
    (mail,) = server.to("zoe@example.com")
    assert mail.get_all("Message-ID") == ["<123456.7.0@support.example.com>"]
    assert mail["References"] == mail["In-Reply-To"] == "<123456@support.example.com>"


def test_its_headers_stop_automatic_answers(server, channel):
    channel.send(parcel())
    (mail,) = server.to("zoe@example.com")
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"], mail["Precedence"]) == (
        "auto-generated", "All", "bulk",
    )  # fmt: skip


def test_it_is_dated_now(server, channel):
    channel.send(parcel())
    (mail,) = server.to("zoe@example.com")
    assert abs(parsedate_to_datetime(mail["Date"]) - datetime.now(UTC)).total_seconds() < 60


def test_a_subject_with_accents_is_read_as_it_was_written(server, channel):
    channel.send(parcel())
    (mail,) = server.to("zoe@example.com")
    assert mail["Subject"] == "Ticket n° 123 – où en est-on ?"


@pytest.mark.parametrize("name", [
    "Claire Lefèvre", "Lefèvre, Claire", 'Claire "Clara" Lefevre', "Dr. O'Brien (service achats)", "李小龍", "a\\b",
    "x@y.example", "",
])  # fmt: skip
def test_a_name_is_read_as_it_was_written(server, channel, name):
    channel.send(parcel(name))
    (mail,) = server.to("zoe@example.com")
    (address,) = mail["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "zoe@example.com")


def test_no_line_is_longer_than_mail_allows(server, channel):
    channel.send(parcel("Très " * 22 + "long"))
    lines = [line for line in server.received[0].raw.split(b"\r\n") if b"boundary" not in line]
    assert max(map(len, lines)) <= 78


def test_a_long_name_is_written_in_pieces_that_join_again(server, channel):
    name = "Très " * 22 + "long"
    channel.send(parcel(name))
    # email.policy.default of Python 3.11 puts a space between the pieces; mail programs and decode_header don't
    to = email.message_from_bytes(server.received[0].raw)["To"]
    assert str(make_header(decode_header(to))) == f"{name} <zoe@example.com>"


def test_every_line_ends_as_servers_ask(server, channel):
    channel.send(parcel())
    assert b"\n" not in server.received[0].raw.replace(b"\r\n", b"")


def test_what_somebody_typed_makes_no_header(server, channel):
    channel.send(parcel("Zoé\r\nBcc: eve@example.com"))
    (received,) = server.received
    assert received.recipient == "zoe@example.com"
    assert "Bcc" not in received.mail


def test_a_domain_with_accents_is_sent_in_ascii(server, channel):
    channel.send(parcel(address="zoe@société.example"))
    assert server.received[0].recipient == "zoe@xn--socit-esab.example"


@pytest.mark.parametrize(
    "address", ["zoe", "zoe@", "@example.com", "z oe@example.com", "zoe@exa mple.com", "a@b@c.example"]
)
def test_what_is_no_address_is_given_up(channel, address):
    with pytest.raises(PermanentFailure, match="no mail can be sent to"):
        channel.send(parcel(address=address))


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_for_now_is_tried_again(server, channel, where):
    server.answers[where] = "451 greylisted, come back"
    with pytest.raises(OSError, match="greylisted"):
        channel.send(parcel())


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_given_up_with_the_servers_words(server, channel, where):
    server.answers[where] = "550 no such user here"
    with pytest.raises(PermanentFailure, match="550 no such user here"):
        channel.send(parcel())


def test_a_server_that_wants_a_sign_in_first_is_tried_again(server, channel):
    server.answers["MAIL"] = "530 authentication required"
    with pytest.raises(OSError, match="authentication required"):
        channel.send(parcel())


def test_a_server_that_is_down_is_tried_again(server, channel):
    server.stop()
    with pytest.raises(OSError, match="refused"):
        channel.send(parcel())


def test_a_connection_that_breaks_in_the_middle_is_tried_again(server, channel):
    server.hang_up = lambda where: where == "DATA"
    with pytest.raises(OSError, match="closed"):
        channel.send(parcel())
    assert server.received == []


def test_a_connection_that_breaks_after_the_mail_was_taken_is_a_success(server, channel):
    server.hang_up = lambda where: where == "QUIT"
    channel.send(parcel())
    assert len(server.received) == 1


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(server, channel, monkeypatch):
    monkeypatch.setattr("novantic_email.server.ACCEPT_SECONDS", 0.1)
    with server.slow(), pytest.raises(OSError, match="timed out"):
        channel.send(parcel())


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_servers_user_and_password_are_those_of_the_settings():
    server = SmtpSink(authenticator=accept_login, auth_required=True, auth_require_tls=False)
    server.start()
    settings = {"mail.host": "127.0.0.1", "mail.port": str(server.port), "mail.username": "novantic"}
    EmailChannel({**settings, "mail.password": "sesame"}).send(parcel())
    assert server.received[0].login == "novantic"
    with pytest.raises(OSError, match="535"):
        EmailChannel({**settings, "mail.password": "wrong"}).send(parcel())
    server.stop()


def test_tls_is_asked_for_by_the_settings(server):
    # this one offers none, and a mail must not go in the clear then
    channel = EmailChannel({"mail.host": "127.0.0.1", "mail.port": str(server.port), "mail.tls": "true"})
    with pytest.raises(OSError, match="STARTTLS"):
        channel.send(parcel())
    assert server.received == []


def test_without_any_sender_it_waits_for_one(server, channel):
    with pytest.raises(LookupError, match="default_sender"):
        channel.send(parcel(brand={"name": "Novantic"}))


def test_the_sender_of_the_settings_stands_in_for_the_brands(server):
    settings = {"mail.host": "127.0.0.1", "mail.port": str(server.port), "mail.default_sender": "desk@example.org"}
    EmailChannel(settings).send(parcel(brand={"name": "Novantic"}))
    assert server.received[0].sender == "desk@example.org"


def test_the_check_says_whether_the_server_answers(server, channel):
    channel.check()
    server.stop()
    with pytest.raises(OSError, match="refused"):
        channel.check()


# ---------------------------------------------------------------- mails as files


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mail"


@pytest.fixture
def files(folder):
    return EmailChannel({"novantic.mailer": "files", "mail.top_level_directory": str(folder)})


def test_a_mail_sent_twice_is_one_file(files, folder):
    files.send(parcel())
    files.send(parcel())
    assert [path.name for path in folder.iterdir()] == ["123456.7.0@support.example.com.eml"]


def test_a_file_holds_what_a_server_would_get(server, channel, files, folder):
    channel.send(parcel("Lefèvre, Claire"))
    files.send(parcel("Lefèvre, Claire"))
    (path,) = folder.iterdir()
    written, sent = _comparable(path.read_bytes()), _comparable(server.received[0].raw)
    assert written == sent


def _comparable(raw):
    """The lines of a mail that are the same each time it is made."""
    return [line for line in raw.splitlines() if not line.startswith((b"Date", b"--")) and b"boundary" not in line]


def test_a_mail_that_cannot_be_written_leaves_nothing(files, folder, monkeypatch):
    monkeypatch.setattr("novantic_email.channel.os.fsync", lambda _handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        files.send(parcel())
    assert list(folder.iterdir()) == []


def test_the_subject_is_in_ascii_on_the_wire(server, channel):
    channel.send(parcel())
    line = next(line for line in server.received[0].raw.splitlines() if line.startswith(b"Subject"))
    ((words, charset),) = decode_header(line.decode("ascii").partition(": ")[2])
    assert words.decode(charset).startswith("Ticket n°")


def test_an_answer_goes_where_it_is_taken_and_bounces_too(server, channel):
    channel.send(parcel(reply_to="support+reply.1.x@example.com", return_path="support+bounce.7.x@example.com"))
    (received,) = server.received
    assert received.sender == "support+bounce.7.x@example.com"
    assert received.mail["Reply-To"].addresses[0].addr_spec == "support+reply.1.x@example.com"
    assert received.mail["From"].addresses[0].addr_spec == "noreply@example.com"
