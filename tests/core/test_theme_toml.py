"""What theme.toml says is what pages, mails and the style sheet show; what it can't say is named."""

from __future__ import annotations

import pytest

from novantic_core.settings import SettingsError
from novantic_core.themes import Themes, read_theme

TOML = """
label = "Mine"
parent = "plain"

[brand]
name = "Mine & Co"
email = "aide@mine.example"
noreply = "noreply@mine.example"
legal = "Mine & Co, 12 rue du Port"

[home]
title = { fr = "Une panne ?", en = "Broken?" }
lead = "Ici."
search = { fr = "Trouver", en = "Find" }
search_hint = "souris"
new_ticket = "Un ticket"
new_ticket_help = "Vite fait."
status = "Mon ticket"
status_help = "Où en est-il ?"
reach = "Autrement"

[mail]
greeting = { fr = "De la part de Mine", en = "From Mine" }
footer = "À bientôt."

[own]
slogan = { fr = "Plus vite", en = "Faster" }

[fonts]
text = "Figtree, sans-serif"
headings = "Sketch, serif"

[[fonts.files]]
family = "Figtree"
file = "fonts/figtree.woff2"
weight = "400 700"

[tokens]
accent = "#0a6b4f"
column = "900px"
"""


@pytest.fixture
def folder(tmp_path):
    """A theme's folder with all that theme.toml takes."""
    theme = tmp_path / "themes" / "mine"
    (theme / "static/fonts").mkdir(parents=True)
    (theme / "static/fonts/figtree.woff2").write_bytes(b"wOF2")
    (theme / "theme.toml").write_text(TOML, "utf-8")
    return theme


@pytest.fixture
def novantic_settings(novantic_settings, folder):
    return {**novantic_settings, "novantic.themes_path": str(folder.parent), "novantic.theme": "mine"}


def test_the_home_page_says_the_themes_texts_in_the_readers_language(portal):
    french = portal.get("/", headers={"Accept-Language": "fr"})
    for words in ("Une panne ?", "Ici.", "Trouver", 'placeholder="souris"', "Un ticket", "Vite fait.", "Mon ticket"):
        assert words in french
    assert "Où en est-il ?" in french
    assert "Autrement" in french
    assert "Un problème informatique" not in french
    english = portal.get("/", headers={"Accept-Language": "en"})
    assert "Broken?" in english
    assert "Find" in english


def test_the_legal_line_is_at_the_foot_of_pages(portal):
    assert '<p class="legal">Mine &amp; Co, 12 rue du Port</p>' in portal.get("/")


def test_mails_have_the_themes_greeting_footer_and_legal_line(visit, mailbox):
    visit()
    mail = next(mail for mail in mailbox.messages if "noreply@mine.example" in str(mail["From"]))
    for text in (mailbox.text(mail), mailbox.html(mail)):
        for words in ("De la part de Mine", "À bientôt."):
            assert words in text
    assert "Mine & Co, 12 rue du Port" in mailbox.text(mail)
    assert "Figtree, sans-serif" in mailbox.html(mail)
    assert "var(--" not in mailbox.html(mail)


def test_texts_of_its_own_are_there_for_its_templates(portal, folder):
    (folder / "templates").mkdir()
    page = '<m metal:use-macro="load: parent:about.pt"/><p>${brand.own.slogan}</p>'
    (folder / "templates/about.pt").write_text(page, "utf-8")
    assert "<p>Plus vite</p>" in portal.get("/", headers={"Accept-Language": "fr"})


def test_a_typeface_is_loaded_from_the_sites_own_files(portal):
    sheet = next(link["href"] for link in portal.get("/").html.find_all("link") if "tokens.css" in link["href"])
    css = portal.get(sheet).text
    assert css.startswith('@font-face{font-family:"Figtree";src:url("fonts/figtree.woff2") format("woff2");')
    assert "font-weight:400 700" in css
    assert "--font:Figtree, sans-serif;--font-headings:Sketch, serif;" in css
    font = portal.get(sheet.replace("tokens.css", "fonts/figtree.woff2"))
    assert font.content_type == "font/woff2"


def test_texts_are_inherited_one_by_one(tmp_path, folder):
    child = folder.parent / "child"
    child.mkdir()
    (child / "theme.toml").write_text('parent = "mine"\n[home]\ntitle = "Chez nous"\n', "utf-8")
    home = Themes([folder.parent], lambda _kind: [], reload=False).brand("child", "fr")["home"]
    assert (home["title"], home["lead"]) == ("Chez nous", "Ici.")


@pytest.mark.parametrize("toml, words", [
    ('labell = "x"', "labell: there is no such key; did you mean label?"),
    ('[brand]\nnmae = "x"', "[brand] nmae: there is no such key; did you mean name?"),
    ('[home]\nslogan = "x"', "[home] slogan: there is no such key; it takes title, lead, search,"),
    ('[mail]\nfoot = "x"', "[mail] foot: there is no such key; did you mean footer?"),
    ('[brand.hours]\nfrench = "x"', "[brand.hours] french: there is no such key; it takes fr, en"),
    ('[brand]\nnoreply = "the desk"', "[brand] noreply = 'the desk': it takes an e-mail address alone"),
    ('[brand]\nnoreply = "A <a@a.example>"', "[brand] noreply = 'A <a@a.example>': it takes an e-mail address alone"),
    ('[brand]\nnoreply = "a@a..example"', "[brand] noreply = 'a@a..example': it takes an e-mail address alone"),
    ('[brand]\nemail.fr = "a.example"', "[brand] email = 'a.example': it takes an e-mail address alone"),
    ("[brand]\nphone = 12", "[brand] phone = 12 is no text"),
    ("[own]\nyear.fr = 12", "[own] year = 12 is no text"),
    ("label = 3", "label is no text"),
    ("label = Acme", "Invalid value (at line 1, column 9); a text stands in quotation marks"),
    ('home = "x"', "home is no table"),
    ('[fonts]\nbody = "x"', "[fonts] body: there is no such key; it takes text, headings, mono, files"),
    ('[fonts]\ntext = "x;}"', "the token font = 'x;}' can't stand in a style sheet"),
    ('[tokens]\nink = "/*"', "the token ink = '/*' can't stand in a style sheet"),
    ('[tokens]\nink = "rgb(1"', "the token ink = 'rgb(1' can't stand in a style sheet"),
    ('[fonts]\nfiles = "x"', "fonts.files is no list of tables"),
    ('[[fonts.files]]\nfamily = "x"\nfile = "x.woff2"\nsize = "1"', "[fonts.files] size: there is no such key"),
    ('[[fonts.files]]\nfamily = "x\\"y"\nfile = "x.woff2"', "[[fonts.files]] family = 'x\"y' can't stand"),
    ('[[fonts.files]]\nfamily = "x"', "[[fonts.files]] file = None can't stand"),
    ('[[fonts.files]]\nfamily = "x"\nfile = "x.exe"', "[[fonts.files]] file = 'x.exe': it takes .woff2,"),
    ('[[fonts.files]]\nfamily = "x"\nfile = "x.ttf"\nweight = "bold"', "[[fonts.files]] weight = 'bold' can't stand"),
    ('[[fonts.files]]\nfamily = "x"\nfile = "x.ttf"\nstyle = "oblique"', "[[fonts.files]] style = 'oblique' can't"),
])  # fmt: skip
def test_what_it_can_not_say_is_named(folder, toml, words):
    (folder / "theme.toml").write_text(toml, "utf-8")
    with pytest.raises(SettingsError) as caught:
        read_theme(folder)
    assert str(caught.value).startswith(f"theme mine: {folder}/theme.toml: {words}")


@pytest.mark.parametrize("address", ["aide@éclair.example", "o'neil+desk@sub.mine.example", "noreply@localhost", ""])
def test_an_address_may_be_of_any_domain_and_empty(folder, address):
    (folder / "theme.toml").write_text(f'[brand]\nnoreply = "{address}"\nemail.fr = "{address}"', "utf-8")
    assert read_theme(folder).brand["noreply"] == address


def test_a_typeface_that_is_not_there_is_named(folder):
    (folder / "static/fonts/figtree.woff2").unlink()
    with pytest.raises(SettingsError, match=r"theme mine: its font 'fonts/figtree\.woff2' is not in"):
        Themes([folder.parent], lambda _kind: [], reload=False)
