"""Every word has its French, every French word is used, and both say the same."""

from __future__ import annotations

from pathlib import Path

import catalogue
import pytest
from chameleon import PageTemplate

TEMPLATE = """<div>
  <p i18n:translate="">Hello <b i18n:name="name">${name}</b>,
     how are you?</p>
  <input placeholder="Your name" aria-label="Name: ${name}" i18n:attributes="placeholder">
  <tal:t i18n:translate="" tal:condition="name">Good bye</tal:t>
  <p>Not marked</p>
  <p i18n:translate="">${name}</p>
</div>"""

CODE = """
from novantic_core.i18n import _, plural

ONE = _("One word")
LONG = _(
    "It is made of "
    "two strings: ${n}", mapping={"n": 2}
)
MANY = plural("${n} file", "${n} files")
OTHER = str("not marked")
"""


def test_the_catalogues_have_no_fault():
    assert catalogue.faults() == [], "`make catalog`, then translate what is new"


def test_what_is_read_from_a_template_is_what_it_asks_for_when_drawn(tmp_path):
    (tmp_path / "page.pt").write_text(TEMPLATE, "utf-8")
    asked = []

    def translate(msgid, **_options):
        asked.append(str(msgid))
        return msgid

    PageTemplate(TEMPLATE, translate=translate).render(name="Claire")
    read = [word.id for word in catalogue.template_words(tmp_path / "page.pt")]
    assert sorted(read) == ["Good bye", "Hello ${name}, how are you?", "Your name"]
    assert set(read) <= set(asked)


def test_words_of_code_are_read_whole_and_plurals_in_pairs(tmp_path):
    (tmp_path / "code.py").write_text(CODE, "utf-8")
    read = [word.id for word in catalogue.python_words(tmp_path / "code.py")]
    assert set(read) == {"One word", "It is made of two strings: ${n}", ("${n} file", "${n} files")}


@pytest.fixture
def tree(tmp_path: Path):
    """A core with one word and its French, which a test makes wrong."""
    for name in ("plugins", "themes", "novantic_core"):
        (tmp_path / name).mkdir()
    (tmp_path / "novantic_core" / "words.py").write_text('_("A ticket for ${name}")', "utf-8")
    owner = catalogue.owners(tmp_path)[0]
    catalogue.update(owner)
    return owner.po("fr")


def translate(po: Path, said: str) -> None:
    before, _empty, _after = po.read_text("utf-8").rpartition('msgstr ""')
    po.write_text(f'{before}msgstr "{said}"\n', "utf-8")


@pytest.mark.parametrize(
    "said, fault",
    [
        ("", "not translated"),
        ("Un ticket", "other variables"),
        ("Un ticket pour ${nom}", "other variables"),
        ("Un ticket : pour ${name}", "ordinary space"),
        ("Un ticket pour ${name}!", "no space before"),
        ("L'ouverture pour ${name}", "straight apostrophe"),
        ("Un ticket pour “${name}”", "English quotation marks"),
    ],
)
def test_a_wrong_translation_is_told(tree, said, fault):
    translate(tree, said)
    assert fault in "\n".join(catalogue.faults(tree.parents[4]))


def test_a_right_translation_is_not(tree):
    translate(tree, "Un ticket pour ${name}\u00a0: voilà")
    assert catalogue.faults(tree.parents[4]) == []


def test_a_theme_may_say_a_word_of_the_core_in_its_own_way(tree):
    translate(tree, "Un ticket pour ${name}")
    theme = catalogue.Owner(tree.parents[4] / "themes" / "boreal")
    theme.po("fr").parent.mkdir(parents=True)
    theme.po("fr").write_text('msgid "A ticket for ${name}"\nmsgstr "Une demande de ${name}"\n', "utf-8")
    catalogue.update(theme, catalogue.ids_of_others(tree.parents[4]))
    assert catalogue.faults(tree.parents[4]) == []
    assert "Une demande de" in theme.po("fr").read_text("utf-8")


def test_a_word_that_is_gone_is_told(tree):
    (tree.parents[3] / "words.py").write_text('_("Another word")', "utf-8")
    told = "\n".join(catalogue.faults(tree.parents[4]))
    assert "'Another word': not in the catalogue" in told
    assert "'A ticket for ${name}': no longer used" in told
