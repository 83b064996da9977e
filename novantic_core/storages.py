"""Choosing where attachments lie, among what plugins offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from novantic_core import settings as settings_module
from novantic_core.plugins import Plugin
from novantic_core.settings import Settings, SettingsError
from novantic_core.values import Storage, StorageBackend


class NoStorage:
    """Where no plugin offers a storage: files are refused with a sentence, the rest of the site works."""

    def put(self, key: str, source: Any) -> None:
        raise OSError("no storage is configured")

    def open(self, key: str) -> Any:
        raise KeyError(key)

    def delete(self, key: str) -> None:
        return None

    def stale(self, before: Any) -> Iterable[str]:
        return ()

    def check(self) -> None:
        return None


def choose_storage(settings: Settings, backends: Mapping[str, tuple[Plugin, StorageBackend]]) -> Storage:
    """The storage that ``novantic.storage`` names.

    :raises SettingsError: if no plugin offers it, or if it can't be made
    """
    if not backends:
        return NoStorage()
    if settings.storage not in backends:
        raise SettingsError(
            f"novantic.storage = {settings.storage}: no enabled plugin offers it; "
            f"there are: {', '.join(sorted(backends))}"
        )
    plugin, backend = backends[settings.storage]
    prefix = f"storage.{backend.name}."
    rest = {
        key.removeprefix(settings_module.PREFIX): text
        for key, text in settings.raw.items()
        if key.startswith(settings_module.PREFIX + prefix)
    }
    values = settings_module.read_schema(prefix, backend.settings, rest)
    if rest:
        name = next(iter(rest))
        raise SettingsError(f"{settings_module.PREFIX}{name} = {rest[name]}: there is no such setting")
    try:
        return backend.factory(values)
    except SettingsError:
        raise
    except (OSError, ValueError) as error:
        raise SettingsError(f"novantic.storage = {backend.name}: {error}") from error
    except Exception as error:
        raise SettingsError(
            f"plugin {plugin.name}: the storage {backend.name} can't be made: {type(error).__name__}: {error}"
        ) from error
