"""Whatever is done to the desk can be read in the audit trail, in plain words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from novantic_core.values import EventKind
from novantic_core.views.admin.audit import SENTENCES
from novantic_core.views.admin.operations.audit import EVENT_KINDS
from novantic_core.views.admin.operations.deliveries import KINDS

CORE = Path(__file__).parents[2] / "novantic_core"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def words(node: ast.AST) -> set[str]:
    """The texts that an expression may be: a literal, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return words(node.body) | words(node.orelse)
    return set()


def calls(tree: ast.AST, name: str) -> Iterator[tuple[Function | None, ast.Call]]:
    """Each call of a function by its name, with the function it stands in."""
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef):
            yield from (
                (outer, node)
                for node in ast.walk(outer)
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
            )


def argument(call: ast.Call, place: int, name: str) -> ast.AST:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return named[name] if name in named else call.args[place]


def kinds(tree: ast.AST, function: Function | None, node: ast.AST) -> set[str]:
    """The texts that an argument may be, looked for where its name is given a value or its function is called."""
    found = words(node)
    if not isinstance(node, ast.Name) or function is None:
        return found
    for inner in ast.walk(function):
        if isinstance(inner, ast.Assign) and any(getattr(t, "id", "") == node.id for t in inner.targets):
            found |= words(inner.value)
    parameters = [argument.arg for argument in function.args.args]
    if node.id in parameters:
        for outer, call in calls(tree, function.name):
            found |= kinds(tree, outer, argument(call, parameters.index(node.id), node.id))
    return found


def recorded() -> Iterator[tuple[str, set[str]]]:
    for path in sorted(CORE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for function, call in calls(tree, "record_action"):
            if function is not None and function.name == "note_action":
                # a plugin's kinds come with their sentences, and no other is taken
                continue
            yield f"{path.name}:{call.lineno}", kinds(tree, function, argument(call, 1, "kind"))


def test_each_action_says_its_kind_where_it_can_be_found():
    assert [place for place, found in recorded() if not found] == []


def test_each_kind_of_action_has_a_sentence():
    missing = {kind: place for place, found in recorded() for kind in found if kind not in SENTENCES}
    assert missing == {}, "give it a sentence in novantic_core/views/admin/audit.py"


def test_each_kind_fits_its_column():
    assert [kind for kind in SENTENCES if len(kind) > 40] == []


def test_each_kind_of_event_can_be_filtered_by():
    assert set(EVENT_KINDS) == set(get_args(EventKind))


def test_each_kind_of_mail_has_its_words():
    folder = CORE.parent / "plugins" / "novantic_email" / "templates" / "mail"
    pieces = {"facts", "quote", "layout"}
    mails = {path.name.removesuffix(".html.pt") for path in folder.glob("*.html.pt")} - pieces
    assert mails - KINDS.keys() == set(), "give it words in novantic_core/views/admin/operations/deliveries.py"
