"""The settings of plugins as they are now: what the .ini file says, then what was set on a page, then the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from novantic_core.plugins import Plugin, Plugins
from novantic_core.preferences import Preferences
from novantic_core.seal import BrokenSealError, Keys, seal, unseal
from novantic_core.settings import PREFIX
from novantic_core.values import Setting

SHORTEST_SECRET = 4
"""What is shorter isn't looked for in texts: it is in every second word."""


@dataclass(frozen=True)
class PluginSettings:
    """How the settings of all enabled plugins are read."""

    plugins: Plugins
    schemas: Mapping[str, Sequence[Setting]]
    """What each plugin asks for, in its order."""
    from_file: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """What the .ini file says, and the defaults of the rest."""
    raw: Mapping[str, str] = field(repr=False)
    keys: Keys = field(repr=False)

    def in_file(self, plugin: str, setting: str) -> bool:
        """Whether the .ini file says what it is, so that no page may."""
        return f"{PREFIX}{plugin}.{setting}" in self.raw

    def read_all(self, plugin: str, kept: Preferences) -> Mapping[str, Any]:
        """A plugin's settings.

        What was set on a page and can't be read any more counts for nothing: the plugin takes something else now, or
        the site has another secret than when it was sealed.
        """
        merged = dict(self.from_file.get(plugin, {}))
        owner = self.plugins.get(plugin)
        for setting in self.schemas.get(plugin, ()) if owner is not None else ():
            if "*" in setting.name:
                continue  # of the file only
            try:
                text = self.set_on_page(plugin, setting, kept)
                if text is not None and owner is not None:
                    merged[setting.name] = self.read(owner, setting, text)
            except (ValueError, BrokenSealError):
                continue
        return merged

    def set_on_page(self, plugin: str, setting: Setting, kept: Preferences) -> str | None:
        """The text that was set on a page, opened if it is secret; None if none was, or if the file says it.

        :raises BrokenSealError: if it is secret and can't be opened
        """
        if self.in_file(plugin, setting.name):
            return None
        found = kept.values.get(preference_key(plugin, setting.name))
        if setting.secret:
            sealed = found.get("sealed") if isinstance(found, dict) else None
            return unseal(self.keys, _purpose(plugin, setting.name), sealed) if isinstance(sealed, str) else None
        return found if isinstance(found, str) else None

    def seal(self, plugin: str, setting: str, text: str) -> str:
        """A secret as it is kept: of no use for another setting, nor without the site's secret."""
        return seal(self.keys, _purpose(plugin, setting), text)

    def read(self, plugin: Plugin, setting: Setting, text: str) -> Any:
        """What a setting's own check makes of a text.

        :raises ValueError: if it refuses it, or fails
        """
        with self.plugins.guarded(plugin, f"reading the setting {setting.name}", stops=(ValueError, TypeError)):
            try:
                return setting.parse(text)
            except (ValueError, TypeError) as error:
                raise ValueError("it isn't what is taken" if setting.secret else str(error)) from None
            except Exception as error:
                if setting.secret:
                    # what it says may repeat the secret, and is logged and shown
                    raise RuntimeError(f"{type(error).__name__}, whose text is kept back") from None
                raise
        raise ValueError("its check failed")

    # ------------------------------------------------------------------ secrets in what others say

    def without_secrets(self, plugin: str, text: str, kept: Preferences) -> str:
        """A text of a plugin's, as a fault's, without the secrets that it was given."""
        for secret in sorted(self._secrets(plugin, kept), key=len, reverse=True):
            text = text.replace(secret, "…")
        return text

    def _secrets(self, plugin: str, kept: Preferences) -> Iterator[str]:
        for setting in self.schemas.get(plugin, ()):
            if not setting.secret:
                continue
            if "*" in setting.name:
                before, _star, after = f"{PREFIX}{plugin}.{setting.name}".partition("*")
                yield from (
                    text for key, text in self.raw.items() if key.startswith(before) and key.endswith(after)
                    and len(text) >= SHORTEST_SECRET
                )  # fmt: skip
                continue
            try:
                text = self.raw.get(f"{PREFIX}{plugin}.{setting.name}") or self.set_on_page(plugin, setting, kept)
            except BrokenSealError:
                continue
            if text is not None and len(text) >= SHORTEST_SECRET:
                yield text


def preference_key(plugin: str, setting: str) -> str:
    """Under which key of the preferences it is kept what a page sets."""
    return f"plugin.{plugin}.{setting}"


def _purpose(plugin: str, setting: str) -> str:
    return f"plugin setting {plugin}.{setting}"
