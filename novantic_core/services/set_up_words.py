"""The desk's own words for priorities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import changed, set_words
from novantic_core.site import Site
from novantic_core.values import Actor


def rename_priorities(
    site: Site, session: Session, words: Mapping[str, dict[str, str]], actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Give priorities other words, by key and language; none at all gives one its plugin's back."""
    for key, by_locale in words.items():
        name = f"priority.{key}.label"
        before = dict(site.preferences.words(name))
        given = {locale: text for locale, text in by_locale.items() if text}
        if before != given:
            set_words(site, session, name, given)
            label = str.__str__(site.plugin_priorities[key].label)
            record_action(session, "priority_renamed", actor, now, label, changed(before, given))
