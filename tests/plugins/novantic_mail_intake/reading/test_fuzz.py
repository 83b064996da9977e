"""Whatever comes in, reading it ends, and ends in a mail or in words that say why not."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from programs import PAGES, TEXTS
from write_mail import CLIENT, PDF, PNG, compound, file, headers, mail, multi, page, part

from novantic_mail_intake.mail import Mail
from novantic_mail_intake.reading import Unreadable, read_mail

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

CHARSETS = st.sampled_from(
    ["utf-8", "iso-8859-1", "us-ascii", "utf-7", "utf-16", "gb2312", "koi8-r", "x-none", "idna", '"', ""]
)
ENCODINGS = st.sampled_from(["", "7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "BASE64 ", "nonsense"])
KINDS = st.sampled_from([
    "text/plain", "text/html", "text/enriched", "text/calendar", "text/rfc822-headers", "image/png", "application/pdf",
    "application/ms-tnef", "application/pkcs7-mime", "application/pkcs7-signature", "message/rfc822",
    "message/delivery-status", "multipart/mixed", "nonsense", "",
])  # fmt: skip
MULTIPARTS = st.sampled_from(
    ["mixed", "alternative", "related", "signed", "report", "digest", "encrypted", "appledouble", "x"]
)
WORDS = st.sampled_from([
    "> ", ">> a\n", "-- \n", "De : a\n", "Envoyé : b\n", "À : c\n", "Objet : d\n", "\n\n",
    "-----Message d'origine-----\n",
    "On Sun, Nov 29, 2026 at 9:12 AM X wrote:\n", "Le 29/11/2026 à 09:12, X a\n", "écrit :\n", "Envoyé de mon iPhone\n",
    "begin 644 a\n", "M" + "A" * 60 + "\n", "end\n", "<p>", "</p>", "<blockquote type=cite>", "</blockquote>", "<div>",
    "</div>", "<table><tr><td>", '<img src="cid:a@b">', '<div class="gmail_quote">', "<br>", "<pre>",
    "</pre>", "&nbsp;",
    "<!--", "-->", "<details><summary>", "BEGIN:VEVENT\n", "END:VEVENT\n", "SUMMARY:x\n", "DTSTART:20261203T140000Z\n",
    "=?utf-8?Q?=C3=A9?=", "5.1.1", "Action: failed\n", "Status: 5.1.1\n", "\x00",
    "-----BEGIN PGP SIGNED MESSAGE-----\n",
    "\ufffd", "é", "Bonjour", "\u2028", "Message-ID: <a@b>\n", "x" * 300, "http://x.example/", "\ud7ff",
])  # fmt: skip
TEXT = st.lists(WORDS, max_size=25).map("".join)
BODY = (
    TEXT.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=300) | st.sampled_from([PNG, PDF, b""])
)
LEAF = st.builds(
    lambda body, kind, charset, encoding, name, extra: part(
        body, f'{kind}; charset={charset}; name="{name}"' if kind else "", encoding, Disposition=extra, ID="<a@b>"
    ),
    BODY, KINDS, CHARSETS, ENCODINGS, st.text(max_size=8).map(lambda name: name.encode("utf-8", "replace").decode()),
    st.sampled_from(["attachment", "inline", "inline; filename*=utf-8''%E9", "x", ""]),
)  # fmt: skip
TREE = st.recursive(
    LEAF,
    lambda inner: st.builds(
        lambda kind, parts, boundary, closed: multi(kind, *parts, boundary=boundary, closed=closed),
        MULTIPARTS, st.lists(inner, max_size=4), st.sampled_from(["", "b", "b--", "=_"]), st.booleans(),
    ),
    max_leaves=8,
)  # fmt: skip
NAMES = st.sampled_from([
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Return-Path", "Auto-Submitted",
    "List-Id", "X-Failed-Recipients", "Content-Transfer-Encoding", "Reply-To",
])  # fmt: skip
VALUES = TEXT | st.sampled_from(
    ["<a@b>", '"a, b" <c@d.example>', "((((", "a:b:c;", "<<<>>>", "=?", "mailer-daemon@x", "<>", ""]
)
HEADS = st.dictionaries(NAMES, VALUES.map(lambda text: text.encode("utf-8", "replace")), max_size=6).map(
    lambda fields: headers(**{name.replace("-", "_"): value for name, value in fields.items()})
)


def read(raw: bytes) -> Mail | None:
    """Read it and look at what must be true of any mail."""
    try:
        found = read_mail(raw)
    except Unreadable as refused:
        return None if str(refused.words) else pytest.fail("no words")
    words = [found.html, found.subject, found.sender, found.sender_name, found.message_id, found.automatic,
             *found.answers, *found.recipients, *(one.filename for one in found.files),
             *(str(note) for note in found.notes)]  # fmt: skip
    # what a database takes, and what no header can be injected by
    json.dumps(words, ensure_ascii=False).encode()
    assert not any("\0" in one for one in words)
    assert not any(c in one for one in words[1:] for c in "\r\n")
    assert found.html.count("<details") == found.html.count("</details>")
    shown = {one.cid for one in found.files if one.cid}
    assert all(f'src="cid:{cid}"' in found.html for cid in shown)
    return found


@FUZZ
@given(HEADS, TREE)
def test_any_tree_of_parts_is_read(head: bytes, tree: bytes) -> None:
    assert read(head + tree) is not None


@FUZZ
@given(st.binary(max_size=600))
@example(b"From:")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read(raw)
    read(b"From: a@b.example\r\n" + raw)


CORPUS = [
    *(page(text) for text in PAGES.values()), *(mail(text) for text in TEXTS.values()),
    compound("mixed", part("Bonjour"), file(PDF, "a.pdf"), part(mail(), "message/rfc822")),
    compound("related", part('<img src="cid:a@b">', "text/html"), part(PNG, "image/png", "base64", ID="<a@b>")),
]  # fmt: skip


@FUZZ
@given(
    st.sampled_from(CORPUS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), max_size=6),
)
def test_any_mail_with_broken_places_is_read_or_refused(raw: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    for where, length, instead in changes:
        at = int(where * len(raw))
        raw = raw[:at] + instead + raw[at + length :]
    read(raw)


@FUZZ
@given(TEXT, st.booleans())
def test_no_word_of_a_text_is_lost_by_folding(text: str, is_page: bool) -> None:
    marked = f"{text}\nmot1\n> mot2\nmot3"
    found = read_mail(page(marked) if is_page else mail(marked))
    files = b"".join(one.data for one in found.files).decode("utf-8", "replace")
    for word in ("mot1", "mot2", "mot3"):
        hidden = is_page and any(open_tag in text for open_tag in ("<!--", '<img src="cid'))
        assert hidden or word in found.html or word in files


@pytest.mark.parametrize("level", [
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", b"Content-Type: message/rfc822\r\n\r\nX: %d%d\r\n",
])  # fmt: skip
def test_thousands_of_levels_are_no_matter(level: bytes) -> None:
    raw = b"From: " + CLIENT.encode() + b"\r\n" + b"".join(level % (n, n) for n in range(5000)) + b"\r\nBonjour"
    assert read(raw) is not None


@pytest.mark.parametrize("piece", [
    b"<div>", b"<b 1>", b"<!--", b"<", b"&lt;", b"<blockquote type=cite>x", b"<style>", b"<table><tr><td>",
    b"<pre>\n", b"> ",
    b"-- \n> q\nx\n", b"begin 644 a\n", b"De : a Date : b Date : \n", b"=?a?q?", b"a@", b"--b\r\n",
])  # fmt: skip
def test_a_piece_that_is_repeated_ten_thousand_times_is_no_matter(piece: bytes) -> None:
    many = piece * 10_000
    for raw in (
        mail(many),
        mail(many, "text/html"),
        mail(many, "multipart/mixed; boundary=b"),
        mail("x", Subject=many.replace(b"\n", b"")),
    ):
        assert read(raw) is not None
