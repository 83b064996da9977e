"""Categories in the desk's own way: words, order, hidden ones, its own."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime

from sqlalchemy.orm import Session

from novantic_core.models import Category
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import changed, set_words
from novantic_core.site import Site
from novantic_core.values import Actor

OWN = "desk-"
"""How keys of the desk's own categories begin: no plugin's key may be the same one day."""


def words_key(key: str) -> str:
    """The preference that holds the desk's words for a category."""
    return f"category.{key}.label"


def category_row(site: Site, session: Session, key: str) -> Category:
    """The row of a category that is offered, made if it has none yet.

    :raises LookupError: if nobody offers it
    """
    row = session.get(Category, key)
    if row is None:
        if key not in site.all_categories:
            raise LookupError(f"no category {key!r}")
        # the plugin's words, not the desk's, which are a preference
        label = str.__str__(site.plugin_categories[key][1].label)
        row = Category(key=key, label=label[:120], plugin=site.category_plugin(key))
        session.add(row)
        session.flush()
    return row


def add_category(site: Site, session: Session, words: dict[str, str], actor: Actor, now: datetime) -> str:
    """Add a category of the desk's own, at the end; its key."""
    label = next(text for text in words.values() if text)
    last = max((category.order for category in site.all_categories.values()), default=0)
    key = _free_key(session, label)
    session.add(Category(key=key, label=label, plugin="", position=last + 10))
    session.flush()
    set_words(site, session, words_key(key), words)
    record_action(session, "category_added", actor, now, label)
    return key


def _free_key(session: Session, label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    stem = OWN + (re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or "category")
    if session.get(Category, stem) is None:
        return stem
    return f"{stem}-{secrets.token_hex(4)}"


def rename_category(
    site: Site, session: Session, key: str, words: dict[str, str], actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Give a category other words; none at all gives a plugin's its own back."""
    row = category_row(site, session, key)
    before = dict(site.preferences.words(words_key(key)))
    given = {locale: text for locale, text in words.items() if text}
    if not row.plugin:
        row.label = next(iter(given.values()))
    set_words(site, session, words_key(key), given)
    if before != given:
        record_action(session, "category_renamed", actor, now, row.label, changed(before, given))


def hide_category(site: Site, session: Session, key: str, hidden: bool, actor: Actor, now: datetime) -> None:
    """Offer a category no more, or again. Tickets that have it keep it."""
    row = category_row(site, session, key)
    if row.hidden == hidden:
        return
    row.hidden = hidden
    site.preferences_cache.forget_after_commit(session)
    record_action(session, "category_hidden" if hidden else "category_shown", actor, now, row.label)


def move_category(site: Site, session: Session, key: str, step: int, actor: Actor, now: datetime) -> None:
    """Let a category change places with the one above (``step`` -1) or below (1) it."""
    keys = moved(list(site.all_categories), key, step)
    for place, one in enumerate(keys):
        category_row(site, session, one).position = 10 * (place + 1)
    site.preferences_cache.forget_after_commit(session)
    record_action(session, "category_moved", actor, now, category_row(site, session, key).label)


def moved(keys: list[str], key: str, step: int) -> list[str]:
    """A list in which one changed places with its neighbour; the first can't go up, nor the last down.

    :raises LookupError: if it isn't in the list
    """
    if key not in keys:
        raise LookupError(key)
    here = keys.index(key)
    there = min(max(here + step, 0), len(keys) - 1)
    keys[here], keys[there] = keys[there], keys[here]
    return keys
