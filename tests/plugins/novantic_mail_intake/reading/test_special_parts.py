"""Invitations, signatures, mails in mails, and what Outlook wraps up."""

from __future__ import annotations

import struct

import pytest
from write_mail import GIF, PDF, compound, file, headers, mail, multi, page, part

from novantic_mail_intake.mail import Mail
from novantic_mail_intake.reading import read_mail
from novantic_mail_intake.reading.rtf import read_rtf, unpack_rtf

HTML = "text/html; charset=utf-8"

INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Paris
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Passage d'un
  technicien\\, salle 12
DTSTART;TZID=Europe/Paris:20261203T140000
DTEND;TZID=Europe/Paris:20261203T153000
LOCATION:Lyon
ORGANIZER;CN="Camille Perrin":mailto:camille@client.example
DESCRIPTION:Avec le nouveau toner.\\nMerci
BEGIN:VALARM
DESCRIPTION:Rappel
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:Une autre
END:VEVENT
END:VCALENDAR
"""
SAID = ("<p><strong>Invitation: Passage d'un technicien, salle 12</strong><br>"
        "When: 2026-12-03 14:00 – 15:30 (Europe/Paris)<br>Where: Lyon<br>Organiser: Camille Perrin &lt;"
        '<a href="mailto:camille@client.example" rel="noopener noreferrer nofollow">camille@client.example</a>'
        "&gt;</p>")  # fmt: skip


def notes(found: Mail) -> list[str]:
    return [str(note) for note in found.notes]


def kinds(found: Mail) -> list[tuple[str, str]]:
    return [(one.filename, one.media_type) for one in found.files]


def test_an_invitation_is_said_in_the_text_and_attached() -> None:
    raw = compound(
        "alternative", part("Venez"), part("<p>Venez</p>", HTML), part(INVITATION, "text/calendar; method=REQUEST")
    )
    found = read_mail(raw)
    assert found.html == f"<p>Venez</p>{SAID}"
    assert kinds(found) == [("invitation.ics", "text/calendar")]


def test_an_invitation_alone_shows_its_own_words() -> None:
    assert read_mail(mail(INVITATION, "text/calendar")).html == f"<p>Avec le nouveau toner.<br>Merci</p>{SAID}"


@pytest.mark.parametrize("change, said", [
    (("METHOD:REQUEST", "METHOD:CANCEL"), "<strong>Cancelled: "),
    (("METHOD:REQUEST", "METHOD:REPLY"), "<strong>Answer to an invitation: "),
    (("DTEND;TZID=Europe/Paris:20261203T", "DTEND;TZID=Europe/Paris:20261204T"),
     "14:00 – 2026-12-04 15:30 (Europe/Paris)"),
    (("DTSTART;TZID=Europe/Paris:20261203T140000", "DTSTART;VALUE=DATE:20261203"), "When: 2026-12-03<br>"),
    (("DTSTART;TZID=Europe/Paris:20261203T140000", "DTSTART:20261203T140000Z"), "15:30 (UTC)"),
    (('ORGANIZER;CN="Camille Perrin"', "ORGANIZER"), "Organiser: <a"),
    (("SUMMARY:Passage d'un\n  technicien\\, salle 12", "X:y"), "<strong>Invitation: no subject</strong>"),
])  # fmt: skip
def test_what_an_invitation_says(change: tuple[str, str], said: str) -> None:
    assert said in read_mail(mail(INVITATION.replace(*change), "text/calendar")).html


@pytest.mark.parametrize("start", ["20261399T140000", "demain"])
def test_an_invitation_without_a_real_date_says_the_rest(start: str) -> None:
    html = read_mail(mail(INVITATION.replace("20261203T140000", start), "text/calendar")).html
    assert "When" not in html
    assert "Where: Lyon" in html


def test_a_calendar_without_an_event_is_a_file_alone() -> None:
    found = read_mail(compound("mixed", part("x"), part("BEGIN:VCALENDAR\n\x00nonsense", "text/calendar")))
    assert (found.html, len(found.files)) == ("<p>x</p>", 1)


def test_a_signed_mail_is_shown_without_its_signature() -> None:
    for kind in ("application/pkcs7-signature", "application/pgp-signature"):
        found = read_mail(compound("signed", part("Bonjour"), part(b"0", kind, "base64", Disposition="attachment")))
        assert (found.html, found.files) == ("<p>Bonjour</p>", ())
        assert notes(found) == ["The mail is signed. The signature wasn't checked; it is in the original."]


def test_a_mail_signed_as_a_whole_is_a_file() -> None:
    found = read_mail(mail(b"MIIB", 'application/pkcs7-mime; name="smime.p7m"', Content_Transfer_Encoding="base64"))
    assert kinds(found) == [("smime.p7m", "application/pkcs7-mime")]
    assert notes(found) == ["The mail is signed or encrypted as a whole: its content is in an attached file."]


def test_an_encrypted_mail_is_a_file() -> None:
    raw = compound("encrypted", part("Version: 1", "application/pgp-encrypted"),
                   part("-----BEGIN PGP MESSAGE-----", 'application/octet-stream; name="encrypted.asc"'))  # fmt: skip
    assert kinds(read_mail(raw)) == [("encrypted.asc", "application/octet-stream")]
    assert notes(read_mail(raw)) == ["The mail is encrypted and couldn't be read."]


def test_a_text_signed_within_itself_is_shown_without_its_armour() -> None:
    text = ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nBonjour\n- -- tiret\n-----BEGIN PGP SIGNATURE-----\n\n"
            "iQEz\n-----END PGP SIGNATURE-----\nFin\n")  # fmt: skip
    found = read_mail(mail(text))
    assert found.html.replace("<br>", "\n") == "<p>Bonjour\n-- tiret</p><p>Fin</p>"
    assert notes(found) == ["The mail is signed. The signature wasn't checked; it is in the original."]
    found = read_mail(mail("-----BEGIN PGP MESSAGE-----\nhQEM\n-----END PGP MESSAGE-----"))
    assert notes(found) == ["The mail is encrypted and couldn't be read."]


def test_a_mail_that_is_attached_is_named_and_kept() -> None:
    inner = mail("Panne", Subject="=?utf-8?Q?Serveur_arr=C3=AAt=C3=A9_=3A/?=", From="Alice <a@x.example>")
    found = read_mail(compound("mixed", part("Voir"), part(inner, "message/rfc822")))
    assert found.html == "<p>Voir</p><p>Attached mail: “Serveur arrêté :/”, from Alice</p>"
    assert kinds(found) == [("Serveur arrêté _.eml", "message/rfc822")]
    assert found.files[0].data == inner


def test_an_attached_mail_without_anything_is_named_all_the_same() -> None:
    found = read_mail(compound("mixed", part("\r\nx", "message/rfc822")))
    assert "“no subject”, from unknown" in found.html
    assert kinds(found) == [("message.eml", "message/rfc822")]


def test_the_words_in_the_text_are_those_of_the_desk() -> None:
    raw = compound("mixed", part(mail(), "message/rfc822"))
    assert read_mail(raw, lambda words: f"[{words}]").html.startswith("<p>[Attached mail")


def test_mails_of_a_digest_are_attached() -> None:
    found = read_mail(compound("digest", part(mail("a", Subject="Un"), ""), part(mail("b", Subject="Deux"), "")))
    assert [one.filename for one in found.files] == ["Un.eml", "Deux.eml"]


# ---------------------------------------------------------------------- winmail.dat


def attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(value)) + value + b"\0\0"


def padded(value: bytes) -> bytes:
    return value + b"\0" * (-len(value) % 4)


def text_property(key: int, value: bytes, kind: int = 0x1E) -> bytes:
    return struct.pack("<HHII", kind, key, 1, len(value)) + padded(value)


def tnef(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def properties(*values: bytes) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(values)


ATTACHED = (
    attribute(2, 0x9002, b"\0" * 14),
    attribute(2, 0x8010, b"FACTUR~1.PDF\0"),
    attribute(2, 0x800F, PDF),
    attribute(2, 0x9005, properties(text_property(0x3707, "facturé.pdf\0".encode("utf-16-le"), 0x1F),
                                    text_property(0x370E, b"application/pdf\0"))),
)  # fmt: skip


def winmail(data: bytes, body: str = "") -> Mail:
    parts = [part(body)] if body else []
    return read_mail(compound("mixed", *parts, file(data, "winmail.dat", "application/ms-tnef")))


def test_the_files_in_winmail_dat_are_files() -> None:
    found = winmail(tnef(*ATTACHED), "Voir la facture")
    assert (found.html, kinds(found)) == ("<p>Voir la facture</p>", [("facturé.pdf", "application/pdf")])
    assert found.files[0].data == PDF


def test_the_text_in_winmail_dat_is_shown_where_there_is_no_other() -> None:
    latin = attribute(1, 0x9007, struct.pack("<II", 1252, 0))
    assert winmail(tnef(latin, attribute(1, 0x800C, "Réglé\0".encode("cp1252")))).html == "<p>Réglé</p>"
    numbers = struct.pack("<HHI", 3, 0x17, 1) + struct.pack("<HHIQ", 0x1014, 0x20, 1, 7)
    named = struct.pack("<HH16sII", 3, 0x8001, b"\0" * 16, 0, 1) + struct.pack("<I", 5)
    named += struct.pack("<HH16sII", 3, 0x8002, b"\0" * 16, 1, 3) + b"abc\0" + struct.pack("<I", 5)
    html = properties(numbers, named, text_property(0x1013, b"<p>R\xc3\xa9gl\xc3\xa9</p>", 0x102))
    assert winmail(tnef(attribute(1, 0x9003, html))).html == "<p>Réglé</p>"
    plain = properties(text_property(0x1000, "Réglé".encode("utf-16-le"), 0x1F))
    assert winmail(tnef(attribute(1, 0x9003, plain))).html == "<p>Réglé</p>"


def test_rich_text_in_winmail_dat_is_read() -> None:
    rich = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 R\'e9gl\'e9\par {\*\x y}d\u232 ?s hier}"
    packed = struct.pack("<IIII", len(rich) + 12, len(rich), 0x414C454D, 0) + rich
    assert (
        winmail(tnef(attribute(1, 0x9003, properties(text_property(0x1009, packed, 0x102))))).html
        == "<p>Réglé<br>dès hier</p>"
    )


def test_what_is_no_winmail_dat_is_attached_as_it_is() -> None:
    found = winmail(b"nonsense", "x")
    assert [one.filename for one in found.files] == ["winmail.dat"]
    assert notes(found) == ["An Outlook file (winmail.dat) couldn't be read. It is attached as it is."]


@pytest.mark.parametrize("length", range(6, 160, 7))
def test_a_winmail_dat_that_was_cut_off_is_read_as_far_as_it_goes(length: int) -> None:
    assert winmail(tnef(*ATTACHED)[:length], "x").html == "<p>x</p>"


def test_packed_rich_text_is_unpacked() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert unpack_rtf(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert read_rtf(unpack_rtf(packed)) == ("", "hello world")


def test_rich_text_made_of_html_is_that_html() -> None:
    rich = (rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Bonjour\htmlrtf \par}\htmlrtf0 "
            rb"{\*\htmltag72 </p>}\~\_\{\}}")  # fmt: skip
    assert read_rtf(rich)[0] == "<p>Bonjour</p>\u00a0-{}"


@pytest.mark.parametrize("data", [b"", b"x" * 20, struct.pack("<IIII", 9, 9, 0x75465A4C, 0) + b"\xff\x00"])
def test_what_is_no_rich_text_is_nothing(data: bytes) -> None:
    assert unpack_rtf(data) == b""


def test_a_forwarded_mail_with_pictures_keeps_them() -> None:
    related = multi("related", part('<p>x<img src="cid:a@b"></p>', HTML), part(GIF, "image/gif", "base64", ID="<a@b>"))
    assert len(read_mail(headers() + multi("alternative", part("x"), related)).files) == 1


def test_two_texts_in_a_page_and_a_file_are_all_kept() -> None:
    assert read_mail(page("<p>x</p>")).files == ()
