"""The marks by which pluggy knows a spec and an implementation."""

from __future__ import annotations

import pluggy

PROJECT = "novantic"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""
