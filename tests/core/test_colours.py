"""Contrasts by WCAG's own figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from novantic_core.colours import PAIRS, contrast, family, is_colour, pairs, theme_tokens


@pytest.mark.parametrize("one, other, ratio", [
    ("#000000", "#ffffff", 21.0), ("#fff", "#000", 21.0), ("#fff", "#ffffff", 1.0), ("#767676", "#fff", 4.5),
    ("#777777", "#ffffff", 4.4), ("teal", "#fff", None), ("#fff", "rgb(0 0 0)", None),
])  # fmt: skip
def test_the_contrast_of_two_colours(one, other, ratio):
    assert contrast(one, other) == ratio


def test_what_is_a_colour():
    assert is_colour("#0bf")
    assert not is_colour("10px")


def test_a_theme_has_the_core_s_tokens_and_its_own(novantic_app):
    light, dark = theme_tokens(novantic_app.site.themes, "novantic")
    assert light["brand"] == "#17406d"
    assert dark["brand"] == "#0f2238"
    assert light["radius"] == dark["radius"] == "10px", "the core's"


@pytest.mark.parametrize("theme", ["novantic", "plain"])
def test_the_themes_that_come_with_it_can_be_read_by_everybody(novantic_app, theme):
    for tokens in theme_tokens(novantic_app.site.themes, theme):
        assert [pair for pair in pairs(tokens) if not pair.is_enough] == []
        assert len(pairs(tokens)) == len(PAIRS)


TOKENS = {
    "light": {"paper": "#ffffff", "ground": "#f5f6f8", "ink": "#17202b"},
    "dark": {"paper": "#1a212b", "ground": "#11161d", "ink": "#e8ecf1"},
}
OF_A_FAMILY = {"accent", "accent-ink", "accent-soft", "brand", "brand-ink"}


@pytest.mark.parametrize("look", TOKENS)
@given(st.from_regex(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", fullmatch=True))
def test_colours_worked_out_from_one_can_be_read_whatever_it_is(look, colour):
    tokens = {**TOKENS[look], **family(colour, TOKENS[look], dark=look == "dark")}
    for front, back, least in PAIRS:
        if OF_A_FAMILY & {front, back}:
            assert contrast(tokens[front], tokens[back]) >= least, (front, back)


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert family("#0B63C5", TOKENS["light"], dark=False)["accent"] == "#0b63c5"
