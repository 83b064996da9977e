"""The dashboard's pictures: SVG by pygal, without a script, in the theme's colours of day and night.

They are images in the page (``data:``), where nothing in them can run and no rule of the page reaches them: so the
tokens that they use are written into each.
"""

from __future__ import annotations

import base64
import functools
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pygal
from pygal.etree import etree
from pygal.style import Style
from pyramid.request import Request

from novantic_core.themes import CORE, Themes
from novantic_core.values import Text
from novantic_core.views.admin.figures.tables import Row, Table, show_wait

# pygal puts an importer for maps, of a kind that Python has dropped, before the whole process: on 3.11 each import that
# finds nothing elsewhere would warn of it
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

WIDTH, HEIGHT, BAR = 460, 260, 38
WIDE = 980
"""As wide as the page, for a line of many points."""
SVG = "{http://www.w3.org/2000/svg}"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
TOKENS = ("ink", "ink-soft", "paper", "line", "accent", "warn")
LABELS = {WIDTH: 6, WIDE: 12}
"""Words below a line, at most, by its width."""
VALUES = (
    ".vertical .text-overlay text{transform:translate(0,-5px)}"
    ".horizontal .text-overlay text{text-anchor:start;transform:translate(4px,0)}"
    ".axis text.major{fill:var(--ink-soft)}"
)
"""Figures stand beside the ends of their bars, not on them; no line of a scale is more than the others."""
MINUTES = (5, 15, 30, 60, 120, 240, 480, 720, *[1440 * days for days in (1, 2, 3, 7, 14, 30, 60, 180, 365)])
"""Steps of a scale of time."""
MANY = 100
"""Points from which on a line is drawn without dots."""

STYLE = Style(
    background="transparent", plot_background="transparent", foreground="var(--ink-soft)",
    foreground_strong="var(--ink)", foreground_subtle="var(--line)", guide_stroke_color="var(--line)",
    major_guide_stroke_color="var(--line)", guide_stroke_dasharray="0", major_guide_stroke_dasharray="0",
    colors=("var(--accent)", "var(--warn)"), value_colors=("var(--ink)", "var(--ink)"), font_family=FONT, opacity="1",
    stroke_opacity="1", stroke_width="2", label_font_size=13, major_label_font_size=13, legend_font_size=14,
    value_font_size=13, transition="none",
)  # fmt: skip


def draw(request: Request, table: Table, *, wide: bool = False) -> str:
    """A table's picture, as the address of an image.

    :param wide: as wide as the page
    """
    # where there is nothing else, what sums up others dwarfs nobody
    rows = [row for row in table.rows if row.drawn] or table.rows
    if table.durations:
        chart = _line(request, table, rows, 1, functools.partial(show_wait, request), WIDTH)
    elif table.name == "days":
        chart = _line(request, table, rows, 0, _whole, WIDE if wide else WIDTH)
    elif table.name == "ages":
        chart = _bars(request, table, rows)
    else:
        chart = _lying_bars(request, table, rows)
    return address(chart, str(request.page.words(table.title)), request.registry.site.themes, request.theme)


def address(chart: Any, title: str, themes: Themes, theme: str) -> str:
    """A chart as the address of an image, its colours those of a theme."""
    root = chart.render_tree()
    for parent in list(root.iter()):
        for child in list(parent):
            # its configuration, and what only its script would show
            if child.tag in {f"{SVG}script", "script", f"{SVG}desc", "desc"} or not isinstance(child.tag, str):
                parent.remove(child)
            elif child.tag in {f"{SVG}title", "title"}:
                child.text = title
    rules = etree.SubElement(root, "style")
    rules.text = VALUES + theme_rules(themes.tokens_css(theme))
    return "data:image/svg+xml;base64," + base64.b64encode(etree.tostring(root)).decode()


def theme_rules(tokens_css: str) -> str:
    """The colours of a theme's day and night that pictures use, as rules of their own."""
    (light, dark), (own, own_dark) = _core_tokens(), _tokens(tokens_css)
    # a theme's colour of the day holds at night too, where it has none for that
    at_day, at_night = {**light, **own}, {**dark, **own, **own_dark}
    rules = [":root{" + "".join(f"--{name}:{at[name]};" for name in TOKENS) + "}" for at in (at_day, at_night)]
    return f"{rules[0]}@media screen and (prefers-color-scheme:dark){{{rules[1]}}}"


@functools.cache
def _core_tokens() -> tuple[dict[str, str], dict[str, str]]:
    return _tokens((CORE / "static" / "css" / "base.css").read_text("utf-8"))


def _tokens(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """The custom properties of a style sheet's first two ``:root`` rules: those of the day, those of the night."""
    light, dark = [
        dict(re.findall(r"--([a-z-]+):\s*([^;}]+)", rule)) for rule in re.findall(r":root\s*\{[^}]*", css)[:2]
    ]
    return light, dark


def _chart(kind: Any, **options: Any) -> Any:
    return kind(
        style=STYLE, explicit_size=False, js=(), no_prefix=True, show_legend=True, legend_at_bottom=True,
        legend_box_size=12, margin=8, no_data_text="", truncate_legend=-1, **options,
    )  # fmt: skip


def _line(
    request: Request, table: Table, rows: Sequence[Row], first: int, words: Callable[[int | None], str], width: int
) -> Any:
    highest = max((figure or 0 for row in rows for figure in row.figures[first:]), default=0)
    chart = _chart(
        pygal.Line, width=width, height=HEIGHT, value_formatter=lambda value: words(round(value)),
        show_dots=len(rows) < MANY, dots_size=3, show_minor_x_labels=False, truncate_label=-1,
        x_labels_major_every=-(-len(rows) // LABELS[width]), y_labels=scale(highest, table.durations),
        margin_right=24,
    )  # fmt: skip
    chart.x_labels = [_words(request, row.short or row.label) for row in rows]
    for place, column in enumerate(table.columns[first:]):
        # the second line is broken, and the words below say so: the two are told apart without their colours
        stroke = {"width": 2, "dasharray": "7, 5"} if place else {"width": 2}
        name = f"{_words(request, column)} {'– – –' if place else '———'}"
        figures = [row.figures[first + place] for row in rows]
        chart.add(name, figures, stroke_style=stroke, allow_interruptions=True)
    return chart


def _bars(request: Request, table: Table, rows: Sequence[Row]) -> Any:
    chart = _chart(
        pygal.Bar, width=WIDTH, height=HEIGHT, print_values=True, print_values_position="top", truncate_label=-1,
        value_formatter=_whole, y_labels=scale(_highest(rows), False),
    )  # fmt: skip
    chart.x_labels = [_words(request, row.short or row.label) for row in rows]
    for place, column in enumerate(table.columns):
        chart.add(_words(request, column), [row.figures[place] for row in rows])
    return chart


def _lying_bars(request: Request, table: Table, rows: Sequence[Row]) -> Any:
    # from the top down, as the table is read
    rows = rows[::-1]
    chart = _chart(
        pygal.HorizontalBar, width=WIDTH, height=90 + BAR * max(len(rows), 2), print_values=True, truncate_label=24,
        print_values_position="top", value_formatter=_whole, y_labels=scale(_highest(rows), False),
        margin_right=32,
    )  # fmt: skip
    chart.x_labels = [_words(request, row.label) for row in rows]
    for place, column in enumerate(table.columns):
        chart.add(_words(request, column), [row.figures[place] for row in rows])
    return chart


def _highest(rows: Sequence[Row]) -> int:
    return max((figure or 0 for row in rows for figure in row.figures), default=0)


def scale(highest: int, minutes: bool) -> list[int]:
    """Where lines stand behind a picture: four or five round numbers from 0 on; for minutes, round hours or days."""
    tens = [10**power for power in range(10)]
    steps = MINUTES if minutes else [digit * ten for ten in tens for digit in (1, 2, 5)]
    step = next((step for step in steps if step * 5 >= highest), highest)
    return list(range(0, max(highest, 1) + step, step))


def _whole(value: float | None) -> str:
    return "" if not value else str(round(value))


def _words(request: Request, text: Text) -> str:
    return str(request.page.words(text))
