"""The snapshot of what was set up in the back office."""

from __future__ import annotations

import pytest

from novantic_core.models import Preference
from novantic_core.preferences import PreferencesCache


@pytest.fixture
def cache(novantic_app):
    return PreferencesCache(novantic_app.site.database, 3600)


@pytest.fixture
def put(novantic_app):
    """Set a preference behind the cache's back."""

    def add(key, value):
        with novantic_app.transaction() as session:
            session.merge(Preference(key=key, value=value))

    return add


def test_a_change_shows_once_the_snapshot_is_forgotten(cache, put):
    before = cache.get()
    put("a", 1)
    assert cache.get() is before
    cache.forget()
    assert cache.get().values == {"a": 1}


def test_what_was_committed_while_it_was_read_is_not_missed(cache, put, monkeypatch):
    read = cache._read

    def slowly(before):
        found = read(before)
        if not found.values:
            put("a", 1)
            cache.forget()
        return found

    monkeypatch.setattr(cache, "_read", slowly)
    assert cache.get().values == {}
    assert cache.get().values == {"a": 1}


def test_nothing_new_is_the_same_snapshot_with_all_that_was_made_of_it(cache):
    first = cache.get()
    made = first.once("list", lambda kept: [kept.revision])
    cache.forget()
    assert cache.get() is first
    assert cache.get().once("list", lambda _kept: []) is made


def test_another_snapshot_begins_anew(cache, put):
    cache.get().once("list", lambda kept: [kept.revision])
    put("a", 1)
    cache.forget()
    assert cache.get().once("list", lambda kept: [kept.revision]) == [2]
