"""Docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path

from novantic_core import values

ROOT = Path(__file__).parents[2]
MADE = "_Made by `make docs`: change {source} instead._"


def known() -> set[str]:
    """Names that have a part of their own on the page of values."""
    return {name for name in values.__all__ if inspect.isclass(getattr(values, name))}


def markdown(text: str, to_values: str) -> str:
    """A docstring's text as Markdown; ``to_values`` is how to get from the page to that of the values."""
    text = text.replace("``", "`")

    def link(match: re.Match[str]) -> str:
        name = match[1]
        return f"[`{name}`]({to_values}#{name.lower()})" if name in known() else f"`{name}`"

    return re.sub(r":(?:class|mod|meth|func|data):`~?(?:[\w.]+\.)?(\w+)`", link, text)


def type_words(annotation: object, to_values: str) -> str:
    """A type as Markdown: our own values lead to their part of the page."""
    if annotation is inspect.Parameter.empty:
        return ""
    words = annotation if isinstance(annotation, str) else _plain(annotation)
    words = re.sub(r"\b(?:v|typing|collections\.abc|novantic_core\.[\w.]+)\.", "", words)
    pieces = re.split(r"\b(\w+)\b", words)
    if not set(pieces) & known():
        return f"`{words}`"
    # code can't hold a link: each name stands by itself
    parts = [f"[`{p}`]({to_values}#{p.lower()})" if p in known() else (f"`{p}`" if p.strip() else p) for p in pieces]
    return "".join(parts).replace("``", "")


def _plain(annotation: object) -> str:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__name__
    return str(annotation)


def split(docstring: str) -> tuple[str, list[tuple[str, str, str]]]:
    """A docstring's words, and its fields as (kind, name, text)."""
    words, *rest = re.split(r"^:(\w+)(?: (\w+))?:[ ]*", docstring, flags=re.MULTILINE)
    fields = [
        (kind, name or "", " ".join(text.split()))
        for kind, name, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    ]
    return words.strip(), fields


def fenced(path: Path, text: str | None = None) -> str:
    """A file, or a piece of it, as a block of code."""
    language = {".py": "python", ".pt": "html", ".cfg": "ini", ".po": "po"}.get(path.suffix, path.suffix[1:])
    return f"```{language}\n{(text or path.read_text('utf-8')).strip(chr(10))}\n```"
