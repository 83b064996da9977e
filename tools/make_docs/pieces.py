"""Pieces of files in a page: a comment says which, the block below it is put there.

    <!-- docs/examples/anydesk/anydesk/__init__.py: imports parse show -->

names the file, and of a Python file, if not all of it, the parts: ``imports`` (all above the first function or class)
and the functions and classes by name, with what stands between them and the part before. What is written between two
blocks of one file must never leave one out: see ``left_out``.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from make_docs.text import ROOT, fenced

FOLDER = ROOT / "docs" / "tutorials"
MARK = re.compile(
    r"^<!-- (?P<path>docs/[\w./-]+)(?:: (?P<names>[\w ]+))? -->\n(?:```\w*\n.*?^```\n)?", re.MULTILINE | re.DOTALL
)


def pages() -> dict[Path, str]:
    """Each page with the pieces as they stand in the files now."""
    return {path: filled(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.md"))}


def filled(page: str) -> str:
    """A page's text with its blocks put in."""

    def put(match: re.Match[str]) -> str:
        path = ROOT / match["path"]
        head = match[0].splitlines()[0]
        return f"{head}\n{fenced(path, piece(path, match['names'] or ''))}\n"

    return MARK.sub(put, page)


def shown(page: str) -> dict[Path, str]:
    """What somebody has in each file who put all of a page's pieces into it, one below the other."""
    found: dict[Path, str] = {}
    for match in MARK.finditer(page):
        path = ROOT / match["path"]
        found[path] = found.get(path, "") + piece(path, match["names"] or "")
    return found


def piece(path: Path, names: str) -> str:
    """The parts of a file, or all of it.

    :raises KeyError: for a part that it doesn't have
    """
    text = path.read_text("utf-8")
    if not names:
        return text
    parts = _parts(text)
    return "".join(parts[name] for name in names.split())


def _parts(text: str) -> dict[str, str]:
    """A Python file cut before each function and class, with the comments and decorators above it."""
    lines = text.splitlines(keepends=True)
    cuts: list[tuple[str, int]] = [("imports", 0)]
    for one in ast.parse(text).body:
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            first = min([one.lineno, *(mark.lineno for mark in one.decorator_list)]) - 1
            while first and lines[first - 1].startswith("#"):
                first -= 1
            cuts.append((one.name, first))
    ends = [start for _name, start in cuts[1:]] + [len(lines)]
    return {name: "".join(lines[start:end]) for (name, start), end in zip(cuts, ends, strict=True)}
