"""Finding the plugins that are installed, and loading those that the settings name."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

from novantic_core import fitting
from novantic_core.plugins import LeftOut, Plugin, Plugins, PluginStartError
from novantic_core.settings import SettingsError

GROUP = "novantic.plugins"


OWN = "novantic"
"""The distribution whose plugins safe mode uses."""


class MisfitError(PluginStartError):
    """A plugin that is there, and made for another version of the contract."""


def points() -> Iterable[metadata.EntryPoint]:
    """The entry points of all plugins that are installed; two distributions may have one of the same name."""
    return metadata.entry_points(group=GROUP)


def installed(found: Iterable[metadata.EntryPoint] | None = None) -> dict[str, metadata.EntryPoint]:
    """Every plugin that is installed, enabled or not, by its entry point's name.

    :param found: the :func:`points`, for who has them already
    """
    return {point.name: point for point in (points() if found is None else found)}


def _find(name: str, found: Mapping[str, metadata.EntryPoint], twice: Mapping[str, list[str]]) -> Plugin:
    if name not in found:
        raise PluginStartError(
            name,
            f"novantic.plugins: no plugin named {name!r} is installed; there are: {', '.join(sorted(found))}. "
            "Install its distribution, or take it off the list",
        )
    if name in twice:
        raise SettingsError(
            f"novantic.plugins: {' and '.join(twice[name])} both have a plugin named {name}; uninstall one of them"
        )
    return read(found[name])


def is_own(name: str, found: Mapping[str, metadata.EntryPoint], extra: Mapping[str, Any]) -> bool:
    """Whether a plugin comes with Novantic itself."""
    if name in extra or name not in found:
        return False
    dist = found[name].dist
    return dist is not None and dist.name.lower() == OWN


def rivals(found: Iterable[metadata.EntryPoint] | None = None) -> dict[str, list[str]]:
    """Names that more than one distribution has a plugin by, and those distributions; which one is used is chance.

    :param found: the :func:`points`, for who has them already
    """
    by_name: dict[str, list[metadata.EntryPoint]] = {}
    for point in points() if found is None else found:
        by_name.setdefault(point.name, []).append(point)
    # to know a distribution's name its whole description is read
    owners_of = {
        name: {point.dist.name if point.dist else point.value for point in several}
        for name, several in by_name.items() if len(several) > 1
    }  # fmt: skip
    return {name: sorted(owners) for name, owners in owners_of.items() if len(owners) > 1}


def load(
    names: Sequence[str], extra: Mapping[str, Any] | None = None, *, raise_faults: bool = False,
    left_out: Mapping[str, LeftOut] | None = None, safe_mode: bool = False,
) -> Plugins:  # fmt: skip
    """The plugins of those names, in that order.

    :param extra: plugins by name that aren't installed (a test's own), preferred to installed ones
    :param left_out: those that are known not to be usable
    :param safe_mode: whether to use the distribution's own only
    :raises SettingsError: for one that is named twice
    :raises PluginStartError: for one that isn't there or can't be imported
    :raises MisfitError: for one that is made for another version of the contract
    """
    # read once: it takes a tenth of the time of making a site
    all_points = points()
    found, twice = installed(all_points), rivals(all_points)
    extra = extra or {}
    absent = dict(left_out or {})
    enabled: list[Plugin] = []
    for name in names:
        if list(names).count(name) > 1:
            raise SettingsError(f"novantic.plugins names {name} twice")
        if safe_mode and not is_own(name, found, extra):
            absent[name] = LeftOut("safe mode uses no plugin that doesn't come with Novantic", safe_mode=True)
        if name in absent:
            continue
        enabled.append(Plugin(name, extra[name]) if name in extra else _find(name, found, twice))
    for plugin in enabled:
        check_fit(plugin.name, fitting.needs(plugin.module))
    plugins = Plugins(enabled, raise_faults=raise_faults, left_out=absent)
    for plugin in plugins:
        for use in fitting.deprecated_uses(plugin.module):
            logging.getLogger(f"novantic.plugin.{plugin.name}").warning("plugin %s: %s", plugin.name, use)
    return plugins


def read(point: metadata.EntryPoint) -> Plugin:
    """An installed plugin, imported.

    :raises MisfitError: if it is made for another version of the contract, whatever its import makes of that
    :raises PluginStartError: if it can't be imported
    """
    try:
        module = point.load()
    except (Exception, SystemExit) as error:
        check_fit(point.name, fitting.needs_in_source(point.module))
        words = f"plugin {point.name} can't be imported: {type(error).__name__}: {error}"
        raise PluginStartError(point.name, words) from error
    return Plugin(point.name, module, version_of(point))


def check_fit(name: str, asked: Any) -> None:
    """Refuse a plugin that asks for another version of the contract.

    :raises MisfitError: in one line, with the mend
    """
    wrong = fitting.misfit(asked)
    if wrong:
        raise MisfitError(name, f"plugin {name}: {wrong}, or take it off novantic.plugins")


def version_of(point: metadata.EntryPoint) -> str:
    """The version of the distribution that brings a plugin; empty if that isn't known."""
    return _version(point.dist) if point.dist else ""


@functools.lru_cache(maxsize=16)
def _version(dist: metadata.Distribution) -> str:
    # the whole description is parsed for it, and a distribution may bring many plugins
    return dist.version
