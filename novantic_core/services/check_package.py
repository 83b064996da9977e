"""Whether a plugin's package has all that it names: templates, static files, and migrations of its tables.

It is read, not run: what is missing is mostly missing from the wheel, and shows only when a page is asked for.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from novantic_core.models import Base

FOLDERS = ("templates", "static", "locale", "migrations")
_TEMPLATE = re.compile(r"[\w-]+(/[\w-]+)*\.pt")
_ASSET = re.compile(r"\basset\(\s*'([\w./-]+)'\s*\)")
_CORE = Path(__file__).parents[1]


def wrong_files(module: Any) -> Iterator[str]:
    """What a plugin's package names and doesn't have."""
    package = _package(module)
    if package is None:
        yield from _out_of_reach(module)
        return
    hint = "is its folder in [options.package_data]?"
    for name in sorted(_templates_named(package)):
        if not _is_there(package, "templates", name):
            yield f"it draws the template {name}, which is not there: {hint}"
    for name in sorted(_assets_named(package)):
        if not _is_there(package, "static", name):
            yield f"its templates name the file {name}, which is not in static/: {hint}"


def wrong_tables(name: str, module: Any) -> Iterator[str]:
    """Tables of a plugin that don't begin with its name, that the core has, or that no migration makes."""
    package = _package(module)
    modelled, made = _modelled(module), _made(package)
    for table in sorted(modelled | made):
        if table in Base.metadata.tables:
            yield f"its table {table} is one of the core's: its name has to begin with {name}_"
        elif table != name and not table.startswith(f"{name}_"):
            yield f"its table {table} does not begin with {name}_: other plugins may have one of that name"
    scripts = list((package / "migrations").rglob("*.py")) if package is not None else []
    if modelled and not any(script.name != "__init__.py" for script in scripts):
        yield f"no migration makes its tables ({', '.join(sorted(modelled))}): is migrations/ in its distribution?"


def _package(module: Any) -> Path | None:
    return next((Path(base) for base in getattr(module, "__path__", ())), None)


def _out_of_reach(module: Any) -> Iterator[str]:
    """A module inside a package: the package's folders aren't looked for."""
    file, parent = getattr(module, "__file__", None), getattr(module, "__package__", "")
    if not file or not parent:
        return
    for folder in FOLDERS:
        if (Path(file).parent / folder).is_dir():
            yield f"nothing looks into its {folder}/: let the entry point name the package, {parent}"


def _is_there(package: Path, kind: str, name: str) -> bool:
    return (package / kind / name).is_file() or (_CORE / kind / name).is_file()


def _templates_named(package: Path) -> set[str]:
    texts = (node.value for tree in _trees(package) for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and _TEMPLATE.fullmatch(text)}


def _assets_named(package: Path) -> set[str]:
    pages = (package / "templates").rglob("*.pt")
    return {name for page in pages for name in _ASSET.findall(page.read_text("utf-8", errors="replace"))}


def _trees(folder: Path) -> Iterator[ast.Module]:
    for path in sorted(folder.rglob("*.py")):
        try:
            yield ast.parse(path.read_text("utf-8", errors="replace"))
        except (SyntaxError, ValueError):
            # nothing has imported it yet; whoever does will hear of it
            continue


def _modelled(module: Any) -> set[str]:
    """Tables of the models in a plugin's modules, its ``models`` among them wherever they are imported from."""
    name = module.__name__
    if getattr(module, "__path__", None) and importlib.util.find_spec(f"{name}.models") is not None:
        importlib.import_module(f"{name}.models")
    found: set[str] = set()
    for loaded, inner in list(sys.modules.items()):
        if loaded == name or loaded.startswith(f"{name}."):
            for value in list(vars(inner).values()):
                metadata = value if isinstance(value, MetaData) else _metadata_of(value)
                if metadata is not None and metadata is not Base.metadata:
                    found.update(metadata.tables)
    return found


def _metadata_of(value: Any) -> MetaData | None:
    is_model = isinstance(value, type) and issubclass(value, DeclarativeBase) and value is not DeclarativeBase
    return value.metadata if is_model else None


def _made(package: Path | None) -> set[str]:
    """Tables that a package's migrations make."""
    if package is None:
        return set()
    calls = (
        node.args[0]
        for tree in _trees(package / "migrations")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "create_table"
        if node.args
    )
    return {first.value for first in calls if isinstance(first, ast.Constant) and isinstance(first.value, str)}
