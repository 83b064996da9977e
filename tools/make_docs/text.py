"""Docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
import typing
from pathlib import Path

from novantic_core import values

ROOT = Path(__file__).parents[2]
MADE = "_Made by `make docs`: change {source} instead._"


def rooms() -> dict[str, list[str]]:
    """The values by the module they are in, which is the name of their page."""
    found: dict[str, list[str]] = {}
    for name in values.__all__:
        kind = getattr(values, name)
        if inspect.isclass(kind):
            found.setdefault(kind.__module__.rpartition(".")[2], []).append(name)
    return found


def address(name: str, to_values: str) -> str | None:
    """Where a value is described; ``to_values`` is how to get from the page to the folder of those pages."""
    room = next((room for room, names in rooms().items() if name in names), None)
    return f"{to_values}/{room}.md#{name.lower()}" if room else None


def markdown(text: str, to_values: str) -> str:
    """A docstring's text as Markdown; ``to_values`` is how to get from the page to theirs."""
    text = text.replace("``", "`")

    def link(match: re.Match[str]) -> str:
        name = match[1]
        there = address(name, to_values)
        return f"[`{name}`]({there})" if there else f"`{name}`"

    return re.sub(r":(?:class|mod|meth|func|data):`~?(?:[\w.]+\.)?(\w+)`", link, text)


def type_words(annotation: object, to_values: str) -> str:
    """A type as Markdown: our own values lead to their part of the page."""
    if annotation is inspect.Parameter.empty:
        return ""
    words = annotation if isinstance(annotation, str) else _plain(annotation)
    words = re.sub(r"\b(?:v|typing|collections\.abc|novantic_core\.[\w.]+)\.", "", words)
    words, optional = (words.removesuffix(" | None"), " or `None`") if words.endswith(" | None") else (words, "")
    parts = [(piece, address(piece, to_values)) for piece in re.split(r"\b(\w+)\b", words)]
    if not any(there for _piece, there in parts):
        return f"`{words}`{optional}"
    # code can't hold a link: each name stands by itself
    drawn = [f"[`{p}`]({there})" if there else (f"`{p}`" if p.strip() else p) for p, there in parts]
    return "".join(drawn).replace("``", "") + optional


def arguments(function: object) -> str:
    """How a function is called: what stands in its place, what is given by name, what may be left out."""
    words: list[str] = []
    given = [one for one in inspect.signature(function).parameters.values() if one.name != "self"]  # type: ignore[arg-type]
    for one in given:
        if one.kind is one.KEYWORD_ONLY and not any(word.startswith("*") for word in words):
            words.append("*")
        stars = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
        words.append(stars + one.name + ("" if one.default is one.empty else f"={_shown(one.default)}"))
    return ", ".join(words)


def _shown(default: object) -> str:
    plain = default is None or isinstance(default, (bool, int, float, str, tuple))
    return repr(default) if plain and len(repr(default)) < 30 else "…"


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
