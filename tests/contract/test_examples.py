"""Each distribution under docs/examples, installed beside the wheel in an environment of its own, passes its tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from environments import ROOT

EXAMPLES = sorted(path.parent for path in (ROOT / "docs" / "examples").glob("*/pyproject.toml"))

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_tests_of_an_example_pass_in_an_empty_environment(install, folder: Path, tmp_path: Path):
    assert " passed" in install(folder).run_tests(folder, tmp_path)
