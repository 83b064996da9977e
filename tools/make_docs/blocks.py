"""The catalogue of blocks, made from the templates of the core and the plugins.

A template says at its top what its blocks are: ``<!--! name: words -->``, a line each, which no reader's page shows.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "blocks.md"
FOLDERS = (ROOT / "novantic_core" / "templates", *sorted(ROOT.glob("plugins/*/templates")))

_SAID = re.compile(r"\A<!--!\n(.*?)-->", re.DOTALL)
_BLOCK = re.compile(r"""metal:define-slot=["']([^"']+)["']""")
_INTRO = """# Blocks

What a theme redraws of a page without copying it: a file of the page's name in the theme's `templates/` that stands on
its parent's and fills a block ([Make a theme](../how-to/make-a-theme.md#redraw-a-block)). The names below stay; pages
of the back office have none but those of their layout.

_Made from the templates by `make docs`; change it there._"""


def pages() -> dict[Path, str]:
    """The page."""
    return {PAGE: page()}


def page() -> str:
    """The page's text.

    :raises ValueError: for a block of which its template says nothing, or one that it lacks
    """
    parts = [_INTRO]
    for folder in FOLDERS:
        owner = "the core" if folder.parent.name == "novantic_core" else f"the plugin {folder.parent.name[9:]}"
        drawn = [words for path in sorted(folder.rglob("*.pt")) if (words := _template(folder, path))]
        if drawn:
            parts += [f"## Of {owner}", *drawn]
    return "\n\n".join(parts) + "\n"


def _template(folder: Path, path: Path) -> str:
    text = path.read_text("utf-8")
    said = _SAID.match(text)
    words = dict(line.strip().split(": ", 1) for line in said[1].splitlines()) if said else {}
    there = list(dict.fromkeys(_BLOCK.findall(text)))
    name = path.relative_to(folder).as_posix()
    if set(there) != set(words):
        raise ValueError(f"{name}: blocks {', '.join(there)}; said at its top: {', '.join(words)}")
    lines = [f"- `{block}`: {words[block]}" for block in there]
    return "\n".join([f"### {name}", "", *lines]) if lines else ""
