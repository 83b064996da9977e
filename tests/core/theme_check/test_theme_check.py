"""``novantic theme check``: one line for each fault of a theme, with its file, its line and its mend."""

from __future__ import annotations

import configparser
import sys

import pytest

from novantic_core import cli
from novantic_core.i18n import read_layer
from novantic_core.theme_check import check_theme, colours, files, walk, words
from novantic_core.themes import Themes

LAYOUT = '<t><m metal:define-slot="title"/><m metal:define-slot="main"/><m metal:define-slot="head"/></t>'
GOOD = 'parent = "novantic"\n[brand]\nname = "Mine"\n'


@pytest.fixture
def mine(tmp_path):
    """A theme's folder: ``mine("templates/x.pt", "…")`` writes a file into it."""
    folder = tmp_path / "themes" / "mine"

    def write(path, text):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
        return folder / path

    write.folder = folder
    write("theme.toml", GOOD)
    return write


@pytest.fixture
def novantic_settings(novantic_settings, mine):
    return {**novantic_settings, "novantic.themes_path": str(mine.folder.parent)}


@pytest.fixture
def site(novantic_app, mine):
    """The site, whose themes are read anew: a test writes the theme first."""

    def read():
        site = novantic_app.site
        again = Themes([*_packaged(), mine.folder.parent], site.themes._plugin_folders, reload=True)
        object.__setattr__(site, "themes", again)
        return site

    return read


def _packaged():
    from novantic_core.site import packaged_themes

    return packaged_themes()


def lines(findings, mine):
    return [str(finding).replace(f"{mine.folder}/", "") for finding in findings]


# ------------------------------------------------------------------ colours


def test_a_pair_that_can_not_be_told_apart_is_named_with_its_line(site, mine):
    mine("theme.toml", GOOD + '[tokens]\nink = "#bbbbbb"\n[tokens.dark]\npaper = "#000000"\nink-soft = "#333333"\n')
    found = lines(colours.check(site().themes, "mine"), mine)
    light = "theme.toml:5: ink #bbbbbb on paper #ffffff, light: a contrast of 1.9, and it takes 4.5; "
    assert f"{light}make one of them darker" in found
    dark = "theme.toml:8: ink-soft #333333 on paper #000000, dark: a contrast of"
    assert any(line.startswith(dark) for line in found)


def test_a_colour_that_is_not_written_in_digits_is_a_note(site, mine):
    mine("theme.toml", GOOD + '[tokens]\nedge = "teal"\n')
    [finding] = [one for one in colours.check(site().themes, "mine") if "light" in one.words]
    assert not finding.is_fault
    assert "theme.toml:5: note: edge teal on paper #ffffff, light: the contrast can't be worked out" in str(finding)


def test_a_token_that_no_style_sheet_has_is_named(site, mine):
    mine("static/own.css", ".x { color: var(--slate); }")
    mine("theme.toml", GOOD + '[tokens]\nslate = "#123456"\nacent = "#123456"\n')
    assert lines(colours.check(site().themes, "mine"), mine) == [
        "theme.toml:6: no style sheet uses the token acent; did you mean accent?"
    ]


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("path, text, line", [
    ("home.pt", "<p>\n${a b}</p>", "home.pt:2: it can't be compiled: TemplateError: invalid syntax"),
    ("hoem.pt", "<p/>", "hoem.pt: no page uses it; did you mean home.pt?"),
    ("xyzzy/quux.pt", "<p/>", "xyzzy/quux.pt: no page uses it; take it out"),
    ("about.pt", "<p/>\n<img src=\"${page.asset('gone.svg')}\">",
     "about.pt:2: page.asset('gone.svg'): there is no such file in static/ of the theme or its parents"),
    ("home.pt", '<m metal:use-macro="load: parent:home.pt">\n<b metal:fill-slot="heros"/></m>',
     "home.pt:2: parent:home.pt has no block heros; did you mean hero?"),
    ("home.pt", '<m metal:use-macro="load: parent:hoem.pt"/>',
     "home.pt:1: what it stands on can't be had: LookupError: no template hoem.pt after"),
    ("about.pt", '<script src="https://cdn.example/x.js"></script>',
     "about.pt:1: browsers load nothing from another host here"),
    ("about.pt", "<p>\n<script>x()</script></p>", "about.pt:2: browsers run no script within a page here"),
    ("about.pt", '<p style="color:red">x</p>', "about.pt:1: browsers use no style attribute here"),
    ("about.pt", "<style>p{}</style>", "about.pt:1: browsers use no style sheet within a page here"),
    ("about.pt", '<p class="x" onclick="x()">x</p>', "about.pt:1: browsers run no script in an attribute here"),
    ("layout.pt", LAYOUT, "layout.pt: it lacks the block scripts, which "),
])  # fmt: skip
def test_a_template_that_does_not_fit_is_named(site, mine, path, text, line):
    file = mine(f"templates/{path}", text)
    found = lines(files.check(site(), "mine", [file]), mine)
    assert len(found) == 1
    assert found[0].startswith(f"templates/{line}")


def test_a_template_that_fits_has_no_fault(site, mine):
    mine("static/own.svg", "<svg/>")
    mine("templates/piece.pt", '<i metal:define-slot="inner">x</i>')
    file = mine(
        "templates/home.pt",
        """<metal:page use-macro="load: parent:home.pt">
      <div metal:fill-slot="hero"><img src="${page.asset('own.svg')}"><m metal:use-macro="load: piece.pt"/></div>
      <link metal:fill-slot="head" rel="stylesheet" href="${page.asset('tokens.css')}">
    </metal:page>""",
    )
    assert files.check(site(), "mine", files.templates(site().themes, "mine")) == []
    assert file.is_file()


@pytest.mark.novantic(plugins=["webform"])
def test_a_template_of_a_plugin_that_is_not_enabled_is_a_note(site, mine):
    file = mine("templates/kb/list.pt", "<p/>")
    [finding] = files.check(site(), "mine", [file])
    assert not finding.is_fault
    assert "drawn by the plugin faq, which is not enabled here" in finding.words


def test_what_a_style_sheet_names_must_be_there(site, mine):
    mine("static/x.png", "x")
    mine("static/own.css", 'a{background:url("x.png")}\nb{background:url(y.png)}\nc{background:url(//h.example/z.png)}')
    assert lines(files.check(site(), "mine", []), mine) == [
        "static/own.css:2: url(y.png): there is no such file in static/",
        "static/own.css:3: url(//h.example/z.png): browsers load nothing from another host here; put it into static/",
    ]


# ------------------------------------------------------------------ words

PO = "locale/fr/LC_MESSAGES/novantic.po"
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_words_that_no_page_says_or_that_are_not_translated_are_named(site, mine):
    mine(
        "locale/fr/LC_MESSAGES/novantic.po",
        HEAD
        + """msgid "Home"
msgstr "Chez nous"

msgid "Homme"
msgstr "Chez nous"

msgid "Search"
msgstr ""

msgid "Ticket #${number}"
msgstr "Ticket ${numero}"

#, fuzzy
msgid "Sign out"
msgstr "Partir"
""",
    )
    assert lines(words.check(site().themes, "mine", []), mine) == [
        f"{PO}:7: no page says “Homme”; did you mean “Home”?",
        "locale/fr/LC_MESSAGES/novantic.po:10: “Search” is not translated",
        "locale/fr/LC_MESSAGES/novantic.po:13: “Ticket #${number}” has no ${numero}, which its translation names",
        "locale/fr/LC_MESSAGES/novantic.po:17: “Sign out” is marked as fuzzy and not used; take the mark out",
    ]


def test_a_language_that_the_site_does_not_speak(site, mine):
    mine("locale/de/LC_MESSAGES/novantic.po", HEAD)
    assert "no page is in de: the site speaks fr and en" in lines(words.check(site().themes, "mine", []), mine)[0]


def test_words_that_can_not_be_read(site, mine):
    mine("locale/fr/LC_MESSAGES/novantic.po", "nonsense\n")
    assert (
        "locale/fr/LC_MESSAGES/novantic.po:1: it can't be read:"
        in lines(words.check(site().themes, "mine", []), mine)[0]
    )


def test_a_text_of_ones_own_has_words_in_each_language(site, mine):
    file = mine("templates/about.pt", '<p i18n:translate="">Home</p>\n<p i18n:translate="">Ours alone</p>')
    [line] = lines(words.check(site().themes, "mine", [file]), mine)
    assert line.startswith("templates/about.pt:2: “Ours alone” has no words in fr; add it to ")
    mine("locale/fr/LC_MESSAGES/novantic.po", HEAD + 'msgid "Ours alone"\nmsgstr "Rien qu’à nous"\n')
    read_layer.cache_clear()
    assert words.check(site().themes, "mine", [file]) == []


def test_a_text_of_theme_toml_that_lacks_a_language(site, mine):
    mine("theme.toml", GOOD + '[brand.hours]\nfr = "le matin"\n[home]\nlead = { en = "Hello" }\n')
    assert lines(words.check(site().themes, "mine", []), mine) == [
        "theme.toml:4: [brand] hours lacks en: its readers get the text in fr",
        "theme.toml:7: [home] lead lacks fr: its readers get the text in en",
    ]


# ------------------------------------------------------------------ drawing


def test_pages_and_mails_that_fail_are_found_by_drawing_them(site, mine, novantic_settings):
    fault = '<m metal:use-macro="load: parent:%s">\n<b metal:fill-slot="%s">${page.no_such_thing}</b></m>'
    for name, block in (
        ("home.pt", "hero"), ("tickets/ticket.pt", "facts"), ("tickets/opened.pt", "thanks"),
        ("kb/article.pt", "article"), ("access/dead.pt", "known"),
        ("access/requested.pt", "text"), ("error.pt", "text"), ("search.pt", "found"),
        ("mail/layout.html.pt", "contact"),
    ):  # fmt: skip
        mine(f"templates/{name}", fault % (name, block))
    drawn = walk.draw_all(novantic_settings, "mine")
    found = sorted(line for line in lines(drawn.findings, mine))
    assert [line.partition(": ")[0] for line in found] == [
        "templates/access/dead.pt:2", "templates/access/requested.pt:2", "templates/error.pt:2", "templates/home.pt:2",
        "templates/kb/article.pt:2", "templates/mail/layout.html.pt:2", "templates/search.pt:2",
        "templates/tickets/opened.pt:2", "templates/tickets/ticket.pt:2",
    ]  # fmt: skip
    assert drawn.pages > 50
    assert drawn.mails > 50


def test_what_the_walk_does_not_come_by_is_a_note(site, mine, novantic_settings):
    mine("templates/access/too_often.pt", '<m metal:use-macro="load: parent:access/too_often.pt"/>')
    report = check_theme(site(), novantic_settings, "mine")
    assert report.faults == []
    assert "no page or mail of the check draws it" in str(report.findings[0])


# ------------------------------------------------------------------ the command


@pytest.fixture
def run(novantic_settings, tmp_path, monkeypatch, capsys):
    """Run ``novantic theme check`` with these words: its status, its lines, what it complained of."""

    def command(*words):
        parser = configparser.RawConfigParser()
        values = {key: value.replace("%", "%%") for key, value in novantic_settings.items()}
        parser["app:main"] = {"use": "egg:novantic", **values}
        with (tmp_path / "site.ini").open("w") as target:
            parser.write(target)
        monkeypatch.setattr(sys, "argv", ["novantic", "theme", "check", *words, "-c", str(tmp_path / "site.ini")])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code, said.out.splitlines(), said.err

    return command


def test_a_good_theme_passes(run):
    status, said, _err = run("mine")
    assert status == 0
    assert len(said) == 1
    assert said[0].startswith("mine: no fault; ")


def test_without_a_name_all_themes_that_the_site_uses_are_checked(run, novantic_settings, mine):
    novantic_settings |= {
        "novantic.brands": "two", "novantic.brand.two.site_url": "http://two.example.com",
        "novantic.brand.two.theme": "mine",
    }  # fmt: skip
    mine("templates/about.pt", "<p>\n${nobody}</p>")
    status, said, _err = run()
    assert status == 1
    assert said[0].startswith("novantic: no fault; ")
    assert said[1] == f"{mine.folder}/templates/about.pt:2: NameError: nobody"
    assert said[2].startswith("mine: 1 fault; ")


def test_a_plugins_setting_may_name_a_brand(run, novantic_settings):
    novantic_settings |= {
        "novantic.brands": "two", "novantic.brand.two.site_url": "http://two.example.com",
        "novantic.brand.two.theme": "novantic",
        "novantic.mail_intake.mailbox.two.address": "help@two.example.com",
        "novantic.mail_intake.mailbox.two.brand": "two",
    }  # fmt: skip
    status, said, err = run("mine")
    assert (status, err) == (0, "")
    assert said[0].startswith("mine: no fault; ")


def test_a_theme_that_can_not_be_read_is_a_fault(run, mine):
    mine("theme.toml", '[brand]\nnmae = "x"\n')
    status, said, _err = run("mine")
    assert status == 1
    assert said == [f"theme mine: {mine.folder}/theme.toml: [brand] nmae: there is no such key; did you mean name?"]


def test_a_parent_that_is_not_there_is_a_fault(run, mine):
    mine("theme.toml", 'parent = "gone"\n')
    status, said, _err = run("mine")
    assert status == 1
    assert said[0].startswith("the parent 'gone' of theme mine is not among the themes")


def test_another_theme_that_can_not_be_read_is_a_wrong_setting(run, mine):
    mine("theme.toml", "= nonsense")
    assert run("novantic")[0] == 2


def test_a_theme_that_is_not_there(run):
    status, _said, complaint = run("nothing")
    assert status == 2
    assert "'nothing' is not among the themes: boreal, mine, novantic, plain" in complaint
