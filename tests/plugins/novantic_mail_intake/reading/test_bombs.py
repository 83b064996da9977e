"""Mails that are made to keep whoever reads them busy: there is an end to each, and nothing of them is lost."""

from __future__ import annotations

import base64

from novantic_mail_intake.reading import read_mail, words
from novantic_mail_intake.reading.addresses import read_addresses
from novantic_mail_intake.reading.content import MOST_SPECIAL

HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n"
DEEP = b"<div class='a'>" * 3900 + b"mot<br>" * 3900 + b"</div>" * 3900
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100_000


def multi(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    """A mail of parts, each with its own head."""
    return HEAD + b"Content-Type: multipart/%s; boundary=b\r\n\r\n" % kind + b"".join(
        b"--b\r\nContent-Type: " + part + b"\r\n" for part in parts
    ) + b"--b--\r\n"  # fmt: skip


def test_deep_html_is_read_in_one_go() -> None:
    assert read_mail(HEAD + b"Content-Type: text/html\r\n\r\n" + DEEP).html.count("mot") == 3900


def test_a_hundred_deep_parts_have_an_end() -> None:
    mail = read_mail(multi(*[b"text/html\r\n\r\n" + DEEP.replace(b"mot", b"m%d" % n) for n in range(100)]))
    assert words.TOO_INTRICATE in mail.notes
    # without their formatting, but there
    assert all(f"m{n}" in mail.html for n in range(100))


def test_a_picture_that_is_shown_thousands_of_times_is_read_once() -> None:
    picture = b"image/png\r\nContent-ID: <p>\r\n\r\n" + PNG
    mail = read_mail(multi(b"text/html\r\n\r\n" + b'<img src="cid:p">' * 7000, picture, kind=b"related"))
    assert len(mail.files) == 1
    assert mail.html.count("<img") == 7000


def test_of_many_packed_files_only_some_are_looked_into() -> None:
    packed = base64.encodebytes(b"\x78\x9f\x3e\x22" + bytes(20))
    tnef = b"application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed
    calendar = b"text/calendar\r\n\r\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Visite %d\nEND:VEVENT\n"
    mail = read_mail(multi(*[calendar % n for n in range(10)], *[tnef] * 10))
    assert mail.html.count("Invitation") == MOST_SPECIAL
    assert sum(file.media_type == "text/calendar" for file in mail.files) == 10
    assert sum(file.media_type == "application/ms-tnef" for file in mail.files) == 10


def test_the_address_is_the_one_outside() -> None:
    for written in (
        "e@x.example (<c@y.example>)", "e@x.example (a (b) <c@y.example>)", '"<c@y.example>" <e@x.example>',
        'e@x.example "<c@y.example>"', r"e@x.example (\) <c@y.example>)", "(" * 50_000 + "e@x.example",
    ):  # fmt: skip
        assert [address for _name, address in read_addresses(written)] == ["e@x.example"]
    assert read_addresses('"jean d"@x.example, "f@x.example"') == [("", '"jean d"@x.example'), ("", "f@x.example")]
