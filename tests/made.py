"""Plugins that tests make of a few functions."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from novantic_core.plugin import hookimpl


def plugin(**hooks: Callable[..., Any]) -> types.ModuleType:
    """A plugin module whose hooks are these functions, by name without the prefix."""
    module = types.ModuleType("made")
    for name, given in hooks.items():
        # a function of its own: the marker is kept on the function
        function = types.FunctionType(given.__code__, given.__globals__, name, given.__defaults__, given.__closure__)
        setattr(module, f"novantic_{name}", hookimpl(function, specname=f"novantic_{name}"))
    return module
