"""``novantic.debug_templates``: comments in a page's source say which file drew which part."""

from __future__ import annotations

import pytest

from novantic_core.settings import SettingsError, check_start, read
from novantic_core.themes import Themes
from novantic_core.themes.template import show_marks

pytestmark = pytest.mark.novantic(settings={"novantic.debug_templates": "true"})


def test_a_page_names_its_file_its_layout_and_each_piece(portal):
    page = portal.get("/").text
    for name in (
        "novantic_core/templates/home.pt", "novantic_core/templates/layout.pt", "themes/novantic/templates/about.pt",
        "novantic_faq/templates/kb/home.pt", "novantic_core/templates/layout.pt#header",
        "novantic_core/templates/home.pt#hero", "novantic_core/templates/home.pt#main",
    ):  # fmt: skip
        assert page.count(f"<!-- begin {name} -->") == page.count(f"<!-- end {name} -->") >= 1
    start = page.index("<!-- begin themes/novantic/templates/about.pt -->")
    assert start < page.index('class="about"') < page.index("<!-- end themes/novantic/templates/about.pt -->")


@pytest.mark.parametrize("path", ["/", "/tickets/new", "/tickets/status", "/kb", "/nowhere"])
def test_no_mark_stands_where_it_would_be_read_as_text(portal, path):
    page = portal.get(path, expect_errors=True)
    assert page.text.lstrip().startswith("<!DOCTYPE html>")
    for name in ("title", "textarea", "script", "style"):
        assert not any("<!--" in found.text for found in page.html.find_all(name))
    for tag in page.html.find_all(True):
        assert not any("begin " in str(value) for value in tag.attrs.values())
    assert not {"\x02", "\x03", "\x04"} & set(page.text)


def test_forms_are_marked_too(portal):
    assert "<!-- begin novantic_core/templates/forms/ticket.pt -->" in portal.get("/tickets/new")


def test_mails_say_nothing_of_it(visit, mailbox):
    visit()
    for mail in mailbox.messages:
        for text in (mailbox.text(mail), mailbox.html(mail)):
            assert "templates/" not in text
            assert not {"\x02", "\x03", "\x04"} & set(text)


@pytest.mark.novantic
def test_pages_say_nothing_of_it_where_nobody_asked(portal):
    assert "<!-- begin" not in portal.get("/")


def test_a_block_of_a_theme_is_named_as_the_themes(tmp_path):
    for path, words in (
        ("themes/mine/theme.toml", ""),
        ("themes/mine/templates/x.pt", '<m metal:use-macro="load: parent:x.pt"><b metal:fill-slot="a">b</b></m>'),
        ("plugin/templates/x.pt", '<p><i metal:define-slot="a"/></p>'),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(words, "utf-8")
    themes = Themes([tmp_path / "themes"], lambda kind: [tmp_path / "plugin" / kind], reload=True, marks=True)
    drawn = themes.render("mine", "fr", "x.pt", {})
    theirs, ours = "plugin/templates/x.pt", "themes/mine/templates/x.pt"
    assert drawn == (
        f"<!-- begin {ours} --><!-- begin {theirs} --><p><!-- begin {ours}#a --><b>b</b><!-- end {ours}#a --></p>"
        f"<!-- end {theirs} --><!-- end {ours} -->"
    )


def test_a_file_with_two_hyphens_in_its_name_does_not_end_its_comment():
    assert show_marks("\x02a--b.pt\x04<p/>") == "<!-- begin a- -b.pt --><p/>"


@pytest.mark.novantic
def test_it_is_refused_in_production():
    settings, _plugins = read({
        "novantic.site_url": "https://x.example", "novantic.secret": "0123456789abcdef" * 4,
        "novantic.debug_templates": "true",
    })  # fmt: skip
    with pytest.raises(SettingsError, match=r"novantic\.debug_templates = true: never in production"):
        check_start(settings)
