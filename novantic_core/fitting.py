"""Whether a plugin is made for this version of the contract, and what it uses of it that will go.

A plugin's module says what it needs: ``novantic_api = ">=1.2,<2"``, a specifier of versions as pip's.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from novantic_core import hookspecs
from novantic_core.hookspecs.marks import API_VERSION, Deprecated

NEEDS = "novantic_api"
"""The name under which a plugin's module says which versions of the contract it works with."""
VERSION = ".".join(map(str, API_VERSION))
MARK = f"{hookspecs.PROJECT}_impl"
"""The attribute by which pluggy's ``hookimpl`` marks a function."""
TAKEN = frozenset({"core", "novantic_core", "storage", "search", "brand", "attachments"})
"""Names under which the core has tables, jobs or settings of its own."""


def needs(module: Any) -> Any:
    """What a plugin's module says that it needs; None if it says nothing."""
    return getattr(module, NEEDS, None)


def needs_in_source(module_name: str) -> str | None:
    """The same, read from the module's file: one for another contract may ask for names that can't be imported here.

    None as well if the file can't be found or read, or says it otherwise than as a plain text.
    """
    try:
        spec = importlib.util.find_spec(module_name)
        source = Path(spec.origin).read_text("utf-8") if spec is not None and spec.origin else ""
        body = ast.parse(source).body
    except Exception:  # noqa: BLE001 - the package around it is imported for this, and may raise whatever it likes
        return None
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        value = getattr(statement, "value", None)
        named = any(isinstance(target, ast.Name) and target.id == NEEDS for target in targets)
        if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return None


def misfit(asked: Any) -> str:
    """Why a plugin that asks for these versions doesn't fit; empty if it does, or asks for none."""
    if asked is None:
        return ""
    try:
        fits = SpecifierSet(asked).contains(VERSION, prereleases=True) if isinstance(asked, str) else None
    except InvalidSpecifier:
        fits = None
    if fits is None:
        return f'{NEEDS} = {asked!r:.80}: it takes versions of the contract, as ">=1.2,<2"'
    if fits:
        return ""
    return (
        f"it asks for version {asked} of the contract of plugins, this is {VERSION}: install a release of it "
        f"that is made for {VERSION}, or the Novantic that it asks for"
    )


def wrong_name(name: str) -> str:
    """Why nothing can be kept under a plugin's name; empty if it can."""
    if name in TAKEN:
        return f"the core has tables, jobs or settings under the name {name}: give the entry point another one"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return "its name takes small letters, figures and underscores, since its tables begin with it"
    return ""


def wrong_marks(module: Any) -> Iterator[str]:
    """Each hook of a plugin's module without its mark or with one that no call heeds: nothing else would say so."""
    for name, value in vars(module).items():
        if not name.startswith("novantic_") or not inspect.isfunction(value):
            continue
        options = getattr(value, MARK, None)
        if options is None:
            yield f"{name} lacks its mark: put @hookimpl on the line before it"
        elif options["wrapper"] or options["hookwrapper"]:
            yield f"{name} is a wrapper around other plugins, which no hook takes"


def wrong_hooks(module: Any) -> Iterator[str]:
    """Each hook of a plugin's module that isn't in the contract, or takes a parameter that isn't."""
    for hook, parameters in implementations(module):
        spec = spec_of(hook)
        if spec is None:
            yield f"{hook} is no hook of version {VERSION}: look at its spelling, or say by {NEEDS} what it needs"
            continue
        for parameter in parameters:
            if parameter not in spec.argnames:
                there = ", ".join(spec.argnames) or "none"
                yield f"{hook} takes {parameter}, which is no parameter of it in version {VERSION}; there are: {there}"


@dataclass(frozen=True)
class DeprecatedUse:
    """A plugin's use of something that will go."""

    hook: str
    parameter: str
    """Empty if the hook itself will go."""
    notice: Deprecated

    def __str__(self) -> str:
        return f"{self.hook} takes {self.parameter}, {self.notice}" if self.parameter else f"{self.hook}, {self.notice}"


def deprecated_uses(module: Any) -> list[DeprecatedUse]:
    """What a plugin's module uses that will go, hook by hook."""
    uses = []
    for hook, function_parameters in implementations(module):
        spec = spec_of(hook)
        if spec is None:
            continue
        if isinstance(spec.warn_on_impl, Deprecated):
            uses.append(DeprecatedUse(hook, "", spec.warn_on_impl))
        for parameter, notice in (spec.warn_on_impl_args or {}).items():
            if parameter in function_parameters and isinstance(notice, Deprecated):
                uses.append(DeprecatedUse(hook, parameter, notice))
    return uses


def implementations(module: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each hook that a plugin's module implements, known here or not, and the parameters that it takes."""
    # without specs, pluggy looks at the marks and judges nothing
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.register(module)
    for caller in sorted(manager.get_hookcallers(module) or (), key=lambda caller: caller.name):
        for implementation in caller.get_hookimpls():
            yield caller.name, implementation.argnames


def spec_of(hook: str) -> Any:
    """What pluggy knows of a hook: ``argnames``, ``warn_on_impl``, ``warn_on_impl_args``; None if there is no such."""
    caller = getattr(_specs().hook, hook, None)
    return caller.spec if caller is not None else None


@functools.cache
def _specs() -> pluggy.PluginManager:
    # they are what this module's import made them, and reading them takes as long as much of a start
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager
