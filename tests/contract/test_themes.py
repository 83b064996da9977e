"""The project's own themes pass the check that others' must pass, and its list of colour pairs is what pages use."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from novantic_core.colours import PAIRS, core_tokens, is_colour
from novantic_core.theme_check import check_theme

ROOT = Path(__file__).parents[2]
THEMES = sorted(path.parent.name for path in (ROOT / "themes").glob("*/theme.toml"))
SHEETS = sorted(chain(ROOT.glob("novantic_core/static/css/*.css"), ROOT.glob("plugins/*/static/**/*.css")))
RULE = re.compile(r"\{([^{}]*)\}")
FRONT = re.compile(r"(?:^|[;\s])color:\s*var\(--([a-z-]+)\)")
BACK = re.compile(r"(?:^|[;\s])background(?:-color)?:\s*var\(--([a-z-]+)\)")


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["plain", *THEMES])
def test_a_theme_of_the_project_has_no_fault(novantic_app, theme):
    report = check_theme(novantic_app.site, novantic_app.settings, theme)
    assert [str(finding) for finding in report.faults] == []


def test_each_pair_of_tokens_that_a_rule_sets_is_checked():
    colours = {token for token, value in core_tokens()[0].items() if is_colour(value)}
    used = {
        frozenset((front, back))
        for sheet in SHEETS
        for rule in RULE.findall(sheet.read_text("utf-8"))
        for front in FRONT.findall(rule)
        for back in BACK.findall(rule)
        if {front, back} <= colours
    }
    assert used - {frozenset((front, back)) for front, back, _least in PAIRS} == set()
