"""Text in the encodings of the wild, and under wrong labels."""

from __future__ import annotations

import base64

import pytest
from write_mail import mail

from novantic_mail_intake.reading import read_mail
from novantic_mail_intake.reading.charsets import codec_of, decode_text

FRENCH = "Réglé dès hier : l’écran coûte 5 €"


def shown(data: bytes, kind: str, **fields: str) -> str:
    return read_mail(mail(data, kind, **fields)).html


@pytest.mark.parametrize("label", ["windows-1252", "iso-8859-1", "us-ascii", "ANSI", "x-unknown", "", "default"])
def test_windows_1252_is_read_under_any_label_that_it_is_sent_with(label: str) -> None:
    kind = f"text/plain; charset={label}" if label else "text/plain"
    assert shown(FRENCH.encode("cp1252"), kind) == f"<p>{FRENCH}</p>"


@pytest.mark.parametrize("label", ["utf-8", "UTF8", "unicode-1-1-utf-8", "iso-8859-1", "us-ascii", "windows-1252", ""])
def test_utf_8_is_read_under_any_label(label: str) -> None:
    kind = f"text/plain; charset={label}" if label else "text/plain"
    assert shown(FRENCH.encode(), kind) == f"<p>{FRENCH}</p>"


@pytest.mark.parametrize("label, text", [
    ("koi8-r", "Здравствуйте"), ("windows-1251", "Принтер"), ("gb2312", "打印机坏了"),
    ("gbk", "打印機"), ("big5", "印表機"),
    ("iso-2022-jp", "プリンター"), ("shift_jis", "プリンター"), ("euc-kr", "프린터"), ("iso-8859-15", "5 € œuvre"),
    ("iso-8859-2", "Łódź"), ("utf-16", "Réglé"), ("utf-16le", "Réglé"), ("utf-7", "Réglé"), ("macintosh", "Réglé"),
    ("ks_c_5601-1987", "프린터"), ("cp850", "Réglé"), ("iso-8859-8-i", "שלום"), ("tis-620", "สวัสดี"),
])  # fmt: skip
def test_an_encoding_with_its_right_label_is_read(label: str, text: str) -> None:
    codec = {"macintosh": "mac_roman", "ks_c_5601-1987": "cp949", "iso-8859-8-i": "iso8859-8"}.get(label, label)
    assert text in decode_text(text.encode(codec), label)


def test_unlabelled_russian_and_chinese_are_guessed() -> None:
    russian = "Здравствуйте, принтер не работает, пожалуйста помогите нам сегодня. " * 3
    assert "принтер" in decode_text(russian.encode("koi8-r"))
    chinese = "您好，打印机坏了，请帮助我们解决这个问题。谢谢您的帮助。" * 3
    assert "打印机" in decode_text(chinese.encode("gb18030"), "x-nonsense")


def test_utf_8_with_a_stray_latin_letter_keeps_all_others() -> None:
    data = "à côté de l’été ".encode() + b"\xe9t\xe9"
    assert decode_text(data, "utf-8") == "à côté de l’été été"


def test_latin_under_the_label_of_utf_8_is_read() -> None:
    assert decode_text(FRENCH.encode("cp1252"), "utf-8") == FRENCH


def test_utf_8_cut_in_a_character_loses_only_that() -> None:
    assert decode_text("l’été dès".encode() + b"\xc3", "utf-8") == "l’été dès"


def test_a_byte_order_mark_counts_more_than_the_label() -> None:
    assert decode_text("\ufeffRéglé".encode("utf-16-le"), "utf-8") == "Réglé"
    assert decode_text("\ufeffRéglé".encode(), "iso-8859-1") == "Réglé"
    assert decode_text("\ufeffRéglé".encode("utf-16-be"), "") == "Réglé"


def test_ascii_under_the_label_of_utf_16_is_read() -> None:
    assert decode_text(b"Printer", "utf-16") == "Printer"


def test_unlabelled_japanese_is_told_by_its_escapes() -> None:
    assert decode_text("プリンター".encode("iso-2022-jp")) == "プリンター"


def test_what_is_no_encoding_of_text_is_none() -> None:
    assert [codec_of(label) for label in ("base64", "idna", "punycode", "unicode_escape", "", "\0x")] == [None] * 6
    assert codec_of("ISO-8859-1*fr") == "cp1252"


def test_halves_of_characters_are_replaced() -> None:
    assert decode_text(b"+2AA-", "utf-7") == "?"
    assert decode_text(b"a\0\0\xd8", "utf-16-le").startswith("a")


def test_html_without_a_label_says_its_encoding_itself() -> None:
    data = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Принтер</p>'.encode("koi8-r")
    assert shown(data, "text/html") == "<p>Принтер</p>"


def test_flowed_text_is_put_together() -> None:
    text = "Une ligne qui \r\ncontinue ici.\r\n\r\n> citée et \r\n> suivie\r\n"
    assert shown(text.encode(), "text/plain; format=flowed") == (
        "<p>Une ligne qui continue ici.</p><blockquote><p>citée et suivie</p></blockquote>"
    )


def test_flowed_text_without_its_spaces_is_put_together() -> None:
    assert shown(b"print \r\ner\r\n-- \r\nX", "text/plain; format=flowed; delsp=yes").startswith("<p>printer</p>")


@pytest.mark.parametrize("coded", [
    base64.b64encode(FRENCH.encode()).rstrip(b"="),
    b"!!" + base64.b64encode(FRENCH.encode()) + b"\x80",
    base64.b64encode(FRENCH[:6].encode()) + b"\r\n" + base64.b64encode(FRENCH[6:].encode()),
])  # fmt: skip
def test_broken_base64_is_read_as_far_as_it_goes(coded: bytes) -> None:
    assert FRENCH in shown(coded, "text/plain; charset=utf-8", Content_Transfer_Encoding="base64")


def test_a_footer_in_clear_words_behind_base64_is_kept() -> None:
    coded = base64.encodebytes(FRENCH.encode()) + b"______\nListe de diffusion de test\n"
    html = shown(coded, "text/plain; charset=utf-8", Content_Transfer_Encoding="base64")
    assert FRENCH in html
    assert "Liste de diffusion" in html


def test_clear_words_under_the_label_of_base64_are_kept() -> None:
    html = shown(b"Bonjour, ceci est en clair !", "text/plain", Content_Transfer_Encoding="base64")
    assert html == "<p>Bonjour, ceci est en clair !</p>"


def test_broken_quoted_printable_is_read_as_far_as_it_goes() -> None:
    html = shown(b"R=C3=A9gl=C3=A9 =ZZ 100 % =\r\n=", "text/plain; charset=utf-8",
                 Content_Transfer_Encoding="Quoted-Printable")  # fmt: skip
    assert html.startswith("<p>Réglé =ZZ 100 %")


def test_an_unknown_transfer_encoding_leaves_the_text() -> None:
    assert shown(b"Bonjour", "text/plain", Content_Transfer_Encoding="x-strange") == "<p>Bonjour</p>"
