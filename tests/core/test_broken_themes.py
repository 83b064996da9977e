"""A theme's file that is broken costs its own look, never a page: its parent's is drawn, and the fault is told."""

from __future__ import annotations

import logging
import os

import pytest
from sqlalchemy.exc import OperationalError

from novantic_core.themes import Themes

LAYOUT = '<html><title><tal:t metal:define-slot="title"/></title><main metal:define-slot="main"/></html>'
PAGE = (
    '<m metal:use-macro="load: layout.pt"><main metal:fill-slot="main">'
    '<p metal:define-slot="text">${said()}</p></main></m>'
)


class Site:
    """A theme ``child`` on a theme ``base`` on a plugin's page; ``site.child("x.pt", "…")`` writes a template."""

    def __init__(self, tmp_path):
        self.root = tmp_path
        for name, toml in (("base", ""), ("child", 'parent = "base"')):
            self.write(f"themes/{name}/theme.toml", toml)
        self.write("plugin/templates/layout.pt", LAYOUT)
        self.write("plugin/templates/x.pt", PAGE)
        self.said = lambda: "the page"
        self.reload = False

    def write(self, path, words):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, "utf-8")
        return path

    def child(self, name, words):
        return self.write(f"themes/child/templates/{name}", words)

    def base(self, name, words):
        return self.write(f"themes/base/templates/{name}", words)

    def start(self, reload=False):
        self.themes = Themes([self.root / "themes"], lambda kind: [self.root / "plugin" / kind], reload=reload)
        return self

    def draw(self, theme="child", name="x.pt"):
        return self.themes.render(theme, "fr", name, {"said": self.said})

    @property
    def faults(self):
        return [(fault.theme, fault.name, fault.line, fault.words) for fault in self.themes.broken.news]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def block(words, name="text"):
    return f'<m metal:use-macro="load: parent:x.pt">\n<b metal:fill-slot="{name}">{words}</b></m>'


WHOLE = "<html><title></title><main><p>the page</p></main></html>"


@pytest.mark.parametrize("words, line, fault", [
    ("<p></b>", 1, "TemplateError: Unexpected end tag."),
    ('<p tal:bla="x">words</p>', 1, "TemplateError: Bad attribute for namespace"),
    ('<p>\n${said(}</p>', 2, "TemplateError: '(' was never closed"),
    ("<p>\n\n${nobody}</p>", 3, "NameError: nobody"),
    ("<p>${1 / 0}</p>", 1, "ZeroDivisionError: division by zero"),
    (block("\n${nobody.at.all}"), 3, "NameError: nobody"),
    ('<m metal:use-macro="load: gone.pt"/>', 1, "LookupError: no template gone.pt"),
    ('<m metal:use-macro="load: x.pt"/>', 1, "RecursionError: "),
    (block('<m metal:use-macro="load: parent:x.pt#gone"/>'), 2, "LookupError: no block gone of template x.pt"),
])  # fmt: skip
def test_what_a_theme_can_not_draw_its_parent_draws(site, words, line, fault):
    file = site.child("x.pt", words)
    assert site.start().draw() == WHOLE
    [(theme, name, at, said)] = site.faults
    assert (theme, name, at) == ("child", "x.pt", line)
    assert said.startswith(fault)
    assert site.themes.broken.news[0].file == file


def test_it_is_told_once_and_left_out_from_then_on(site, caplog):
    file = site.child("x.pt", "${nobody}")
    site.start()
    with caplog.at_level(logging.ERROR):
        assert [site.draw() for _ in range(3)] == [WHOLE] * 3
    assert [record.getMessage() for record in caplog.records] == [
        f"{file}, line 1: NameError: nobody; its parent's is drawn"
    ]
    assert caplog.records[0].name == "novantic.theme.child"


def test_a_file_that_changes_is_tried_again(site):
    file = site.child("x.pt", "${nobody}")
    site.start().draw()
    site.child("x.pt", block("mended"))
    os.utime(file, (1, 1))
    assert "<b>mended</b>" in site.draw()
    assert len(site.faults) == 1


def test_the_nearest_parent_that_works_is_drawn(site):
    site.base("x.pt", block("base"))
    site.child("x.pt", block("${nobody}"))
    assert "<b>base</b>" in site.start().draw()


def test_a_parents_fault_is_left_out_of_its_childs_page_and_of_its_own(site):
    site.base("x.pt", block("${nobody}", "text"))
    site.child("x.pt", '<m metal:use-macro="load: parent:x.pt"><b metal:fill-slot="title">child</b></m>')
    site.start()
    assert site.draw() == "<html><title><b>child</b></title><main><p>the page</p></main></html>"
    assert site.draw("base") == WHOLE
    assert [(theme, name) for theme, name, _line, _words in site.faults] == [("child", "x.pt"), ("base", "x.pt")]


def test_a_broken_layout_does_not_take_its_page_with_it(site):
    site.child("layout.pt", '<html><p>${nobody}</p><main metal:define-slot="main"/></html>')
    site.child("x.pt", block("child"))
    assert site.start().draw() == "<html><title></title><main><b>child</b></main></html>"
    assert [name for _theme, name, _line, _words in site.faults] == ["layout.pt"]


def test_a_page_whose_block_fails_does_not_take_its_layout_with_it(site):
    site.child("layout.pt", '<html><p>ours</p><main metal:define-slot="main"/></html>')
    site.child("x.pt", block("${nobody}"))
    assert site.start().draw() == "<html><p>ours</p><main><p>the page</p></main></html>"
    assert [name for _theme, name, _line, _words in site.faults] == ["x.pt"]


def test_two_broken_files_are_both_left_out(site):
    site.child("layout.pt", '<html><p>${nobody}</p><main metal:define-slot="main"/></html>')
    site.child("x.pt", block("${nobody}"))
    assert site.start().draw() == WHOLE
    assert sorted(name for _theme, name, _line, _words in site.faults) == ["layout.pt", "x.pt"]


def test_a_layout_without_the_block_for_a_pages_text_is_not_drawn(site):
    site.child("layout.pt", "<html>a nice frame</html>")
    assert site.start().draw() == WHOLE
    [(_theme, name, line, words)] = site.faults
    assert (name, line) == ("layout.pt", None)
    assert words == "LacksBlock: it lacks the block main, in which pages have their text"


def test_a_layout_may_leave_other_blocks_out(site):
    site.child("layout.pt", '<html><main metal:define-slot="main"/></html>')
    assert site.start().draw() == "<html><main><p>the page</p></main></html>"
    assert site.faults == []


def test_a_file_that_can_not_be_read_is_left_out(site):
    file = site.child("x.pt", "x")
    file.write_bytes(b"\xff\xfe\xfd")
    assert site.start().draw() == WHOLE
    assert site.faults[0][1] == "x.pt"


def fails(error):
    raise error


@pytest.mark.parametrize(
    "error", [ValueError("the view"), OperationalError("select", {}, Exception()), OSError("disk")]
)
def test_a_fault_of_what_the_view_gave_is_no_themes(site, error):
    site.child("x.pt", block("<i>${said()}</i>"))
    site.child("layout.pt", '<html><main metal:define-slot="main"/></html>')
    site.start()
    site.said = lambda: fails(error)
    with pytest.raises(type(error)):
        site.draw()
    assert site.faults == []
    site.said = lambda: "again"
    assert site.draw() == "<html><main><b><i>again</i></b></main></html>"


def test_in_development_the_fault_is_raised(site):
    site.child("x.pt", "${nobody}")
    with pytest.raises(NameError, match="nobody"):
        site.start(reload=True).draw()


def test_the_plugins_own_page_is_not_left_out(site):
    site.write("plugin/templates/x.pt", "${nobody}")
    with pytest.raises(NameError):
        site.start().draw()


def test_words_that_can_not_be_read_cost_those_words_only(site):
    file = site.write("themes/child/locale/fr/LC_MESSAGES/novantic.po", "")
    file.write_bytes('msgid "Home"\nmsgstr "À la maison"\n'.encode("latin-1"))
    site.start()
    assert site.themes.catalogue("child", "fr").translate("Home") == "Accueil"
    assert site.faults[0][1] == "locale/fr/LC_MESSAGES/novantic.po"


def test_a_static_file_that_can_not_be_read_does_not_cost_the_others_address(site, monkeypatch):
    site.write("themes/child/static/a.css", "x")
    gone = site.root / "themes/child/static/b.css"
    gone.symlink_to(site.root / "nowhere")
    assert site.start().themes.version("child", "a.css")
