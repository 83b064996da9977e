"""Names, subjects, file names and addresses, as they should be written and as they are."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from write_mail import compound, mail, part

from novantic_mail_intake.reading import Unreadable, read_mail
from novantic_mail_intake.reading.headers import MAX_FIELDS, read_parameters

B = base64.b64encode


def word(data: bytes, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{B(data).decode()}?="


@pytest.mark.parametrize("written, read", [
    ("=?utf-8?Q?Probl=C3=A8me_d=27imprimante?=", "Problème d'imprimante"),
    ("=?ISO-8859-1?Q?Probl=E8me?= urgent", "Problème urgent"),
    ("=?utf-8*fr?Q?Probl=C3=A8me?=", "Problème"),
    (word(b"Probl") + " " + word("ème".encode()), "Problème"),
    (word(b"Probl\xc3") + " " + word(b"\xa8me"), "Problème"),
    (word(b"Probl\xc3") + "\r\n\t" + word(b"\xa8me"), "Problème"),
    ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
    ("=?utf-8?Q?Re=3A?= =?iso-8859-1?Q?_=E9t=E9?=", "Re: été"),
    ("=?utf-8?B?UHJvYmzDqG?= =?utf-8?B?1l?=", "Problème"),
    ("=?utf-8?Q?un espace ici?=", "un espace ici"),
    ("=?x-unknown?Q?=E9t=E9?=", "été"),
    ("=?utf-8?Q?jamais fini", "=?utf-8?Q?jamais fini"),
    ("RE:  [#123456]   Imprimante", "RE: [#123456] Imprimante"),
    ("a\x00\x07b\u202ec", "abc"),
])  # fmt: skip
def test_a_subject_is_read(written: str, read: str) -> None:
    assert " ".join(read_mail(mail(Subject=written)).subject.split()) == read


def test_a_subject_in_bare_bytes_is_read() -> None:
    assert read_mail(mail(Subject="Problème".encode())).subject == "Problème"
    assert read_mail(mail(Subject="Problème".encode("cp1252"))).subject == "Problème"


def test_a_subject_is_one_line() -> None:
    assert read_mail(mail(Subject="=?utf-8?Q?a=0D=0ABcc:_x@y.example?=")).subject == "a Bcc: x@y.example"


@pytest.mark.parametrize("written, name, address", [
    ("Camille Perrin <c@x.example>", "Camille Perrin", "c@x.example"),
    ('"Perrin, Camille" <c@x.example>', "Perrin, Camille", "c@x.example"),
    ("Perrin, Camille <c@x.example>", "Perrin, Camille", "c@x.example"),
    ("=?utf-8?Q?Ren=C3=A9?= Roy <r@x.example>", "René Roy", "r@x.example"),
    ('"=?utf-8?Q?Ren=C3=A9?=" <r@x.example>', "René", "r@x.example"),
    ("=?utf-8?Q?Perrin=2C_Ren=C3=A9?= <r@x.example>", "Perrin, René", "r@x.example"),
    ("c@x.example (Camille Perrin)", "Camille Perrin", "c@x.example"),
    ("c@x.example", "", "c@x.example"), ("<c@x.example>", "", "c@x.example"),
    ("'c@x.example' <c@x.example>", "c@x.example", "c@x.example"),
    ('"a \\"b\\" c" <c@x.example>', 'a "b" c', "c@x.example"),
    ("=?utf-8?Q?Ren=C3=A9_<r=40x.example>?=", "René", "r@x.example"),
    ("Camille <mailto:c@x.example>", "Camille", "c@x.example"),
    ("René <r@x.example>", "René", "r@x.example"),
    ('"jean dupont"@x.example', "", '"jean dupont"@x.example'),
])  # fmt: skip
def test_a_sender_is_read(written: str, name: str, address: str) -> None:
    found = read_mail(mail(From=written))
    assert (found.sender_name, found.sender) == (name, address)


def test_without_a_readable_sender_another_field_says_who() -> None:
    assert read_mail(mail(From="Camille", Sender="c@x.example")).sender == "c@x.example"
    assert read_mail(mail(From="Camille", Sender="c@x.example")).sender_name == "Camille"
    found = read_mail(mail(From="Camille"))
    assert (found.sender, found.sender_name) == ("", "Camille")
    assert [str(note) for note in found.notes] == ["The mail doesn't say who sent it."]


def test_recipients_are_gathered_from_all_who_name_them() -> None:
    found = read_mail(mail(To="A <a@x.example>; b@x.example", Cc="equipe: c@x.example, A@x.example;",
                           Delivered_To="support@desk.example", X_Original_To="<aide@desk.example>"))  # fmt: skip
    assert found.recipients == (
        "a@x.example",
        "b@x.example",
        "c@x.example",
        "support@desk.example",
        "aide@desk.example",
    )
    assert found.copies == (("A", "a@x.example"), ("", "b@x.example"), ("", "c@x.example"))
    # who stands in both was written to
    assert found.in_copy == (("", "c@x.example"),)
    assert found.delivered == ("support@desk.example", "aide@desk.example")


def test_what_it_answers_is_read_from_the_newest_on() -> None:
    found = read_mail(mail(In_Reply_To="<3@x>", References="<1@x>\r\n <2@x> <3@x>", Reply_To="R <r@x.example>"))
    assert found.answers == ("3@x", "2@x", "1@x")
    assert found.reply_to == "r@x.example"
    assert read_mail(mail(In_Reply_To="3@x")).answers == ("3@x",)
    assert read_mail(mail(In_Reply_To="your message of Monday")).answers == ()


@pytest.mark.parametrize("written, read", [
    ("Sun, 29 Nov 2026 10:00:00 +0100", datetime(2026, 11, 29, 9, tzinfo=UTC)),
    ("29 Nov 2026 10:00:00 GMT", datetime(2026, 11, 29, 10, tzinfo=UTC)),
    ("Sun, 29 Nov 2026 10:00:00 -0000", datetime(2026, 11, 29, 10, tzinfo=UTC)),
    ("hier", None), ("Sun, 99 Nov 2026 10:00:00 +0100", None), ("1" * 300, None),
    ("Fri, 31 Dec 9999 23:00:00 -0500", None), ("", None),
])  # fmt: skip
def test_a_date_is_read_in_utc(written: str, read: datetime | None) -> None:
    assert read_mail(mail(Date=written)).sent_at == read


@pytest.mark.parametrize("disposition, name", [
    ("attachment; filename=facture.pdf", "facture.pdf"),
    ('attachment; filename="facture; mai.pdf"', "facture; mai.pdf"),
    ("attachment; filename=facture de mai.pdf; size=12", "facture de mai.pdf"),
    ("attachment; filename*=utf-8''factur%C3%A9.pdf", "facturé.pdf"),
    ("attachment; filename*=iso-8859-1'fr'factur%E9.pdf", "facturé.pdf"),
    ("attachment; filename*0*=utf-8''fac%C3; filename*1*=%A9tur; filename*2=e.pdf", "facéture.pdf"),
    ('attachment; filename*1="re.pdf"; filename*0="factu"', "facture.pdf"),
    ('attachment; filename="=?utf-8?Q?factur=C3=A9.pdf?="', "facturé.pdf"),
    ("attachment; filename==?utf-8?Q?factur=C3=A9.pdf?=", "facturé.pdf"),
    ('attachment; filename*0="=?utf-8?Q?fac=C3=A9"; filename*1="ture.pdf?="', "facéture.pdf"),
    ('attachment; filename="factur%C3%A9.pdf"', "facturé.pdf"), ('attachment; filename="100%25.pdf"', "100%25.pdf"),
    ('attachment; filename="factur%E9.pdf"', "factur%E9.pdf"),
    ("attachment; filename=\"x.pdf\"; filename*=utf-8''%C3%A9.pdf", "é.pdf"),
    ('attachment; filename="C:\\Temp\\facture.pdf"', "C:\\Temp\\facture.pdf"),
    ('attachment; filename="facturé.pdf"', "facturé.pdf"),
    ('attachment; filename="jamais fini.pdf', "jamais fini.pdf"),
])  # fmt: skip
def test_the_name_of_a_file_is_read(disposition: str, name: str) -> None:
    raw = compound("mixed", part("x"), part(b"%PDF", "application/pdf", Disposition=disposition))
    assert [file.filename for file in read_mail(raw).files] == [name]


def test_a_name_in_the_media_type_will_do() -> None:
    raw = compound("mixed", part("x"), part(b"%PDF", 'application/pdf; name="a.pdf"', Disposition="attachment"))
    assert read_mail(raw).files[0].filename == "a.pdf"


def test_parameters_are_read_also_without_their_semicolons() -> None:
    assert read_parameters('text/plain charset="utf-8" format=flowed')[0] == "text/plain"
    assert read_parameters('text/plain; charset="utf-8" format=flowed')[1] == {"charset": "utf-8", "format": "flowed"}
    assert read_parameters("charset=utf-8") == ("", {"charset": "utf-8"})


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"Bonjour", b"\x89PNG\r\n\x1a\n\0\0", b"a: b\r\nc: d\r\n\r\ntext"])
def test_what_is_no_mail_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_mail(raw)
    assert str(refused.value.words) == str(refused.value) == "This is no mail: it has no header."


def test_what_a_mailbox_file_puts_before_a_mail_is_passed_over() -> None:
    assert read_mail(b"From c@x.example Sun Nov 29 10:00:00 2026\n" + mail("Bonjour")).html == "<p>Bonjour</p>"
    assert read_mail(b"\xef\xbb\xbf\r\n" + mail("Bonjour")).subject == "Imprimante"


def test_any_line_ends_will_do() -> None:
    raw = mail("Bonjour")
    assert (
        read_mail(raw.replace(b"\r\n", b"\n")).html == read_mail(raw.replace(b"\r\n", b"\r")).html == "<p>Bonjour</p>"
    )


def test_a_header_without_its_blank_line_ends_where_the_text_begins() -> None:
    assert read_mail(b"From: c@x.example\r\nSubject: a\r\nBonjour a tous\r\nvoila").html == (
        "<p>Bonjour a tous<br>voila</p>"
    )


def test_a_line_that_broke_within_the_header_is_passed_over() -> None:
    found = read_mail(b"From: c@x.example\r\nSubject: a\r\nbroken here\r\nTo: b@x.example\r\n\r\nBonjour")
    assert (found.recipients, found.html) == (("b@x.example",), "<p>Bonjour</p>")


def test_a_header_alone_is_a_mail() -> None:
    assert read_mail(b"From: c@x.example").html == ""


def test_fields_beyond_a_thousand_are_not_read() -> None:
    raw = b"From: c@x.example\r\n" + b"X-A: b\r\n" * MAX_FIELDS + b"Subject: a\r\n\r\nBonjour"
    assert (read_mail(raw).subject, read_mail(raw).html) == ("", "<p>Bonjour</p>")
