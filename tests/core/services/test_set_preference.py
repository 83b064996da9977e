"""A preference holds once it is committed, and not before."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import Preference
from novantic_core.services.set_preference import changed, set_preference, set_words


def value(app, key="second_factor.required"):
    return app.site.preferences.values.get(key)


def test_it_is_heard_of_after_the_commit(novantic_app):
    site = novantic_app.site
    assert value(novantic_app) is None
    with novantic_app.transaction() as session:
        set_preference(site, session, "second_factor.required", True)
        assert value(novantic_app) is None
    assert value(novantic_app) is True


def test_a_savepoint_s_end_is_no_commit(novantic_app):
    site = novantic_app.site
    before = site.preferences
    with novantic_app.transaction() as session:
        with session.begin_nested():
            set_preference(site, session, "second_factor.required", True)
        assert site.preferences is before
    assert value(novantic_app) is True


def test_what_was_taken_back_never_held(novantic_app):
    def fail():
        with novantic_app.transaction() as session:
            set_preference(novantic_app.site, session, "second_factor.required", True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert value(novantic_app) is None


def test_another_value_takes_its_place_and_none_takes_it_away(novantic_app):
    for new in (1, 2, None, None):
        with novantic_app.transaction() as session:
            set_preference(novantic_app.site, session, "x", new)
        assert value(novantic_app, "x") == new
    with novantic_app.transaction() as session:
        assert session.scalars(select(Preference)).all() == []


def test_words_without_any_are_forgotten(novantic_app):
    for words, kept in (({"fr": "Réseau", "en": ""}, {"fr": "Réseau"}), ({"fr": "", "en": ""}, None)):
        with novantic_app.transaction() as session:
            set_words(novantic_app.site, session, "x", words)
        assert value(novantic_app, "x") == kept


def test_what_changed_is_what_differs():
    assert changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == {"b": (2, 3), "c": (None, 4)}
