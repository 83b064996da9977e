"""Whether an installed plugin fits this version: what would stop the start, what would break later, what will go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata

from novantic_core import fitting
from novantic_core.finding import MisfitError, check_fit, installed, read, rivals, version_of
from novantic_core.services.check_package import wrong_files, wrong_tables
from novantic_core.settings import SettingsError


@dataclass(frozen=True)
class PluginReport:
    """What was found of one plugin, in sentences that say what to do."""

    name: str
    version: str
    enabled: bool
    asks: str
    """Which versions of the contract it says that it needs; empty if it doesn't say."""
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it can be used."""
        return not self.faults


def check_plugins(enabled: Sequence[str]) -> list[PluginReport]:
    """A report of each plugin: the enabled ones in their order, then the others that are installed, by name.

    No fault of one hides another: each is looked at by itself, and what it raises is its own report's.
    """
    found, twice = installed(), rivals()
    names = [*dict.fromkeys(enabled), *sorted(found.keys() - set(enabled))]
    return [_report(name, found.get(name), twice.get(name, ()), name in enabled) for name in names]


def _report(name: str, point: metadata.EntryPoint | None, owners: Sequence[str], enabled: bool) -> PluginReport:
    if point is None:
        gone = "it is not installed: install its distribution, or take it off novantic.plugins"
        return PluginReport(name, "", enabled, "", (gone,))
    faults, warnings, asks = [], [], fitting.needs_in_source(point.module)
    if owners:
        faults.append(f"{' and '.join(owners)} both have a plugin of this name: uninstall one of them")
    if wrong := fitting.wrong_name(name):
        faults.append(wrong)
    try:
        plugin = read(point)
        asks = fitting.needs(plugin.module)
        check_fit(name, asks)
        faults += _wrong(name, plugin.module)
        warnings += [str(use) for use in fitting.deprecated_uses(plugin.module)]
        if asks is None:
            warnings.append(f'it does not say which version of the contract it needs: {fitting.NEEDS} = ">=1.2,<2"')
    except MisfitError:
        faults.append(fitting.misfit(asks))
    except SettingsError as error:
        faults.append(str(error).removeprefix(f"plugin {name} "))
    except Exception as error:  # noqa: BLE001 - a module's attributes may do anything, and the others are to be told of
        faults.append(f"it can't be looked at: {type(error).__name__}: {error}")
    return PluginReport(name, version_of(point), enabled, str(asks or ""), tuple(faults), tuple(warnings))


def _wrong(name: str, module: object) -> Iterator[str]:
    yield from fitting.wrong_marks(module)
    yield from fitting.wrong_hooks(module)
    yield from wrong_files(module)
    yield from wrong_tables(name, module)
