"""A person is taken out of what others wrote, and words of the language stay."""

from __future__ import annotations

import pytest

from novantic_core.services.scrub import Scrubber

NAMES = ("Claire Lefèvre", "Anne-Sophie Le Gall", "Mme D'Orsay & Fils")
EMAILS = ("claire@lefevre.example.com",)


@pytest.fixture(scope="module")
def scrub():
    return Scrubber(NAMES, EMAILS, ("01 44 55 66 77", "12"), "[X]")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Bonjour Claire,", "Bonjour [X],"),
        ("claire lefèvre", "[X]"),
        ("CLAIRE  LEFÈVRE", "[X]"),
        ("une lumière claire", "une lumière claire"),
        ("Clairement", "Clairement"),
        ("Mme LEFÈVRE", "Mme [X]"),
        ("Anne-Sophie est là", "[X] est là"),
        ("Le problème de Le Gall", "Le problème de Le [X]"),
        ("<p>Mme D'Orsay &amp; Fils</p>", "<p>[X]</p>"),
        ('<a href="mailto:Claire@Lefevre.Example.com">x</a>', '<a href="mailto:[X]">x</a>'),
        ("claire@lefevre.example.community", "claire@lefevre.example.community"),
        ("rappelez le 0144556677.", "rappelez le [X]."),
        ("+33 1 44 55 66 77", "[X]"),
        ("+33(0)1.44.55.66.77", "[X]"),
        ("ticket 144556677123", "ticket 144556677123"),
        ("à 12 h", "à 12 h"),
        ("", ""),
    ],
)
def test_a_text(scrub, text, expected):
    assert scrub.text(text) == expected


def test_texts_in_a_value(scrub):
    assert scrub.value({"a": ["Claire", 3, None], "b": {"c": ("LEFÈVRE", True)}}) == {
        "a": ["[X]", 3, None], "b": {"c": ["[X]", True]},
    }  # fmt: skip


def test_of_somebody_without_a_name_nothing_is_looked_for():
    assert Scrubber(("", "M."), (), (), "[X]").text("M. Dupont") == "M. Dupont"


@pytest.mark.parametrize(
    "html, scrubbed",
    [
        ("<p><strong>Strong</strong> a appelé</p>", "<p><strong>[x]</strong> a appelé</p>"),
        ("<p>Ann <b>Str</b>ong</p>", "<p>[x]</p>"),
        ('<p><a href="mailto:ann@strong.example">écrire</a></p>', "<p>écrire</p>"),
        ('<img src="/attachments/1/a.png" alt="Ann Strong" width="3">',
         '<img src="/attachments/1/a.png" alt="[x]" width="3">'),
        ("", ""),
    ],
)  # fmt: skip
def test_a_name_that_is_a_tags_too_breaks_no_html(html, scrubbed):
    scrub = Scrubber(["Ann Strong", "Strong"], ["ann@strong.example"], [], "[x]")
    assert scrub.html(html) == scrubbed
    assert Scrubber([], [], [], "[x]").html(html) == html


@pytest.mark.parametrize("name", ["Lefèvre", "Lefevre", "LEFEVRE", "LEFÈVRE", "Lefe\u0300vre", "claire lefevre"])
@pytest.mark.parametrize("known", ["Claire Lefèvre", "Claire Lefevre", "Claire Lefe\u0300vre"])
def test_accents_count_for_nothing(name, known):
    assert Scrubber([known], [], [], "[X]").text(f"Mme {name}.") == "Mme [X]."
