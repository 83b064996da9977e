"""HTML from anybody: what is kept of it, and how it reads as text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novantic_core.html import clean_html, html_to_text, is_blank, looks_like_html, plain_to_html, without_pictures

KEY = "a" * 64


@pytest.mark.parametrize(
    "dangerous",
    [
        "<script>alert(1)</script>",
        "<style>body{display:none}</style>",
        '<img src="x" onerror="alert(1)">',
        '<p onclick="alert(1)">a</p>',
        '<a href="javascript:alert(1)">a</a>',
        '<a href="JaVaScRiPt:alert(1)">a</a>',
        '<a href="java&#10;script:alert(1)">a</a>',
        '<a href="data:text/html,<script>alert(1)</script>">a</a>',
        '<a href="vbscript:x">a</a>',
        '<svg onload="alert(1)"><script>alert(1)</script></svg>',
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
        '<form action="https://evil.example"><input name="password"></form>',
        '<object data="x.swf"></object><embed src="x.swf">',
        '<base href="https://evil.example/">',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        "<template><script>alert(1)</script></template>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<p style="position:fixed;inset:0">a</p>',
        '<img alt="><script>alert(1)</script>" src="https://evil.example/x.png">',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<iframe src="javascript:alert(1)"></iframe>',
    ],
)
def test_nothing_that_runs_or_fetches_is_kept(dangerous):
    cleaned = clean_html("<p>Bonjour</p>" + dangerous)
    tags = re.findall(r"<[^>]*>", cleaned)
    assert not any(
        re.search(r"<(script|style|svg|form|input|object|embed|base|meta|link|iframe|img)", tag) for tag in tags
    )
    assert not any(re.search(r"\son\w+=|javascript:|vbscript:|data:|style=", tag, re.IGNORECASE) for tag in tags)
    assert cleaned.startswith("<p>Bonjour</p>")


@given(st.text())
def test_cleaning_what_is_clean_changes_nothing(source):
    cleaned = clean_html("<p>" + source + "</p>")
    assert clean_html(cleaned) == cleaned


@given(st.text(alphabet="<>/=\"' &;abiopscr:\0\x01\u202e", max_size=60))
def test_whatever_is_typed_no_script_comes_out(source):
    cleaned = clean_html(source)
    assert not re.search(r"<script|<[^>]*\son[a-z]+=", cleaned)
    assert "\0" not in cleaned


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1))
def test_plain_text_reads_as_it_was_typed(source):
    words = source.split()
    assert html_to_text(plain_to_html(source)).split() == words


def test_lines_and_paragraphs_of_plain_text_stay():
    assert (
        clean_html("Bonjour,\r\nça ne marche pas.\r\n\r\nMerci") == "<p>Bonjour,<br>ça ne marche pas.</p><p>Merci</p>"
    )


def test_an_address_in_plain_text_is_a_link():
    cleaned = clean_html("voir https://example.com/?a=1&b=2, merci")
    assert 'href="https://example.com/?a=1&amp;b=2"' in cleaned
    assert ">https://example.com/?a=1&amp;b=2</a>, merci" in cleaned


def test_two_addresses_in_one_line_are_two_links():
    assert clean_html("http://a.example et http://b.example").count("<a href") == 2


@pytest.mark.parametrize("words", ["a < b et c > d", "Martin & fils", "l'imprimante <HP 4000>", "if (a<b) {", "x <3"])
def test_plain_text_with_angle_brackets_is_not_markup(words):
    assert html_to_text(clean_html(words)) == words


@pytest.mark.parametrize(
    "source, expected",
    [("<p>a</p>", True), ("a<br>b", True), ("</p>", True), ("Bonjour", False), ("<3", False), ("<abc>", False)],
)
def test_markup_is_told_from_plain_text(source, expected):
    assert looks_like_html(source) is expected


@pytest.mark.parametrize(
    "video",
    [
        '<iframe width="560" src="https://www.youtube.com/embed/abc" allowfullscreen></iframe>',
        "<iframe src='https://www.youtube.com/embed/abc'></iframe>",
        "<iframe src=https://www.youtube.com/embed/abc></iframe>",
        '<iframe src="//www.youtube.com/embed/abc"></iframe>',
        '<video controls="controls"><source src="https://www.youtube.com/embed/abc" type="video/mp4"></video>',
        '<video src="https://www.youtube.com/embed/abc"></video>',
    ],
)
def test_a_video_becomes_a_link(video):
    cleaned = clean_html(f"<p>Voici :</p>{video}")
    assert 'href="https://www.youtube.com/embed/abc"' in cleaned
    assert "<iframe" not in cleaned
    assert "<video" not in cleaned


def test_links_open_without_telling_where_from():
    assert clean_html('<p><a href="https://example.com">x</a></p>') == (
        '<p><a href="https://example.com" rel="noopener noreferrer nofollow">x</a></p>'
    )


def test_a_picture_from_elsewhere_is_left_out():
    assert "<img" not in clean_html('<p>a<img src="https://tracker.example/pixel.gif"></p>')
    assert "<img" not in clean_html('<p>a<img src="/admin/logout"></p>')


def test_a_picture_of_the_ticket_stays():
    picture = f'<img src="cid:{KEY}" alt="écran">'
    assert picture in clean_html(f"<p>{picture}</p>")
    assert '<img src="/attachments/7/a.png">' in clean_html('<p><img src="/attachments/7/a.png"></p>')


def test_alignment_is_a_class_of_the_known_ones():
    assert clean_html('<p class="align-center evil">a</p>') == '<p class="align-center">a</p>'
    assert "class" not in clean_html('<p class="btn primary">a</p>').replace('class=""', "")


def test_what_the_editor_makes_is_kept():
    source = (
        "<h2>Titre</h2><p><strong>b</strong> <em>i</em> <u>u</u> <s>s</s></p><ul><li>un</li></ul><ol><li>deux</li></ol>"
        '<blockquote>q</blockquote><hr><table><tbody><tr><td colspan="2">c</td></tr></tbody></table>'
    )
    assert clean_html(source) == source


def test_text_of_html_keeps_its_shape():
    text = html_to_text(
        "<p>Bonjour <b>Claire</b>,</p><ul><li>un</li><li>deux</li></ul><ol><li>premier</li><li>second</li></ol>"
        '<p>voir <a href="https://a.example">ici</a> ou <a href="mailto:a@b.example">a@b.example</a></p><hr>'
        '<table><tr><th>A</th><td>B</td></tr></table><img src="x" alt="écran"><p>fin<br>fin</p>'
    )
    assert "Bonjour Claire,\n" in text
    assert "- un\n- deux" in text
    assert "1. premier\n2. second" in text
    assert "ici (https://a.example)" in text
    assert "a@b.example (mailto" not in text
    assert "----" in text
    assert "A\tB" in text
    assert "[écran]" in text
    assert text.endswith("fin\nfin")


@pytest.mark.parametrize(
    "source",
    [
        "", "   ", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<p>\u200b</p>", "<p>&#8203;\ufeff&zwj;</p>",
        "<ul><li></li></ul>", "<p>\u00ad\u2800</p>", "<table><tr><td></td></tr></table>", "<script>x</script>",
        "<p>\u202e</p>", "<!-- a -->", "\u3164", "&nbsp;",
    ],
)  # fmt: skip
def test_markup_around_nothing_is_blank(source):
    assert is_blank(clean_html(source))


@pytest.mark.parametrize("source", ["a", "<p>.</p>", f'<p><img src="cid:{KEY}"></p>', "🙂", "0"])
def test_a_word_or_a_picture_is_not_blank(source):
    assert not is_blank(clean_html(source))


def test_a_mail_names_the_pictures_it_cannot_show():
    shown = without_pictures(
        '<p>a <img src="/attachments/7/%C3%A9cran.png"> <img src="/attachments/8/x" alt="vue &amp; b"></p>'
    )
    assert shown == "<p>a [écran.png] [vue &amp; b]</p>"


def test_formatting_that_is_never_closed_is_not_repeated_in_each_paragraph():
    bold = "".join(f"<b a{number}>" for number in range(500))
    cleaned = clean_html("<p>" + bold + "<p>word" * 500)
    assert cleaned.count("word") == 500
    assert cleaned.count("<b>") < 5 * 500


def test_a_text_that_would_grow_beyond_reason_loses_its_markup_and_keeps_its_words():
    formatting = "".join(f"<{name}>" * 3 for name in ("b", "code", "em", "i", "s", "strike", "strong", "u"))
    source = "<p>" + formatting + "<p>x" * 2000
    cleaned = clean_html(source)
    assert len(cleaned) < 20 * len(source)
    assert cleaned.count("x") == 2000


def test_a_text_with_too_many_tags_loses_its_markup_and_keeps_its_words():
    cleaned = clean_html("<div>" * 9000 + "word <b>bold</b>")
    assert "<div>" not in cleaned
    assert "word" in cleaned


def test_signs_in_an_attribute_never_look_like_tags():
    cleaned = clean_html('<p><img src="/attachments/1/a.png" alt="x><b>y"></p>')
    assert cleaned == '<p><img src="/attachments/1/a.png" alt="x&gt;&lt;b&gt;y"></p>'


def test_a_picture_leads_to_an_attachment_and_to_nothing_beside_it():
    assert "src" not in clean_html('<p>a<img src="/attachments/1/../../access/token"></p>')


def test_a_deep_list_is_not_indented_beyond_reading():
    text = html_to_text("<ul><li>a" * 200 + "</li></ul>" * 200)
    assert max(len(line) for line in text.splitlines()) < 30


def test_a_video_without_an_address_is_left_out():
    assert clean_html("<p>a</p><video controls></video>") == "<p>a</p>"
