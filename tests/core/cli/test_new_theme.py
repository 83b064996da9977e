"""`novantic new theme`: what it writes and what it refuses."""

from __future__ import annotations

import pytest

from novantic_core.themes.theme import read_theme


def test_a_theme_is_written_and_what_to_put_into_the_ini_file_is_said(new, tmp_path):
    status, said, _ = new("theme", "Aurore")
    assert status == 0
    assert f"novantic.themes_path = {tmp_path}\n" in said
    assert "novantic.theme = aurore\n" in said
    assert read_theme(tmp_path / "aurore").parent == "novantic"


def test_it_has_the_name_and_the_colour_that_one_says(new, tmp_path):
    new("theme", "aurore", "--label", "Dupont & Fils", "--accent", "#7a1fa2")
    theme = read_theme(tmp_path / "aurore")
    assert (theme.label, theme.brand["name"], theme.tokens["accent"]) == ("Dupont & Fils", "Dupont & Fils", "#7a1fa2")
    assert ">D</text>" in (tmp_path / "aurore" / "static" / "logo.svg").read_text("utf-8")


def test_a_colour_that_is_too_light_to_read_is_made_darker(new, tmp_path):
    new("theme", "aurore", "--accent", "ffe600")
    assert read_theme(tmp_path / "aurore").tokens["accent"] == "#7a6e00"


def test_it_may_stand_on_a_theme_beside_it(new, tmp_path):
    new("theme", "aurore")
    assert new("theme", "aurore-sud", "--parent", "aurore")[0] == 0
    assert read_theme(tmp_path / "aurore-sud").parent == "aurore"


@pytest.mark.parametrize(
    "words, why",
    [
        (["novantic"], "there is a theme named 'novantic' already"),
        (["plain"], "there is a theme named 'plain' already"),
        (["aurore boréale"], "letters without accents"),
        (["aurore", "--parent", "nobody"], "--parent nobody: it takes one of "),
        (["aurore", "--accent", "teal"], "hexadecimal digits"),
        (["aurore", "--accent", "#12345"], "hexadecimal digits"),
        (["aurore", "--label", 'The "best"'], "without quotation marks"),
        (["aurore", "--label", "!?"], "it takes a name"),
        (["aurore", "--into", "elsewhere"], "a theme goes by its folder's name"),
        (["aurore", "--into", "no/where/aurore"], "there is no folder no/where"),
    ],
)
def test_what_will_not_do_is_refused_in_one_line(new, tmp_path, words, why):
    status, _, complaint = new("theme", *words)
    assert status == 2
    assert why in complaint
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(new, tmp_path):
    (tmp_path / "aurore").mkdir()
    status, _, complaint = new("theme", "aurore")
    assert (status, "aurore: it is there already" in complaint) == (2, True)
    assert list((tmp_path / "aurore").iterdir()) == []
