"""What a mail shows and carries, however its parts are put together."""

from __future__ import annotations

import hashlib

import pytest
from write_mail import GIF, PDF, PNG, compound, file, headers, mail, multi, page, part

from novantic_mail_intake.mail import Mail
from novantic_mail_intake.reading import read_mail
from novantic_mail_intake.reading.content import MAX_TEXT
from novantic_mail_intake.reading.parts import DEEPEST, MAX_PARTS

HTML = "text/html; charset=utf-8"
KEY = hashlib.sha256(PNG).hexdigest()


def notes(found: Mail) -> list[str]:
    return [str(note) for note in found.notes]


def names(found: Mail) -> list[str]:
    return [one.filename for one in found.files]


def picture(name: str = "logo.png", **given: str) -> bytes:
    return part(PNG, f'image/png; name="{name}"', "base64", **given)


# ---------------------------------------------------------------------- texts


def test_of_two_ways_to_say_one_thing_html_is_shown() -> None:
    raw = compound("alternative", part("Bonjour *vous*"), part("<p>Bonjour <b>vous</b></p>", HTML))
    assert read_mail(raw).html == "<p>Bonjour <b>vous</b></p>"


@pytest.mark.parametrize("empty", ["", "<html><body></body></html>", "<p>&nbsp;</p>", "<style>p {}</style>"])
def test_an_empty_html_leaves_the_plain_text(empty: str) -> None:
    assert read_mail(compound("alternative", part("Bonjour"), part(empty, HTML))).html == "<p>Bonjour</p>"


def test_an_empty_plain_text_leaves_the_html() -> None:
    assert read_mail(compound("alternative", part("<p>Bonjour</p>", HTML), part(""))).html == "<p>Bonjour</p>"


def test_one_text_both_ways_in_a_mixed_mail_is_shown_once() -> None:
    raw = compound("mixed", part("Bonjour à vous !"), part("<p>Bonjour <i>à vous</i> !</p>", HTML))
    assert read_mail(raw).html == "<p>Bonjour <i>à vous</i> !</p>"
    raw = compound("mixed", part("Bonjour"), part("<p>Autre chose</p>", HTML))
    assert read_mail(raw).html == "<p>Bonjour</p><p>Autre chose</p>"


def test_files_within_the_alternatives_are_kept() -> None:
    mixed = multi("mixed", part("<p>Avant</p>", HTML), file(PDF, "a.pdf"), part("<p>Après</p>", HTML))
    found = read_mail(compound("alternative", part("Avant Après"), mixed))
    assert (found.html, names(found)) == ("<p>Avant</p><p>Après</p>", ["a.pdf"])
    found = read_mail(compound("alternative", part("<p>x</p>", HTML), file(PDF, "a.pdf")))
    assert names(found) == ["a.pdf"]


def test_links_tables_and_lists_survive() -> None:
    body = ('<p><a href="https://x.example/">lien</a></p><table><tr><td colspan="2">cellule</td></tr></table>'
            "<ul><li>un</li><li>deux</li></ul>")  # fmt: skip
    html = read_mail(page(body)).html
    assert '<a href="https://x.example/" rel="noopener noreferrer nofollow">lien</a>' in html
    assert '<td colspan="2">cellule</td>' in html
    assert "<ul><li>un</li><li>deux</li></ul>" in html


def test_what_is_not_safe_is_gone() -> None:
    html = read_mail(page("<p onclick='x()'>Bonjour<script>alert(1)</script><a href='javascript:x'>y</a></p>")).html
    assert html == '<p>Bonjour<a rel="noopener noreferrer nofollow">y</a></p>'


def test_texts_after_each_other_are_all_shown() -> None:
    raw = compound("mixed", part("Bonjour"), part("-----\nListe de diffusion"))
    assert read_mail(raw).html == "<p>Bonjour</p><p>-----<br>Liste de diffusion</p>"


def test_a_text_with_a_name_is_a_file() -> None:
    raw = compound("mixed", part("Bonjour"), part("a;b", 'text/plain; name="journal.txt"', Disposition="inline"))
    assert (read_mail(raw).html, names(read_mail(raw))) == ("<p>Bonjour</p>", ["journal.txt"])


def test_enriched_text_is_read_as_words() -> None:
    assert read_mail(mail("<bold>Bonjour</bold>", "text/enriched")).html == "<p>Bonjour</p>"


def test_a_very_long_text_is_cut_and_attached_whole() -> None:
    found = read_mail(mail("mot " * MAX_TEXT))
    assert len(found.html) < MAX_TEXT + 100
    assert len(found.files[0].data) == 4 * MAX_TEXT
    assert names(found) == ["message.txt"]
    assert notes(found) == ["The text is very long. All of it is in an attached file."]


def test_very_long_html_is_cut_and_attached_whole() -> None:
    found = read_mail(page("<p>" + "mot " * 500_000 + "</p>"))
    assert (names(found), found.files[0].media_type) == (["message.html"], "text/html")


def test_html_with_too_many_tags_is_shown_as_words() -> None:
    found = read_mail(page("<div>mot</div>" * 9000))
    assert "mot\nmot" in found.html or "mot<br>mot" in found.html
    assert "color" not in found.html
    assert notes(found) == ["The text's formatting is too intricate, or broken: only its words are shown."]


def test_words_that_broken_html_swallows_are_shown() -> None:
    found = read_mail(mail("<html><title>x<p>Bonjour</p>", "text/html"))
    assert found.html == "<p>xBonjour</p>"
    assert notes(found) == ["The text's formatting is too intricate, or broken: only its words are shown."]


def test_html_under_the_label_of_plain_text_is_html() -> None:
    assert read_mail(mail("<html><p>Bonjour</p></html>")).html == "<p>Bonjour</p>"


def test_uuencoded_files_in_a_text_are_files() -> None:
    found = read_mail(mail("Voici\n\nbegin 644 note.txt\n#0V%T\n`\nend\n\nMerci\n"))
    assert (found.html, found.files[0].data, names(found)) == ("<p>Voici</p><p>Merci</p>", b"Cat", ["note.txt"])


def test_what_only_looks_uuencoded_is_text() -> None:
    assert "begin 644 x" in read_mail(mail("begin 644 x\nBonjour à tous\nend\n")).html


# ---------------------------------------------------------------------- pictures


@pytest.mark.parametrize("given", [
    {"ID": "<logo@x>"}, {"ID": "logo@x"}, {"Location": "https://x.example/logo.png"}, {"Location": "logo.png"},
])  # fmt: skip
def test_a_picture_of_the_text_stays_in_it(given: dict[str, str]) -> None:
    source = given.get("Location") or "cid:logo@x"
    raw = compound("related", part(f'<p>Voir <img src="{source}" alt="Logo" width="20"></p>', HTML), picture(**given))
    found = read_mail(raw)
    assert found.html == f'<p>Voir <img src="cid:{KEY}" alt="Logo" width="20"></p>'
    assert [(one.filename, one.media_type, one.cid) for one in found.files] == [("logo.png", "image/png", KEY)]


def test_a_picture_is_found_by_its_name_where_its_id_is_wrong() -> None:
    raw = compound("related", part('<img src="cid:logo.png@01DC1234.5678">', HTML), picture())
    assert f"cid:{KEY}" in read_mail(raw).html


def test_a_picture_that_the_text_does_not_show_is_a_file() -> None:
    found = read_mail(compound("related", part("<p>Bonjour</p>", HTML), picture(ID="<x@y>")))
    assert [(one.filename, one.cid) for one in found.files] == [("logo.png", "")]


def test_a_related_mail_begins_with_the_part_that_it_names() -> None:
    raw = compound(
        "related", picture(ID="<a@b>"), part("<p>Bonjour</p>", HTML, ID="<root@x>"), more='; start="<root@x>"'
    )
    assert read_mail(raw).html == "<p>Bonjour</p>"


def test_texts_and_pictures_of_apple_mail_keep_their_order() -> None:
    raw = compound("mixed", part("Avant"), picture("a.png", Disposition="inline; filename=a.png"), part("Après"))
    found = read_mail(raw)
    assert found.html == f'<p>Avant</p><p><img src="cid:{KEY}" alt="a.png"></p><p>Après</p>'
    assert names(found) == ["a.png"]


def test_an_attached_picture_is_a_file() -> None:
    found = read_mail(compound("mixed", part("Bonjour"), file(PNG, "a.png", "image/png")))
    assert (found.html, found.files[0].cid) == ("<p>Bonjour</p>", "")


def test_a_picture_in_the_address_itself_becomes_a_file() -> None:
    import base64

    found = read_mail(page(f'<p><img src="data:image/gif;base64,{base64.b64encode(GIF).decode()}"></p>'))
    assert found.files[0].media_type == "image/gif"
    assert found.files[0].cid in found.html


@pytest.mark.parametrize("source", ["data:image/png;base64,AAAA", "data:image/png;base64,A", "data:text/html,x"])
def test_an_address_that_holds_no_picture_shows_none(source: str) -> None:
    found = read_mail(page(f'<p>Bonjour<img src="{source}"></p>'))
    assert (found.html, found.files) == ("<p>Bonjour</p>", ())


def test_pictures_from_elsewhere_are_left_out_and_that_is_said_once() -> None:
    found = read_mail(
        page('<p>Bonjour<img src="https://t.example/p.gif" width=1><img src="//t.example/l.png" alt="Logo"></p>')
    )
    assert found.html == "<p>Bonjour[Logo]</p>"
    assert notes(found) == ["Pictures that lie elsewhere were left out: whoever fetches them tells their owner."]


def test_a_picture_that_no_browser_shows_is_a_file() -> None:
    raw = compound(
        "related", part('<p>x<img src="cid:a@b"></p>', HTML), part(b"II*\0", "image/tiff", "base64", ID="<a@b>")
    )
    found = read_mail(raw)
    assert (found.html, found.files[0].media_type) == ("<p>x</p>", "image/tiff")


def test_a_picture_is_known_by_what_it_is() -> None:
    raw = compound(
        "mixed", part("x"), part(PNG, 'application/octet-stream; name="a.png"', "base64", Disposition="inline")
    )
    assert read_mail(raw).files[0].media_type == "image/png"
    webp = b"RIFF\x10\0\0\0WEBPVP8 "
    assert (
        read_mail(compound("mixed", part("x"), file(webp, "a.jpg", "image/jpeg"))).files[0].media_type == "image/webp"
    )


def test_a_picture_shown_twice_is_one_file() -> None:
    raw = compound("related", part('<p><img src="cid:a@b"><img src="cid:a@b"></p>', HTML), picture(ID="<a@b>"))
    assert len(read_mail(raw).files) == 1


# ---------------------------------------------------------------------- broken


def test_files_without_a_name_are_named_after_what_they_are() -> None:
    raw = compound("mixed", part("x"), part(PDF, "application/pdf", "base64"), part(PNG, "image/png", "base64"),
                   part(b"?", "application/x-strange", "base64"))  # fmt: skip
    assert names(read_mail(raw)) == ["file.pdf", "image.png", "file.bin"]


def test_a_missing_last_boundary_loses_nothing() -> None:
    raw = headers() + multi("mixed", part("Bonjour"), file(PDF, "a.pdf"), closed=False)
    assert (read_mail(raw).html, read_mail(raw).files[0].data) == ("<p>Bonjour</p>", PDF)


@pytest.mark.parametrize("declared", ['multipart/mixed; boundary="wrong"', "multipart/mixed"])
def test_a_wrong_boundary_is_found_where_it_stands(declared: str) -> None:
    body = multi("mixed", part("Bonjour"), file(PDF, "a.pdf"), boundary="right").partition(b"\r\n\r\n")[2]
    found = read_mail(mail(b"preamble\r\n" + body, declared))
    assert (found.html, names(found)) == ("<p>Bonjour</p>", ["a.pdf"])


def test_a_multipart_without_any_part_is_its_text() -> None:
    assert read_mail(mail("Bonjour", "multipart/mixed; boundary=x")).html == "<p>Bonjour</p>"
    assert read_mail(mail("<html><p>Bonjour</p></html>", "multipart/mixed; boundary=x")).html == "<p>Bonjour</p>"


def test_a_multipart_that_was_encoded_as_a_whole_is_read() -> None:
    import base64

    body = multi("mixed", part("Bonjour"), boundary="b").partition(b"\r\n\r\n")[2]
    raw = mail(base64.encodebytes(body), "multipart/mixed; boundary=b", Content_Transfer_Encoding="base64")
    assert read_mail(raw).html == "<p>Bonjour</p>"


def test_a_boundary_that_begins_like_another_one_is_told_apart() -> None:
    inner = multi("alternative", part("Bonjour"), boundary="b-inner")
    raw = headers() + multi("mixed", inner, file(PDF, "a.pdf"), boundary="b")
    assert (read_mail(raw).html, names(read_mail(raw))) == ("<p>Bonjour</p>", ["a.pdf"])


def test_nonsense_for_a_media_type_is_plain_text() -> None:
    assert read_mail(mail("Bonjour", "nonsense")).html == "<p>Bonjour</p>"
    assert read_mail(mail("<p>Bonjour</p>", "html")).html == "<p>Bonjour</p>"


def test_what_is_nested_too_deep_is_said() -> None:
    inner = part("Au fond")
    for number in range(DEEPEST + 2):
        inner = multi("mixed", inner, boundary=f"level{number}")
    found = read_mail(headers() + inner)
    assert notes(found) == ["The mail has too many parts, or too deep ones. What isn't here is in the original."]
    assert len(found.files) == 1


def test_more_parts_than_can_be_are_said() -> None:
    found = read_mail(compound("mixed", *[part("x")] * (MAX_PARTS + 5)))
    assert notes(found) == ["The mail has too many parts, or too deep ones. What isn't here is in the original."]
