"""Headers: what threads, what stops robots, and that nothing that anybody typed makes one."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_parcel import parcel

import novantic_email
import novantic_email_links
from novantic_core.delivery.letter import Letter
from novantic_core.plugin import MessageInfo, Notice, Recipient, ReturnAddresses, TicketInfo
from novantic_email import letter

NOW = datetime(2026, 11, 29, tzinfo=UTC)
KINDS = sorted(
    path.name.removesuffix(".txt.pt")
    for plugin in (novantic_email, novantic_email_links)
    for path in (Path(plugin.__file__).parent / "templates/mail").glob("*_*.txt.pt")
)
HOSTILE = {
    "a header": "x\r\nBcc: eve@example.com\r\n\r\nbody",
    "a bare LF": "x\nBcc: eve@example.com",
    "a bare CR": "x\rBcc: eve@example.com",
    "lines of Unicode": "x\u2028Bcc: e@x.example\u2029Bcc: e@x.example\x85Bcc: e@x.example\x0bBcc: e\x0cBcc: e",
    "NUL": "x\0Bcc: eve@example.com",
    "bidi": "x\u202egnp.exe\u202c \u2066x\u2069",
    "encoded": "=?utf-8?q?x=0D=0ABcc:_eve=40example.com?= =?utf-8?b?DQpCY2M6IGVAeC5leGFtcGxl?=",
    "an address": '"boss@bank.example" <eve@example.com>, eve@example.com',
    "quotes": 'a"\\"b\\\\" <eve@example.com>',
    "over-long": "a" * 5000,
    "over-long and accented": "é" * 3000,
    "a boundary": "--=_0123456789abcdef--\r\nContent-Type: text/html\r\n\r\nx",
    "half a letter": "x\udc80y",
}
NAMES = {
    "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "Message-Id", "Date", "References", "In-Reply-To",
    "Reply-To", "List-Id", "X-Priority", "Importance", "To", "From", "Subject", "Mime-Version", "Content-Type",
    "Content-Transfer-Encoding", "X-Novantic-Notice",
}  # fmt: skip


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def check(written):
    """A mail of two parts to one recipient, whatever was typed."""
    mail = read(written.data)
    assert {name.title() for name in mail} <= {name.title() for name in NAMES}
    assert len(mail.keys()) == len({name.lower() for name in mail})
    assert [one.addr_spec for one in mail["To"].addresses] == [written.recipient]
    assert len(mail["From"].addresses) == 1
    assert not mail.defects
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    head = written.data.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert b"\0" not in head
    assert b"\n" not in written.data.replace(b"\r\n", b"")
    assert head.isascii()
    return mail


def hostile_letter(kind, words):
    """A notice whose every word is hostile."""
    short = words[:250]
    ticket = TicketInfo(
        id=1, number="123456", subject=short, status="open", priority="normal", critical=True, call_back=True,
        category=None, channel="web", team=short, assignee=None, name=short, email="claire@example.com", phone=short,
        company=short, department=short, locale="fr", theme="novantic", created_at=NOW,
    )  # fmt: skip
    message = MessageInfo(1, "message", short, "<p>x</p>", words, NOW, mail_id=words)
    told = [[short, short]]
    data = {
        **dict.fromkeys(["by", "into", "from", "status"], short), "began": told, "over": told, "still": told
    }  # fmt: skip
    return Letter(
        notice=Notice(kind, Recipient("claire@example.com", short), "email", {**data, "hours": 1}),
        brand="main", theme="novantic", message_id="123456.7.0@support.example.com", ticket=ticket, message=message,
        link="https://support.example.com/access/x", reference="<123456@support.example.com>",
        references=("<123456@support.example.com>", f"<{words} >", "<good@example.com>"),
        back=ReturnAddresses(reply_to=words, return_path=words),
    )  # fmt: skip


def test_nothing_typed_makes_a_header_in_any_kind_of_mail(novantic_app, subtests):
    # one site for all: each would be made anew otherwise
    for kind in KINDS:
        for name, words in HOSTILE.items():
            with subtests.test(kind=kind, words=name):
                made = hostile_letter(kind, words.encode("utf-8", "replace").decode()).parcel(novantic_app.site)
                mail = check(letter.write(made, ""))
                assert mail["References"] == "<123456@support.example.com> <good@example.com>"
                assert "eve@example.com" not in [one.addr_spec for one in mail["From"].addresses]


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_nor_does_a_brand(words):
    mail = check(letter.write(parcel(brand={"name": words, "noreply": "noreply@example.com"}), ""))
    assert mail["From"].addresses[0].addr_spec == "noreply@example.com"


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_nor_what_a_plugin_gives_to_answer_to(words):
    written = letter.write(parcel(reply_to=f"{words}@example.com", return_path=words), "")
    assert check(written)["Reply-To"] is None
    assert written.sender == "noreply@example.com"


def test_what_looks_encoded_is_read_as_it_was_typed():
    mail = read(letter.write(parcel("=?utf-8?q?=C3=A9?="), "").data)
    assert mail["To"].addresses[0].display_name == "=?utf-8?q?=C3=A9?="


# ------------------------------------------------------------------ threads


def test_it_refers_to_what_came_before_and_answers_the_last():
    ids = tuple(f"<{number}.{'x' * 60}@mail.example.com>" for number in range(20))
    written = letter.write(parcel(references=ids), "")
    mail = check(written)
    assert mail["References"].split() == list(ids)
    assert mail["In-Reply-To"] == ids[-1]
    folded = written.data.partition(b"References: ")[2].partition(b"\r\nReply")[0]
    assert max(map(len, folded.split(b"\r\n"))) < 100


TICKET = hostile_letter("x", "x").ticket
MESSAGE = MessageInfo(1, "message", "Claire", "<p>x</p>", "x", NOW, mail_id="abc@client.example")


@pytest.mark.parametrize("kind, message, submitted, precedence", [
    ("ticket_opened", MESSAGE, "auto-replied", "bulk"),
    ("ticket_opened", replace(MESSAGE, mail_id=""), "auto-generated", "bulk"),
    ("ticket_replied", replace(MESSAGE, kind="reply"), "auto-generated", None),
    ("ticket_closed", None, "auto-generated", "bulk"),
])  # fmt: skip
def test_robots_are_told_what_it_is(kind, message, submitted, precedence):
    words = {f"mail/{kind}.txt.pt": "Ticket\n\nBonjour", f"mail/{kind}.html.pt": "<p>Bonjour</p>"}
    made = parcel(message=message, render=words.__getitem__, ticket=TICKET)
    mail = read(letter.write(replace(made, notice=replace(made.notice, kind=kind)), "").data)
    assert (mail["Auto-Submitted"], mail["Precedence"]) == (submitted, precedence)
    assert mail["X-Auto-Response-Suppress"] == "All"


def test_the_mails_about_a_brands_tickets_are_a_list():
    data = letter.write(parcel(ticket=TICKET), "").data
    assert str(read(data)["List-Id"]) == "Novantic, l’assistance <tickets.support.example.com>"
    # the name alone is encoded: programs look for what is in the brackets
    assert b" <tickets.support.example.com>\r\n" in data
    assert read(letter.write(parcel(), "").data)["List-Id"] is None


@pytest.mark.parametrize("otherwise", [False, True])
def test_what_is_archived_is_the_mail_without_its_secrets(monkeypatch, otherwise):
    token = "s3cret-token-that-opens-a-ticket-0123456789"
    words = {"mail/hello.txt.pt": f"Été\n\n{'x' * 50} /access/{token}", "mail/hello.html.pt": f"<p>{token} é</p>"}
    made = parcel(
        render=words.__getitem__, without_secrets=lambda text: text.replace(token, "*" * len(token)),
        reply_to=f"support+{token}@example.com",
    )  # fmt: skip
    if otherwise:
        # should pyramid_mailer write parts in another way one day
        monkeypatch.setattr(letter, "_part", lambda words: b"?" + words.encode())
    written = letter.write(made, "")
    sent, kept = (one.replace(b"=\r\n", b"") for one in (written.data, written.archived))
    assert sent.count(token.encode()) == 3
    assert kept == sent.replace(token.encode(), b"*" * len(token))
