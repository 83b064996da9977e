"""The house's own rules, those that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("novantic_core", "plugins", "themes", "tests", "tools", "bench", "docs")
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").is_file())
LONGEST = 400


def sources(*suffixes: str) -> Iterator[Path]:
    for part in PARTS:
        yield from (path for path in (ROOT / part).rglob("*") if path.suffix in suffixes)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides what is imported"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "novantic_core")


def test_no_file_needs_a_scroll_of_more_than_400_lines():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in sources(".py", ".pt", ".css", ".js")}
    assert {path.name: length for path, length in lengths.items() if length > LONGEST} == {}


def test_no_module_is_called_utils():
    vague = re.compile(r"(^|_)(utils?|helpers?|misc|common)$")
    assert [path for path in sources(".py") if vague.search(path.stem) or vague.search(path.parent.name)] == []


def test_no_line_is_left_out_of_the_coverage():
    marker = "pragma: " + "no cover"
    assert [path for path in sources(".py") if marker in path.read_text("utf-8")] == []


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_imports_its_own_modules_and_the_public_one(plugin):
    mine = (plugin, "novantic_core.plugin")
    foreign = {
        name
        for path in (ROOT / "plugins" / plugin).rglob("*.py")
        for name in imports(path)
        if name.startswith("novantic") and not any(name == own or name.startswith(f"{own}.") for own in mine)
    }
    # `from novantic_core.plugin import X` names both; a bare `novantic_core` would open everything
    assert foreign == set()


def test_the_tests_of_a_plugin_stand_on_what_is_public():
    public = ("novantic_core.plugin", "novantic_core.testing")
    # they are about a site with two brands, which takes themes and settings that several of the core's tests share
    excepted = {("test_faq_brands.py", "two_brands"), ("test_brands_of_mail.py", "two_brands")}
    here = {path.stem for path in (ROOT / "tests").rglob("*.py") if "plugins" not in path.parts}
    foreign = {
        (path.name, name)
        for path in (ROOT / "tests" / "plugins").rglob("*.py")
        for name in imports(path)
        if (name.startswith("novantic_core.") and not name.startswith(public)) or name.partition(".")[0] in here
    }
    assert foreign - excepted == set()
