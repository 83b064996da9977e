"""The catalogue of hooks: an index, and a page for each group, each hook with an example and its test."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from make_docs.text import MADE, ROOT, fenced, markdown, split, type_words
from novantic_core import hookspecs

INDEX = ROOT / "docs" / "reference" / "hooks.md"
FOLDER = ROOT / "docs" / "reference" / "hooks"
EXAMPLES = FOLDER / "examples"
TESTS = ROOT / "tests" / "contract" / "hook_examples"
TO_VALUES = "../values"
HEADS = {"param": "", "return": "returns", "raises": "if it raises", "since": "since"}


@dataclass
class Group:
    """A part of a ticket's way, with the hooks that are called on it."""

    title: str
    hooks: list[str] = field(default_factory=list)

    @property
    def page(self) -> Path:
        """The page of its hooks."""
        return FOLDER / (re.sub(r"\W+", "-", self.title.lower()) + ".md")


def groups() -> list[Group]:
    """The groups in the order in which a ticket meets them, as the rulers in the specs say."""
    source = "\n".join(inspect.getsource(room) for room in hookspecs.ROOMS)
    found: list[Group] = []
    for match in re.finditer(r"^# -+ (?P<ruler>[\w ,-]+)$|^def (?P<hook>novantic_\w+)\(", source, re.MULTILINE):
        if match["ruler"]:
            found.append(Group(match["ruler"].strip().capitalize()))
        else:
            found[-1].hooks.append(match["hook"])
    return found


def pages() -> dict[Path, str]:
    """The index and the groups' pages."""
    calls = _call_sites()
    found = {INDEX: _index()}
    for group in groups():
        parts = [f"# Hooks: {group.title[0].lower() + group.title[1:]}", _made(), "[All hooks](../hooks.md)"]
        parts += [_hook(name, calls.get(name, [])) for name in group.hooks]
        found[group.page] = "\n\n".join(parts) + "\n"
    return found


def example(hook: str) -> list[Path]:
    """The files of a hook's example: one, or those of a package."""
    folder = EXAMPLES / _example_name(hook)
    if not folder.is_dir():
        return [folder.with_suffix(".py")]
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sorted(files, key=lambda path: (path.suffix != ".py", path))


def test_of(hook: str) -> Path:
    """The test that runs it."""
    return TESTS / f"test_{_example_name(hook)}.py"


def _example_name(hook: str) -> str:
    # not the hook's own name: a built-in plugin has that of one of them
    return hook.replace("novantic_", "example_", 1)


def _made() -> str:
    return MADE.format(source="`novantic_core/hookspecs/` or the examples")


def _index() -> str:
    words = (inspect.getdoc(hookspecs) or "").partition("\n\n")[2]
    parts = ["# Hooks", markdown(words, "values"), _made()]
    for group in groups():
        page = group.page.relative_to(INDEX.parent).as_posix()
        lines = ["| hook | what for | when it is called | gives | since |", "|---|---|---|---|---|"]
        for name in group.hooks:
            what, when, gives, since = (cell.replace("|", "or") for cell in _row(name))
            lines.append(
                f"| [`{name.removeprefix('novantic_')}`]({page}#{name}) | {what} | {when} | {gives} | {since} |"
            )
        parts.append(f"## [{group.title}]({page})")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _row(name: str) -> tuple[str, str, str, str]:
    function = getattr(hookspecs, name)
    words, fields = split(inspect.getdoc(function) or "")
    words = " ".join(words.split())
    what = re.split(r"(?<=[.:])\s", words, maxsplit=1)[0].rstrip(".:")
    when = re.search(r"[^.:]*\b[Cc]alled\b(?:[^.`]|`[^`]*`|\.(?=\w))*", words)
    gives = type_words(inspect.signature(function).return_annotation, "values")
    since = next(text for kind, _name, text in fields if kind == "since")
    when_words = when[0].strip() if when else ""
    when_words = _capital(when_words)
    if function.novantic_spec["warn_on_impl"] is not None:
        what += f" (deprecated since {function.novantic_spec['warn_on_impl'].since})"
    return markdown(what, "values"), markdown(when_words, "values"), "–" if gives == "`None`" else gives, since


def _hook(name: str, calls: list[Path]) -> str:
    function = getattr(hookspecs, name)
    signature = inspect.signature(function)
    # what will go is explained, not recommended
    gone = function.novantic_spec["warn_on_impl_args"] or {}
    head = f"def {name}({', '.join(one for one in signature.parameters if one not in gone)}):"
    parts = [f"## {name}", fenced(Path("x.py"), f"@hookimpl\n{head} ...")]
    words, fields = split(inspect.getdoc(function) or "")
    notice = function.novantic_spec["warn_on_impl"]
    if notice is not None:
        parts.append(f"**{_capital(str(notice))}.**")
    parts.append(markdown(words, TO_VALUES))
    parts.append("\n".join(_field(function, *one) for one in fields) + "\n" + _called_from(calls))
    files = example(name)
    parts.append("### Example" + "".join(["", *_shown(files, files[0].parent)]))
    parts.append("Its test:\n\n" + fenced(test_of(name)))
    return "\n\n".join(parts)


def _shown(files: list[Path], folder: Path) -> list[str]:
    name = len(files) > 1
    return [
        f"\n\n{f'`{path.relative_to(folder.parent).as_posix()}`:{chr(10) * 2}' if name else ''}{fenced(path)}"
        for path in files
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _field(function: Any, kind: str, name: str, text: str) -> str:
    head = HEADS[kind]
    words = markdown(text, TO_VALUES)
    signature = inspect.signature(function)
    if kind == "param":
        notice = (function.novantic_spec["warn_on_impl_args"] or {}).get(name)
        words += f" **{_capital(str(notice))}.**" if notice is not None else ""
        return f"- **{name}** ({type_words(signature.parameters[name].annotation, TO_VALUES)}): {words}"
    if kind == "since":
        return f"- **since** version {words} of the contract"
    if kind == "return":
        given = type_words(signature.return_annotation, TO_VALUES)
        return f"- **returns** {words}" if given == "`None`" else f"- **returns** ({given}): {words}"
    return f"- **{head}**: {words}"


def _called_from(calls: list[Path]) -> str:
    links = [f"[`{path.as_posix()}`](../../../{path.as_posix()})" for path in calls]
    return f"- **called from** {', '.join(links)}"


def _call_sites() -> dict[str, list[Path]]:
    """The files of the core that call each hook."""
    found: dict[str, list[Path]] = {}
    for path in sorted((ROOT / "novantic_core").rglob("*.py")):
        here = path.relative_to(ROOT)
        if {"hookspecs", "testing"} & set(here.parts) or here.name == "plugins.py":
            continue
        for hook in set(re.findall(r'"(novantic_\w+)"', path.read_text("utf-8"))):
            function: Any = getattr(hookspecs, hook, None)
            if function is not None:
                found.setdefault(hook, []).append(here)
    return found
