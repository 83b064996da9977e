"""Finding the plugins that are installed, and loading those that the settings name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from novantic_core.plugins import Plugin, Plugins
from novantic_core.settings import SettingsError

GROUP = "novantic.plugins"


def installed() -> dict[str, metadata.EntryPoint]:
    """Every plugin that is installed, enabled or not, by its entry point's name."""
    return {point.name: point for point in metadata.entry_points(group=GROUP)}


def load(names: Sequence[str], extra: Mapping[str, Any] | None = None, *, raise_faults: bool = False) -> Plugins:
    """The plugins of those names, in that order.

    :param extra: plugins by name that aren't installed (a test's own), preferred to installed ones
    :raises SettingsError: for one that isn't there, is named twice or can't be imported
    """
    found = installed()
    extra = extra or {}
    enabled: list[Plugin] = []
    for name in names:
        if any(plugin.name == name for plugin in enabled):
            raise SettingsError(f"novantic.plugins names {name} twice")
        if name in extra:
            enabled.append(Plugin(name, extra[name]))
            continue
        if name not in found:
            raise SettingsError(
                f"novantic.plugins: no plugin named {name!r} is installed; there are: {', '.join(sorted(found))}. "
                "Install its distribution, or take it off the list"
            )
        try:
            module = found[name].load()
        except Exception as error:
            raise SettingsError(f"plugin {name} can't be imported: {type(error).__name__}: {error}") from error
        dist = found[name].dist
        enabled.append(Plugin(name, module, dist.version if dist else ""))
    return Plugins(enabled, raise_faults=raise_faults)
