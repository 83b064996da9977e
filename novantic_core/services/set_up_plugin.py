"""A plugin's settings that the .ini file doesn't say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.plugin_settings import preference_key
from novantic_core.plugins import Plugin
from novantic_core.seal import BrokenSealError
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import set_preference
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError, Setting, Text

HIDDEN = "•••"
"""What the trail says in the place of a secret."""
REFUSED, SEALED = "refused", "sealed"


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
    """Why what was set on the page can't be read, so that the default holds: ``refused``, or ``sealed`` for a secret
    that another secret of the site's sealed."""
    set_at: datetime | None = None
    """When a secret was set on the page."""
    set_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a page may set it."""
        return self.source != "file"

    @property
    def is_kept(self) -> bool:
        """Whether something was set on the page, be it of use or not."""
        return self.source == "page" or bool(self.broken)

    @property
    def label(self) -> Text:
        """What it is called."""
        return self.setting.label or self.setting.name


def setting_states(site: Site, plugin: Plugin) -> Sequence[SettingState]:
    """Each setting of a plugin, as it is now, in the order of its schema."""
    return [_state(site, plugin, setting) for setting in site.plugin_schemas.get(plugin.name, ())]


def unreadable_secrets(site: Site) -> list[str]:
    """The secret settings that were set on a page and can't be opened any more, as ``plugin.setting``."""
    return [
        f"{plugin.name}.{state.setting.name}"
        for plugin in site.plugins
        for state in setting_states(site, plugin)
        if state.broken == SEALED
    ]


def _state(site: Site, plugin: Plugin, setting: Setting) -> SettingState:
    own = site.plugin_settings
    default = "" if setting.secret else as_text(setting.default)
    if own.in_file(plugin.name, setting.name):
        text = own.raw[f"novantic.{plugin.name}.{setting.name}"]
        return SettingState(setting, "file", "" if setting.secret else text, default)
    state = SettingState(setting, "default", default, default, **_stamp(site, plugin, setting))
    try:
        kept = own.set_on_page(plugin.name, setting, site.preferences)
    except BrokenSealError:
        return replace(state, broken=SEALED)
    if kept is None:
        return state
    state = replace(state, shown="" if setting.secret else kept)
    try:
        own.read(plugin, setting, kept)
    except ValueError:
        return replace(state, broken=REFUSED)
    return replace(state, source="page")


def _stamp(site: Site, plugin: Plugin, setting: Setting) -> dict[str, Any]:
    kept = site.preferences.values.get(preference_key(plugin.name, setting.name))
    if not setting.secret or not isinstance(kept, dict):
        return {}
    return {"set_at": datetime.fromisoformat(kept["at"]), "set_by": kept["by"]}


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
    site: Site, session: Session, plugin: Plugin, texts: Mapping[str, str], actor: Actor, now: datetime,
    forget: Collection[str] = (),
) -> bool:  # fmt: skip
    """Keep what was typed for a plugin's settings, by name; an empty text goes back to the default.

    An empty text of a secret leaves it as it is. What the .ini file says is passed over. True if anything changed.

    :param forget: names of secrets that are to go
    :raises FieldError: for one that its own check refuses; nothing is written then
    """
    values: dict[str, Any] = {}
    pairs: dict[str, tuple[Any, Any]] = {}
    for state in setting_states(site, plugin):
        name, secret = state.setting.name, state.setting.secret
        if not state.is_open or name not in texts:
            continue
        text = texts[name] or None
        if text is not None:
            _check(site, plugin, state.setting, text)
        if not secret:
            kept = site.preferences.values.get(preference_key(plugin.name, name))
            if kept != text:
                values[name], pairs[name] = text, (kept, text)
        elif text is not None:
            sealed = site.plugin_settings.seal(plugin.name, name, text)
            values[name] = {"sealed": sealed, "at": now.isoformat(), "by": actor.name}
            pairs[name] = (HIDDEN if state.is_kept else None, HIDDEN)
        elif name in forget and state.is_kept:
            values[name], pairs[name] = None, (HIDDEN, None)
    for name, value in values.items():
        set_preference(site, session, preference_key(plugin.name, name), value)
    if pairs:
        record_action(session, "plugin_set_up", actor, now, plugin.name, pairs)
    return bool(pairs)


def _check(site: Site, plugin: Plugin, setting: Setting, text: str) -> None:
    try:
        site.plugin_settings.read(plugin, setting, text)
    except ValueError:
        refusal = _("This can't be used here. It takes: ${takes}", mapping={"takes": setting.takes})
        raise FieldError(refusal, setting.name) from None
