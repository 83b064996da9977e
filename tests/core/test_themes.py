"""Themes: how they are read, where their files are looked for, and what can't be one. No database."""

from __future__ import annotations

import pytest

from novantic_core import themes as themes_module
from novantic_core.settings import SettingsError
from novantic_core.themes import Themes, read_theme


@pytest.fixture
def make(tmp_path):
    """Make a theme folder: ``make("mine", 'parent = "base"', {"templates/x.pt": "…"})``; ``make.all()`` reads them."""

    class Maker:
        plugins = tmp_path / "plugin"

        def __call__(self, name, toml="", files=None):
            folder = tmp_path / "themes" / name
            folder.mkdir(parents=True)
            (folder / "theme.toml").write_text(toml, "utf-8")
            for path, words in (files or {}).items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(words, "utf-8")
            return folder

        def plugin(self, path, words):
            (self.plugins / path).parent.mkdir(parents=True, exist_ok=True)
            (self.plugins / path).write_text(words, "utf-8")

        def all(self, reload=False):
            return Themes([tmp_path / "themes"], lambda kind: [self.plugins / kind], reload=reload)

    return Maker()


def draw(themes, theme, name="x.pt", locale="fr"):
    return themes.render(theme, locale, name, {}).strip()


# ------------------------------------------------------------------ the path


def test_a_template_is_looked_for_in_the_theme_its_parents_the_plugins_and_the_core(make):
    make("base", "", {"templates/x.pt": "<p>base</p>", "templates/y.pt": "<p>base</p>"})
    make("mine", 'parent = "base"', {"templates/x.pt": "<p>mine</p>"})
    make.plugin("templates/y.pt", "<p>plugin</p>")
    make.plugin("templates/z.pt", "<p>plugin</p>")
    make.plugin("templates/error.pt", "<p>plugin</p>")
    themes = make.all()
    assert draw(themes, "mine", "x.pt") == "<p>mine</p>"
    assert draw(themes, "mine", "y.pt") == "<p>base</p>"
    assert draw(themes, "mine", "z.pt") == "<p>plugin</p>"
    assert draw(themes, "mine", "error.pt") == "<p>plugin</p>"
    assert themes.find("mine", "templates", "layout.pt").parts[-3:] == ("novantic_core", "templates", "layout.pt")


def test_a_layout_of_the_theme_is_taken_by_pages_of_the_core(make):
    layout = '<html metal:define-macro="layout"><b metal:define-slot="main"/></html>'
    make("mine", "", {"templates/layout.pt": layout})
    page = '<m metal:use-macro="load: layout.pt"><i metal:fill-slot="main">x</i></m>'
    make.plugin("templates/x.pt", page)
    assert draw(make.all(), "mine") == "<html><i>x</i></html>"


def test_two_themes_draw_side_by_side(make):
    make("one", "", {"templates/x.pt": "<p>1</p>"})
    make("two", "", {"templates/x.pt": "<p>2</p>"})
    themes = make.all()
    assert [draw(themes, name) for name in ("one", "two", "one")] == ["<p>1</p>", "<p>2</p>", "<p>1</p>"]


def test_a_template_that_nobody_has_is_named(make):
    make("mine")
    with pytest.raises(LookupError, match=r"no template nowhere\.pt for theme mine"):
        make.all().template("mine", "nowhere.pt")


@pytest.mark.parametrize(
    "name",
    ["../theme.toml", "a/../../theme.toml", "/etc/passwd", "..\\theme.toml", "a\0b", "css/../../theme.toml", "", "."],
)
def test_a_name_can_not_leave_the_path(make, name):
    make("mine", "", {"static/css/a.css": "x"})
    themes = make.all()
    assert themes.find("mine", "static", name) is None
    assert themes.asset("mine", name) is None


def test_a_text_template_gives_plain_text(make):
    make("mine", "", {"templates/x.txt.pt": "<tal:t>${typed}</tal:t>\n\n\n\n<tal:t>x</tal:t>"})
    assert make.all().render("mine", "fr", "x.txt.pt", {"typed": "a < b & c"}) == "a < b & c\n\nx\n"


# ------------------------------------------------------------------ what can't be a theme


def refusal(call):
    with pytest.raises(SettingsError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_parents_in_a_circle_stop_the_start(make):
    make("a", 'parent = "b"')
    make("b", 'parent = "a"')
    assert "theme a: its parents go in a circle" in refusal(lambda: make.all().chain("a"))


def test_a_theme_can_not_be_its_own_parent(make):
    make("a", 'parent = "a"')
    assert "circle" in refusal(lambda: make.all().chain("a"))


def test_a_parent_that_is_not_there_is_named(make):
    make("a", 'parent = "gone"')
    assert refusal(lambda: make.all().chain("a")).startswith("the parent 'gone' of theme a is not among the themes: a")


def test_a_folder_without_theme_toml_is_no_theme(make, tmp_path):
    make("a")
    (tmp_path / "themes" / "other").mkdir()
    assert "other" not in make.all().themes


@pytest.mark.parametrize("toml", ["= nonsense", "[tokens", "a = "])
def test_a_broken_theme_toml_is_named(make, toml):
    folder = make("a", toml)
    assert refusal(lambda: read_theme(folder)).startswith(f"theme a: {folder}/theme.toml: ")


@pytest.mark.parametrize(
    "toml",
    [
        '[tokens]\nink = "red;} body{display:none"', '[tokens]\nink = "</style>"', '[tokens]\n"in k" = "red"',
        '[tokens]\n"a:b" = "red"', '[tokens.dark]\nink = "{"', "[tokens]\nInk = 'red'", "[tokens]\nink = 'url(\\\\x)'",
    ],
)  # fmt: skip
def test_a_token_can_not_break_out_of_the_style_sheet(make, toml):
    folder = make("a", toml)
    assert "can't stand in a style sheet" in refusal(lambda: read_theme(folder))


def test_a_parent_that_is_no_text_or_brand_that_is_no_table_is_named(make):
    for name, toml in (("a", "parent = 3"), ("b", 'brand = "x"'), ("c", 'tokens = "x"'), ("d", '[tokens]\ndark = "x"')):
        folder = make(name, toml)
        assert refusal(lambda folder=folder: read_theme(folder)).startswith(f"theme {name}: ")


def test_a_logo_that_is_not_there_is_named(make):
    make("a", '[brand]\nlogo = "gone.svg"')
    assert refusal(make.all) == "theme a: its logo 'gone.svg' is not in its folder static/"


def test_a_logo_may_lie_in_the_parents_folder(make):
    make("a", 'parent = "b"\n[brand]\nlogo = "logo.svg"')
    make("b", "", {"static/logo.svg": "<svg/>"})
    assert make.all().brand("a", "fr")["logo"] == "logo.svg"


# ------------------------------------------------------------------ tokens, brand, words, files


def test_tokens_are_inherited_and_dark_ones_are_apart(make):
    make("base", '[tokens]\nink = "#111"\npaper = "#fff"\n[tokens.dark]\nink = "#eee"')
    make("mine", 'parent = "base"\n[tokens]\nink = "#222"')
    css = make.all().tokens_css("mine")
    assert ":root{--ink:#222;--paper:#fff;}" in css
    assert "prefers-color-scheme:dark" in css
    assert "--ink:#eee" in css


def test_the_brands_texts_are_inherited_and_may_differ_by_language(make):
    make("base", '[brand]\nname = "Base"\nphone = "1"\n[brand.hours]\nfr = "le matin"\nen = "mornings"')
    make("mine", 'parent = "base"\n[brand]\nname = "Mine"')
    themes = make.all()
    assert themes.brand("mine", "fr")["name"] == "Mine"
    assert themes.brand("mine", "fr")["phone"] == "1"
    assert (themes.brand("mine", "fr")["hours"], themes.brand("mine", "en")["hours"]) == ("le matin", "mornings")


def test_words_of_a_theme_win_over_the_cores(make):
    po = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Home"\nmsgstr "Chez nous"\n'
    make("mine", "", {"locale/fr/LC_MESSAGES/novantic.po": po})
    make("other")
    themes = make.all()
    assert themes.catalogue("mine", "fr").translate("Home") == "Chez nous"
    assert themes.catalogue("other", "fr").translate("Home") == "Accueil"


def test_the_address_of_a_file_changes_with_its_content(make, monkeypatch):
    monkeypatch.setattr(themes_module, "RELOAD_SECONDS", -1)
    folder = make("mine", "", {"static/a.css": "one"})
    themes = make.all(reload=True)
    before = themes.version("mine", "a.css")
    (folder / "static/a.css").write_text("two", "utf-8")
    assert themes.version("mine", "a.css") != before


def test_a_file_that_is_not_there_has_no_address(make):
    make("mine")
    with pytest.raises(LookupError, match=r"no static file gone\.css"):
        make.all().version("mine", "gone.css")


@pytest.mark.parametrize("name", ["css//base.css", "./css/base.css", "css/./base.css", "css/base.css/", "a" * 300])
def test_a_static_file_has_one_name(portal, name):
    portal.get(f"/static/novantic/x/{name}", status=404)


# ------------------------------------------------------------------ blocks

LAYOUT = (
    '<html metal:define-macro="layout"><title><t metal:define-slot="title">none</t></title>'
    '<main metal:define-slot="main"/><footer metal:define-slot="footer">base foot</footer></html>'
)
PAGE = (
    '<m metal:use-macro="load: layout.pt"><t metal:fill-slot="title">page</t><main metal:fill-slot="main">'
    '<h1 metal:define-slot="heading">base heading</h1><p metal:define-slot="text">base text</p></main></m>'
)


def stands_on(name, **fills):
    filled = "".join(f'<b metal:fill-slot="{slot}">{words}</b>' for slot, words in fills.items())
    return f'<m metal:use-macro="load: parent:{name}">{filled}</m>'


@pytest.fixture
def three(make):
    """Three themes that stand on one another, the first on the core: ``three(base={…}, middle={…}, top={…})``."""

    def draw_top(base=None, middle=None, top=None, name="x.pt"):
        make.plugin("templates/layout.pt", LAYOUT)
        make.plugin("templates/x.pt", PAGE)
        make("base", "", base)
        make("middle", 'parent = "base"', middle)
        make("top", 'parent = "middle"', top)
        return draw(make.all(reload=True), "top", name).replace("\n", "")

    return draw_top


def test_a_theme_redraws_one_block_of_a_page(three):
    drawn = three(top={"templates/x.pt": stands_on("x.pt", heading="ours")})
    assert drawn == (
        "<html><title><t>page</t></title><main><b>ours</b><p>base text</p></main><footer>base foot</footer></html>"
    )


def test_blocks_of_three_themes_come_together_and_the_childs_wins(three):
    drawn = three(
        base={"templates/x.pt": stands_on("x.pt", heading="base", text="base")},
        middle={"templates/x.pt": stands_on("x.pt", text="middle")},
        top={"templates/x.pt": stands_on("x.pt", heading="top")},
    )
    assert "<main><b>top</b><b>middle</b></main>" in drawn


def test_a_theme_in_the_middle_may_have_nothing_to_say(three):
    drawn = three(
        base={"templates/x.pt": stands_on("x.pt", heading="base")},
        top={"templates/x.pt": stands_on("x.pt", text="top")},
    )
    assert "<main><b>base</b><b>top</b></main>" in drawn


def test_a_block_of_the_layout_is_redrawn_for_all_pages_or_for_one(three):
    drawn = three(
        base={"templates/layout.pt": stands_on("layout.pt", footer="all")},
        top={"templates/x.pt": stands_on("x.pt", title="one")},
    )
    assert drawn.startswith("<html><title><b>one</b></title>")
    assert "<b>all</b></html>" in drawn
    assert "base heading" in drawn


def test_a_block_may_take_up_the_parents(three):
    own = '<metal:old use-macro="load: parent:x.pt#heading" />'
    drawn = three(
        middle={"templates/x.pt": stands_on("x.pt", heading=f"before {own}")},
        top={"templates/x.pt": stands_on("x.pt", heading=f"{own} after")},
    )
    assert "<main><b><b>before <h1>base heading</h1></b> after</b>" in drawn


def test_a_block_that_the_next_parent_leaves_alone_is_taken_from_the_one_after(three):
    own = '<metal:old use-macro="load: parent:x.pt#heading" />'
    drawn = three(
        middle={"templates/x.pt": stands_on("x.pt", text="middle")},
        top={"templates/x.pt": stands_on("x.pt", heading=f"{own}!")},
    )
    assert "<main><b><h1>base heading</h1>!</b><b>middle</b></main>" in drawn


def test_a_theme_may_have_blocks_of_its_own_within_one(three):
    drawn = three(
        base={"templates/x.pt": stands_on("x.pt", text='<i metal:define-slot="small">small</i>')},
        top={"templates/x.pt": stands_on("x.pt", small="ours")},
    )
    assert "<b><b>ours</b></b></main>" in drawn


def test_a_piece_within_a_page_is_given_what_it_is_told_and_no_more(three):
    """A macro of its own within a block: the page's blocks of the same name are none of its business."""
    card = '<div metal:define-macro="card"><h2 metal:define-slot="title">card</h2></div>'
    use = '<c metal:use-macro="load: card.pt"><h2 metal:fill-slot="title">told</h2></c>'
    drawn = three(
        base={"templates/card.pt": card, "templates/x.pt": stands_on("x.pt", title="one", text=f"{use}{use}")},
    )
    assert drawn.count("<h2>told</h2>") == 2


def test_a_block_that_nobody_has_is_named(three):
    with pytest.raises(LookupError, match=r"no block gone of template x\.pt after .*top/templates/x\.pt for theme top"):
        three(top={"templates/x.pt": stands_on("x.pt", text='<m metal:use-macro="load: parent:x.pt#gone" />')})


def test_a_page_without_a_parent_is_named(three):
    with pytest.raises(LookupError, match=r"no template y\.pt after .*top/templates/y\.pt for theme top"):
        three(top={"templates/y.pt": stands_on("y.pt")}, name="y.pt")


def test_the_home_page_says_the_cores_words_in_the_readers_language_where_the_theme_has_none(portal):
    page = portal.get("/", headers={"Accept-Language": "fr"})
    for words in ("Un problème informatique", "Ouvrir un nouveau ticket", "Rechercher", "Vérifier le statut"):
        assert words in page.html.find("main").text
