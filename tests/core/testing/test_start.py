"""Many sites on one router: quick, and none knows of another."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import pytest
from made import plugin

from novantic_core.models import Ticket
from novantic_core.plugin import hookimpl
from novantic_core.settings import SettingsError
from novantic_core.testing import App
from novantic_core.testing.start import MOST_KEPT, Routers


@pytest.fixture
def novantic_database_url(tmp_path):
    """What a router holds on to is no matter of the engine."""
    return f"sqlite:///{tmp_path}/novantic.db"


@pytest.fixture
def start(novantic_settings, tmp_path):
    """Start an application with a database of its own: ``start("name")``."""
    routers, started = Routers(), []

    def start_one(name, extra=None, **changes):
        settings = {**novantic_settings, "sqlalchemy.url": f"sqlite:///{tmp_path}/{name}.db", **changes}
        started.append(App(routers.start(settings, extra), settings))
        return started[-1]

    yield start_one
    for app in started:
        app.site.database.engine.dispose()


def test_one_router_serves_the_next_site_as_new(start):
    first = start("first")
    first.upgrade()
    first.open_ticket()
    first.site.plugins.get("faq").set_aside = True
    router, site = first.wsgi, first.site
    second = start("second")
    assert second.wsgi is router
    assert second.site is not site
    assert router.registry.settings["sqlalchemy.url"].endswith("second.db")
    second.upgrade()
    assert not second.site.plugins.get("faq").set_aside
    with second.transaction() as session:
        assert session.query(Ticket).count() == 0
    assert "Ouvrir" in second.client().get("/").text
    site.database.engine.dispose()


def test_what_a_plugin_keeps_in_the_registry_is_as_at_a_start(start):
    mine = plugin(configure=lambda config: config.registry.__setitem__("mine.counts", {}))
    first = start("first", {"mine": mine}, **{"novantic.plugins": "webform mine"})
    first.wsgi.registry["mine.counts"]["ada"] = 3
    first.wsgi.registry.untouched_forms["form"] = "drawn for the first site"
    second = start("second", {"mine": mine}, **{"novantic.plugins": "webform mine"})
    assert second.wsgi is first.wsgi
    assert second.wsgi.registry["mine.counts"] == {}
    assert second.wsgi.registry.untouched_forms == {}
    assert second.wsgi.registry.permissions


def test_a_plugin_need_not_be_a_module(start):
    """Whatever holds hook functions may stand for one, and two that look alike are two."""
    first, alike = SimpleNamespace(), SimpleNamespace()
    router = start("first", {"mine": first}, **{"novantic.plugins": "webform mine"}).wsgi
    assert start("second", {"mine": first}, **{"novantic.plugins": "webform mine"}).wsgi is router
    assert start("third", {"mine": alike}, **{"novantic.plugins": "webform mine"}).wsgi is not router


def test_a_router_holds_on_to_no_site(start):
    """Whatever a view or a tween kept of the site for which it was configured would serve the sites of other tests."""
    first = start("first")
    first.upgrade()
    first.client().get("/")
    gone = weakref.ref(first.site)
    first.site.database.engine.dispose()
    first.wsgi = start("second").wsgi
    gc.collect()
    assert gone() is None


def test_other_settings_or_other_plugins_are_another_router(start, monkeypatch):
    asked = []

    def note(config):
        asked.append(config)

    mine, other = plugin(configure=note), plugin(configure=note)
    one = start("one", {"mine": mine}, **{"novantic.plugins": "webform mine"})
    assert start("two", {"mine": other}, **{"novantic.plugins": "webform mine"}).wsgi is not one.wsgi
    assert start("three", {"mine": mine}, **{"novantic.plugins": "webform mine"}).wsgi is one.wsgi
    debugged = start("four", {"mine": mine}, **{"novantic.plugins": "webform mine", "novantic.debug": "false"})
    assert debugged.wsgi is not one.wsgi
    assert len(asked) == 3
    monkeypatch.setattr(mine, "novantic_configure", hookimpl(lambda config: note("patched")))
    assert start("five", {"mine": mine}, **{"novantic.plugins": "webform mine"}).wsgi is not one.wsgi
    assert asked[-1] == "patched"


def test_few_are_kept(start):
    first = start("first").wsgi
    for number in range(MOST_KEPT):
        start(f"other{number}", **{"novantic.attachments.max_count": str(6 + number)})
    assert start("last").wsgi is not first


def test_a_start_that_is_refused_leaves_the_others_alone(start):
    router = start("first").wsgi
    with pytest.raises(SettingsError, match=r"novantic\.brands"):
        start("second", **{"novantic.brands": "!"})
    assert start("third").wsgi is router
