"""A plugin's settings that the .ini file doesn't say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.plugins import Plugin
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import changed, set_preference
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError, Setting, Text


@dataclass(frozen=True)
class SettingState:
    """A setting as it is: where its value comes from, and the text of it where it may be shown."""

    setting: Setting
    source: str
    """``file``, ``page`` or ``default``."""
    shown: str = ""
    """The text of the file or the page, or the default; empty for a secret."""
    default: str = ""
    broken: str = ""
    """What was set on the page and can't be read any more; the default holds."""

    @property
    def is_open(self) -> bool:
        """Whether a page may set it."""
        return self.source != "file" and not self.setting.secret

    @property
    def label(self) -> Text:
        """What it is called."""
        return self.setting.label or self.setting.name


def setting_states(site: Site, plugin: Plugin) -> Sequence[SettingState]:
    """Each setting of a plugin, as it is now, in the order of its schema."""
    return [_state(site, plugin, setting) for setting in site.plugin_schemas.get(plugin.name, ())]


def _state(site: Site, plugin: Plugin, setting: Setting) -> SettingState:
    default = "" if setting.secret else as_text(setting.default)
    if site.in_file(plugin.name, setting.name):
        text = site.settings.raw[f"novantic.{plugin.name}.{setting.name}"]
        return SettingState(setting, "file", "" if setting.secret else text, default)
    kept = site.preferences.values.get(f"plugin.{plugin.name}.{setting.name}")
    if not isinstance(kept, str) or setting.secret:
        return SettingState(setting, "default", default, default)
    try:
        site.read_setting(plugin, setting, kept)
    except ValueError:
        return SettingState(setting, "default", kept, default, broken=kept)
    return SettingState(setting, "page", kept, default)


def as_text(value: Any) -> str:
    """A default as it would stand in the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(str(item) for item in value)
    return str(value)


def set_up_plugin(
    site: Site, session: Session, plugin: Plugin, texts: Mapping[str, str], actor: Actor, now: datetime
) -> bool:  # fmt: skip
    """Keep what was typed for a plugin's settings, by name; an empty text goes back to the default.

    What the .ini file says and what is secret is passed over. True if anything changed.

    :raises FieldError: for one that its own check refuses; nothing is written then
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for state in setting_states(site, plugin):
        name = state.setting.name
        if not state.is_open or name not in texts:
            continue
        kept = site.preferences.values.get(f"plugin.{plugin.name}.{name}")
        text = texts[name] or None
        if text is not None:
            try:
                site.read_setting(plugin, state.setting, text)
            except ValueError:
                refusal = _("This can't be used here. It takes: ${takes}", mapping={"takes": state.setting.takes})
                raise FieldError(refusal, name) from None
        if kept != text:
            before[name], after[name] = kept, text
    for name, text in after.items():
        set_preference(site, session, f"plugin.{plugin.name}.{name}", text)
    if after:
        record_action(session, "plugin_set_up", actor, now, plugin.name, changed(before, after))
    return bool(after)
