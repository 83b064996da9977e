"""Finding the plugins that are installed, and loading those that the settings name."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from novantic_core import fitting
from novantic_core.plugins import Plugin, Plugins
from novantic_core.settings import SettingsError

GROUP = "novantic.plugins"


class MisfitError(SettingsError):
    """A plugin that is there, and made for another version of the contract."""


def installed() -> dict[str, metadata.EntryPoint]:
    """Every plugin that is installed, enabled or not, by its entry point's name."""
    return {point.name: point for point in metadata.entry_points(group=GROUP)}


def rivals() -> dict[str, list[str]]:
    """Names that more than one distribution has a plugin by, and those distributions; which one is used is chance."""
    found: dict[str, set[str]] = {}
    for point in metadata.entry_points(group=GROUP):
        found.setdefault(point.name, set()).add(point.dist.name if point.dist else point.value)
    return {name: sorted(owners) for name, owners in found.items() if len(owners) > 1}


def load(names: Sequence[str], extra: Mapping[str, Any] | None = None, *, raise_faults: bool = False) -> Plugins:
    """The plugins of those names, in that order.

    :param extra: plugins by name that aren't installed (a test's own), preferred to installed ones
    :raises SettingsError: for one that isn't there, is named twice or can't be imported
    :raises MisfitError: for one that is made for another version of the contract
    """
    found, twice = installed(), rivals()
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
        if name in twice:
            raise SettingsError(
                f"novantic.plugins: {' and '.join(twice[name])} both have a plugin named {name}; uninstall one of them"
            )
        enabled.append(read(found[name]))
    for plugin in enabled:
        check_fit(plugin.name, fitting.needs(plugin.module))
    plugins = Plugins(enabled, raise_faults=raise_faults)
    for plugin in plugins:
        for use in fitting.deprecated_uses(plugin.module):
            logging.getLogger(f"novantic.plugin.{plugin.name}").warning("plugin %s: %s", plugin.name, use)
    return plugins


def read(point: metadata.EntryPoint) -> Plugin:
    """An installed plugin, imported.

    :raises MisfitError: if it is made for another version of the contract, whatever its import makes of that
    :raises SettingsError: if it can't be imported
    """
    try:
        module = point.load()
    except Exception as error:
        check_fit(point.name, fitting.needs_in_source(point.module))
        raise SettingsError(f"plugin {point.name} can't be imported: {type(error).__name__}: {error}") from error
    return Plugin(point.name, module, version_of(point))


def check_fit(name: str, asked: Any) -> None:
    """Refuse a plugin that asks for another version of the contract.

    :raises MisfitError: in one line, with the mend
    """
    wrong = fitting.misfit(asked)
    if wrong:
        raise MisfitError(f"plugin {name}: {wrong}, or take it off novantic.plugins")


def version_of(point: metadata.EntryPoint) -> str:
    """The version of the distribution that brings a plugin; empty if that isn't known."""
    return point.dist.version if point.dist else ""
