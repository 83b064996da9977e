"""What is folded of a mail: kept, out of the way, and named in the reader's language."""

from __future__ import annotations

from novantic_core.forms.desk_message import quotation
from novantic_core.html import clean_html, html_to_text, name_folded, without_folded

FOLDED = "<p>Merci</p><details><summary></summary><p>Avant</p></details>"
SIGNED = '<details class="signature"><summary></summary><p>Camille</p></details>'


def test_only_what_is_read_out_of_mails_may_be_folded():
    assert clean_html(FOLDED) == "<p>Merci</p><p>Avant</p>"
    assert clean_html(FOLDED + SIGNED, folds=True) == FOLDED + SIGNED


def test_nothing_else_comes_in_with_it():
    source = '<details open class="signature x" onclick="a()"><summary id="x"></summary><script>a</script>y</details>'
    assert clean_html(source, folds=True) == '<details class="signature"><summary></summary>y</details>'


def test_what_is_folded_is_no_text():
    assert html_to_text(FOLDED + "<p>Fin</p>" + SIGNED) == "Merci\n\nFin"
    assert html_to_text("<details><summary>x</summary><details>a</details><ul><li>b</li></ul></details>c") == "c"


def test_what_is_folded_is_left_out_of_mails_and_quotations():
    assert without_folded(FOLDED + "<p>Fin</p>" + SIGNED) == "<p>Merci</p><p>Fin</p>"
    assert without_folded("a<details>b<details>c</details>d</details>e") == "ae"
    assert without_folded("a<details>never closed") == "a"
    assert without_folded("</details>a") == "a"
    assert quotation("X :", FOLDED) == "<p>X :</p><blockquote><p>Merci</p></blockquote><p></p>"


def test_a_folded_part_says_what_it_is():
    shown = name_folded(FOLDED + SIGNED, "Messages <précédents>", "Signature")
    assert "<details><summary>Messages &lt;précédents&gt;</summary><p>Avant</p></details>" in shown
    assert '<details class="signature"><summary>Signature</summary><p>Camille</p></details>' in shown
