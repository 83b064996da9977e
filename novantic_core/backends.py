"""Choosing among what plugins offer for one task: where attachments lie, what searches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from novantic_core import settings as settings_module
from novantic_core.plugins import Plugin, PluginStartError
from novantic_core.settings import Settings, SettingsError
from novantic_core.values import SearchBackend, SearchEngine, Storage, StorageBackend


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


class MissingStorage(NoStorage):
    """Where the storage's plugin is missing: its files are somewhere, and nothing of them may be forgotten."""

    def delete(self, key: str) -> None:
        raise OSError("the plugin that keeps the files is missing")


class MissingEngine:
    """Where the plugin whose search engine it is is missing. Nobody asks it for anything: its plugin is set aside."""

    def missing(self, connection: Any, indexes: Any) -> list[str]:
        return []

    def prepare(self, connection: Any, indexes: Any) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name}: the plugin of the search engine is missing")


MISSING_ENGINE_PLUGIN = Plugin("search engine", None, set_aside=True)
"""Stands for the plugin of a search engine that is missing: what is to be indexed waits."""


def choose_storage(
    settings: Settings, offered: Mapping[str, tuple[Plugin, StorageBackend]], left_out: Collection[str] = ()
) -> Storage:
    """The storage that ``novantic.storage`` names.

    :param left_out: plugins that aren't there to offer theirs
    :raises SettingsError: if no plugin offers it, or if it can't be made
    """
    if settings.storage not in offered and left_out:
        return MissingStorage()
    if not offered:
        return NoStorage()
    made: Storage = _choose(settings, "storage", settings.storage, offered)
    return made


def choose_engine(
    settings: Settings, offered: Mapping[str, tuple[Plugin | None, SearchBackend]],
    left_out: Collection[str] = (),
) -> SearchEngine:  # fmt: skip
    """The search engine that ``novantic.search`` names.

    :param left_out: plugins that aren't there to offer theirs
    :raises SettingsError: as for a storage
    """
    if settings.search not in offered and left_out:
        return MissingEngine()
    made: SearchEngine = _choose(settings, "search", settings.search, offered)
    return made


def _choose(settings: Settings, kind: str, name: str, offered: Mapping[str, tuple[Plugin | None, Any]]) -> Any:
    setting = f"{settings_module.PREFIX}{kind}"
    if name not in offered:
        raise SettingsError(f"{setting} = {name}: no enabled plugin offers it; there are: {', '.join(sorted(offered))}")
    plugin, backend = offered[name]
    prefix = f"{kind}.{name}."
    rest = {
        key.removeprefix(settings_module.PREFIX): text
        for key, text in settings.raw.items()
        if key.startswith(settings_module.PREFIX + prefix)
    }
    values = settings_module.read_schema(prefix, backend.settings, rest)
    if rest:
        unknown = next(iter(rest))
        raise SettingsError(f"{settings_module.PREFIX}{unknown} = {rest[unknown]}: there is no such setting")
    try:
        return backend.factory(values)
    except SettingsError:
        raise
    except (OSError, ValueError) as error:
        raise SettingsError(f"{setting} = {name}: {error}") from error
    except Exception as error:
        words = f"the {kind} {name} can't be made: {type(error).__name__}: {error}"
        if plugin is None:
            raise SettingsError(f"the core: {words}") from error
        raise PluginStartError(plugin.name, f"plugin {plugin.name}: {words}") from error
