"""The page of values: what hooks give and get, each with its attributes, and what else a plugin may import."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import re
import textwrap
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

from make_docs.text import MADE, ROOT, arguments, markdown, split, type_words
from novantic_core import plugin
from novantic_core import values as v
from novantic_core.cached import cached_property
from novantic_core.page import Page
from novantic_core.values import brand, intake, life, search, storage, text
from novantic_core.values import pages as pages_values

INDEX = ROOT / "docs" / "reference" / "values.md"
FOLDER = ROOT / "docs" / "reference" / "values"
MORE = "Forms, pages, data and words"
SOURCE = "the docstrings in `novantic_core/values/` and of what `novantic_core/plugin.py` names"
ROOMS: tuple[tuple[str, ModuleType], ...] = (
    ("What comes in", intake),
    ("What happens to a ticket, and who is told", life),
    ("Pages, jobs and people", pages_values),
    ("Search", search),
    ("Storage and settings", storage),
    ("Brands", brand),
    ("Words", text),
)
INTRO = (
    "Everything here comes from `novantic_core.plugin`; nothing else of the core is public. Values are frozen: make "
    "another with the changes. [The hooks](hooks.md) say which of them they give and get. A `Text` is a plain text, "
    "or one made with `_`, which is translated when it is shown."
)


def pages() -> dict[Path, str]:
    """The list of all, a page for each module of values, one for the desk, one for the rest."""
    found = {INDEX: _index()}
    for title, room in ROOMS:
        found[FOLDER / f"{_name(room)}.md"] = _page(title, [_value(name, room) for name in _classes(room)])
    found[FOLDER / "desk.md"] = _page("The desk", [_members(plugin.Desk)])
    found[FOLDER / "page.md"] = _page("The page", [PAGE_INTRO, _members(Page)])
    found[FOLDER / "more.md"] = _page(MORE, [_other(name) for name in _others()])
    return found


def _page(title: str, parts: list[str]) -> str:
    return (
        "\n\n".join([f"# {title}", MADE.format(source=SOURCE), "[All that a plugin imports](../values.md)", *parts])
        + "\n"
    )


def _index() -> str:
    lines = [f"- {title}: {', '.join(_link(name, _name(room)) for name in _classes(room))}" for title, room in ROOMS]
    lines.append("- [The desk](values/desk.md): what a plugin may ask of the core, in a page, a command, a test")
    lines.append("- [The page](values/page.md): `page` in a template, `request.page` in a view")
    lines.append(f"- {MORE}: {', '.join(_link(name, 'more') for name in _others())}")
    return "\n\n".join(["# What a plugin imports", INTRO, MADE.format(source=SOURCE), "\n".join(lines)]) + "\n"


def _name(room: ModuleType) -> str:
    return room.__name__.rpartition(".")[2]


def _link(name: str, room: str) -> str:
    return f"[`{name}`](values/{room}.md#{name.lower()})"


def _classes(room: ModuleType) -> list[str]:
    tree = ast.parse(inspect.getsource(room))
    return [one.name for one in tree.body if isinstance(one, ast.ClassDef) and one.name in v.__all__]


def _others() -> list[str]:
    return sorted((set(plugin.__all__) - set(v.__all__) - {"Desk"}), key=str.lower)


def _value(name: str, room: ModuleType) -> str:
    kind = getattr(v, name)
    parts = [f"## {name}"]
    words, fields = split(inspect.getdoc(kind) or "")
    parts.append(markdown(words, "."))
    if dataclasses.is_dataclass(kind):
        said = {field: text for what, field, text in fields if what == "param"} | _attribute_texts(room, name)
        parts.append(_attributes(kind, said))
    else:
        extra = [f"- **{field or what}**: {markdown(text, '.')}" for what, field, text in fields]
        if extra:
            parts.append("\n".join(extra))
    methods = _methods(kind)
    if methods:
        parts.append(methods)
    return "\n\n".join(parts)


def _attributes(kind: Any, said: dict[str, str]) -> str:
    lines = ["| attribute | type | unless told | |", "|---|---|---|---|"]
    for one in dataclasses.fields(kind):
        type_ = type_words(_spelt_out(one.type), ".").replace("|", "or")
        lines.append(f"| `{one.name}` | {type_} | {_default(one)} | {markdown(said.get(one.name, ''), '.')} |")
    return "\n".join(lines)


def _spelt_out(annotation: Any) -> Any:
    """A type; in the place of a name for a choice of words, the words."""
    alias = next((vars(room)[annotation] for _title, room in ROOMS if annotation in vars(room)), None)
    if typing.get_origin(alias) is not typing.Literal:
        return annotation
    return f"one of {', '.join(map(repr, typing.get_args(alias)))}"


def _default(one: dataclasses.Field[Any]) -> str:
    if one.default_factory is not dataclasses.MISSING:
        return f"`{one.default_factory()!r}`"
    if one.default is dataclasses.MISSING:
        return "_needed_"
    # a function's repr has an address in it, which is another each time
    return f"`{getattr(one.default, '__name__', None) or repr(one.default)}`"


def _attribute_texts(room: ModuleType, name: str) -> dict[str, str]:
    """The texts below attributes, which Python itself doesn't keep."""
    body = next(
        one.body
        for one in ast.parse(inspect.getsource(room)).body
        if isinstance(one, ast.ClassDef) and one.name == name
    )
    found = {}
    for before, one in itertools.pairwise(body):
        if isinstance(before, ast.AnnAssign) and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            found[ast.unparse(before.target)] = " ".join(str(one.value.value).split())
    return found


def _methods(kind: Any) -> str:
    own = {name: one for name, one in _own(kind).items() if not name.startswith("_")}
    facts = [(name, inspect.getdoc(one) or "") for name, one in own.items() if isinstance(one, FACTS)]
    facts = [*_facts_of_init(kind), *facts]
    lines = [f"- `{name}`: {markdown(_flat(words), '.')}" for name, words in facts]
    lines += [_method(name, one) for name, one in own.items() if inspect.isfunction(one) and one.__doc__]
    return "\n".join(lines)


def _own(kind: Any) -> dict[str, Any]:
    """What a class has, and what it has from those of ours that aren't described by themselves."""
    described = {one for name in plugin.__all__ if inspect.isclass(one := getattr(plugin, name))} - {kind}
    elsewhere = {base for one in kind.__mro__ if one in described for base in one.__mro__}
    found: dict[str, Any] = {}
    for one in kind.__mro__:
        if one.__module__.startswith("novantic_core") and one not in elsewhere:
            found |= {name: member for name, member in vars(one).items() if name not in found}
    return found


def _facts_of_init(kind: Any) -> list[tuple[str, str]]:
    """The attributes that are set when one is made, and have a text below them."""
    if "__init__" not in vars(kind) or dataclasses.is_dataclass(kind):
        return []
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(kind.__init__))).body
    return [
        (ast.unparse(before.targets[0]).removeprefix("self."), str(one.value.value))
        for before, one in itertools.pairwise(made.body if isinstance(made, ast.FunctionDef) else [])
        if isinstance(before, ast.Assign) and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    ]


def _members(kind: Any) -> str:
    words = markdown(inspect.getdoc(kind) or "", ".")
    return f"{words}\n\n{_methods(kind)}"


def _method(name: str, one: Any) -> str:
    words, fields = split(inspect.getdoc(one) or "")
    return f"- `{name}({arguments(one)})`: {markdown(_flat(words), '.')}{_fields(fields)}"


def _fields(fields: list[tuple[str, str, str]]) -> str:
    heads = {"param": "`{name}`: ", "return": "gives ", "raises": "raises `{name}` "}
    return "".join(f"\n  - {heads[what].format(name=name)}{markdown(text, '.')}" for what, name, text in fields)


def _flat(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def _other(name: str) -> str:
    one = getattr(plugin, name)
    parts = [f"## {name}"]
    if name in CONSTANTS:
        parts.append(CONSTANTS[name])
    elif inspect.isfunction(one):
        words, fields = split(inspect.getdoc(one) or "")
        parts.append(f"`{name}({arguments(one)})`")
        parts.append(markdown(words, ".") + (f"\n{_fields(fields)}" if fields else ""))
    elif inspect.isclass(one):
        words, fields = split(inspect.getdoc(one) or "")
        parts.append(markdown(words, ".") + (f"\n{_fields(fields)}" if fields else ""))
        if methods := _methods(one):
            parts.append(methods)
    return "\n\n".join(parts)


FACTS = (property, cached_property)
PAGE_INTRO = (
    "A template of yours gets it as `page`, a view as `request.page`. The pieces of the layout are in it, too: what a "
    "theme draws of them is its own."
)
CONSTANTS = {
    "API_VERSION": "The version of the contract: the second number grows with additions, the first with what breaks.",
    "NAMING_CONVENTION": "How constraints and indexes are named: `MetaData(naming_convention=NAMING_CONVENTION)`.",
    "_": '`_("words")` marks words that are translated when somebody reads them; `mapping=` fills `${…}` in them.',
    "hookimpl": "Marks a function of a plugin as the implementation of the hook of the same name.",
}
