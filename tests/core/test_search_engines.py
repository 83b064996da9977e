"""Choosing a search engine, and what a plugin's may do wrong."""

from __future__ import annotations

import types
from typing import Any

import pytest

from novantic_core.desk import Desk
from novantic_core.models import SearchPending, Ticket
from novantic_core.plugin import SearchBackend, SearchIndex, Setting, SettingsError, hookimpl
from novantic_core.site import build


class Engine:
    """One that can be told to fail."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        def method(*_given: Any, **_options: Any) -> list[Any]:
            if self.broken:
                raise OSError("no answer")
            return []

        return method


def offering(name: str = "far", factory: Any = Engine, index: str | None = None) -> types.ModuleType:
    made = types.ModuleType("made")

    @hookimpl
    def novantic_search_engines() -> list[SearchBackend]:
        return [SearchBackend(name, factory, (Setting("url", "an address", str.strip, "http://localhost"),))]

    @hookimpl
    def novantic_search_indexes() -> list[SearchIndex]:
        return [SearchIndex(index, "It", lambda session, ids: [], lambda session, after, limit: [])] if index else []

    made.novantic_search_engines = novantic_search_engines  # type: ignore[attr-defined]
    made.novantic_search_indexes = novantic_search_indexes  # type: ignore[attr-defined]
    return made


def site(plugin: types.ModuleType | None = None, **changes: str) -> Any:
    settings = {
        "sqlalchemy.url": "sqlite:///nowhere/novantic.db",
        "novantic.site_url": "http://support.example.com",
        "novantic.secret": "0123456789abcdef" * 4,
        "novantic.plugins": "a" if plugin else "",
        **changes,
    }
    return build(settings, {"a": plugin} if plugin else None)


def test_an_engine_is_chosen_by_its_name_and_gets_its_settings():
    made = site(offering(), **{"novantic.search": "far", "novantic.search.far.url": "http://far.example"})

    assert made.search_engine.settings == {"url": "http://far.example"}
    assert made.search_plugin.name == "a"


def test_without_a_word_it_is_the_core_s():
    assert site(offering()).search_plugin is None


def test_one_that_nobody_offers():
    with pytest.raises(SettingsError, match=r"novantic\.search = near: no enabled plugin offers it; there are"):
        site(**{"novantic.search": "near"})


def test_a_setting_that_it_does_not_take():
    with pytest.raises(SettingsError, match=r"novantic.search.far.color = red: there is no such setting"):
        site(offering(), **{"novantic.search": "far", "novantic.search.far.color": "red"})


def test_one_that_can_not_be_made():
    def fail(_settings: Any) -> None:
        raise RuntimeError("no key")

    with pytest.raises(SettingsError, match="plugin a: the search far can't be made: RuntimeError: no key"):
        site(offering(factory=fail), **{"novantic.search": "far"})


def test_the_core_s_name_is_taken():
    with pytest.raises(SettingsError, match="plugin a: the search engine 'database' is the core's own"):
        site(offering("database"))


@pytest.mark.parametrize("name", ["ticket", "b", "a-b", "A", "a_" + "b" * 60, "a; DROP TABLE ticket", "ab"])
def test_an_index_begins_with_its_plugin_s_name(name):
    with pytest.raises(SettingsError, match=r"plugin a: the index .* takes a name of small letters"):
        site(offering(index=name))


def test_one_that_does_is_known():
    assert list(site(offering(index="a_shelf")).search_indexes) == ["ticket", "a_shelf"]


@pytest.mark.novantic(
    plugins=["webform", "far"],
    extra_plugins={"far": offering()},
    settings={"novantic.search": "far", "novantic.debug": "false"},
)
def test_an_engine_that_fails_loses_no_ticket_and_finds_nothing(novantic_app, small_desk, count, portal):
    novantic_app.site.search_engine.broken = True
    small_desk.open(subject="Panne")

    with novantic_app.transaction() as session:
        assert list(Desk(novantic_app.site, session).find("ticket", "panne")) == []
    assert (count(Ticket), count(SearchPending)) == (1, 1)
    assert portal.get("/readyz", status=503).text == "search: not ready\n"

    for _time in range(5):
        small_desk.open(subject="Panne")
    assert novantic_app.site.plugins.get("far").set_aside
    with novantic_app.transaction() as session:
        assert list(Desk(novantic_app.site, session).find("ticket", "panne")) == []
