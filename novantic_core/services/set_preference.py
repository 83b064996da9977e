"""Settings made on a page: writing them so that every process hears of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Preference
from novantic_core.site import Site


def set_preference(site: Site, session: Session, key: str, value: Any) -> None:
    """Keep a JSON-able value; None forgets it. It holds once the transaction is committed.

    docs/reference/preferences.md lists the keys.
    """
    if value is None:
        session.execute(delete(Preference).where(Preference.key == key))
    else:
        row = insert_or(session, Preference).values(key=key, value=value)
        session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value}))
    site.preferences_cache.forget_after_commit(session)


def set_words(site: Site, session: Session, key: str, words: dict[str, str]) -> None:
    """Keep the desk's own words for something, by language; without any, those of the plugin hold again."""
    given = {locale: text for locale, text in words.items() if text}
    set_preference(site, session, key, given or None)


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs, for the trail: name to (before, after)."""
    names = dict.fromkeys([*before, *after])
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
