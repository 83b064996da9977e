"""Each test here really calls the hook that it is named for."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def hook_is_called(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example's hook is called during the test: a test that never gets to it proves nothing about it."""
    example = request.path.stem.removeprefix("test_")
    hook = example.replace("example_", "novantic_", 1)
    plugin = importlib.import_module(example)
    function = getattr(plugin, hook)
    calls: list[str] = []

    @functools.wraps(function)
    def noted(*args: object, **given: object) -> object:
        calls.append(hook)
        return function(*args, **given)

    monkeypatch.setattr(plugin, hook, noted)
    yield
    assert calls, f"{hook} was never called"
