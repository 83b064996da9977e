"""What plugin authors test with is described, and needs nothing of the project's own tests."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from environments import ROOT, Environment

import novantic_core.testing
from novantic_core.testing.desk import SmallDesk
from novantic_core.testing.web import WebServer

PAGE = (ROOT / "docs" / "reference" / "testing.md").read_text("utf-8")
FIXTURES = {
    name: found
    for name in novantic_core.testing.__all__
    if type(found := getattr(novantic_core.testing, name)).__name__ == "FixtureFunctionDefinition"
}


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_each_fixture_is_described():
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## App")[0], re.MULTILINE)) == set(FIXTURES)
    assert [name for name, fixture in FIXTURES.items() if not fixture.__doc__] == []


@pytest.mark.parametrize("kind", [novantic_core.testing.App, novantic_core.testing.Mailbox, SmallDesk, WebServer])
def test_all_that_a_fixture_can_do_is_described(kind):
    described = PAGE.partition(f"## {kind.__name__}\n")[2].partition("\n## ")[0]
    fields = set(getattr(kind, "__dataclass_fields__", {}))
    assert {name for name in public(kind) - fields if not re.search(rf"`{name}\b", described)} == set()


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
@pytest.mark.parametrize("plugin", ["novantic_teamviewer", "novantic_critical"])
def test_the_tests_of_a_built_in_plugin_run_alone(environment_for_tests: Environment, plugin: str, tmp_path: Path):
    shutil.copytree(
        ROOT / "tests" / "plugins" / plugin, tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__")
    )
    assert " passed" in environment_for_tests.run(
        "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path
    )
