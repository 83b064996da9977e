"""What a plugin's module may hold, and how it refuses a setting itself. No database here."""

from __future__ import annotations

import types

import pytest
from sqlalchemy import func

from novantic_core.finding import load
from novantic_core.plugin import Setting, SettingsError, hookimpl
from novantic_core.site import build


def module(**given):
    made = types.ModuleType("made")
    for name, value in given.items():
        setattr(made, f"novantic_{name}", value)
    return made


def test_a_hook_without_its_mark_is_refused():
    with pytest.raises(SettingsError, match="plugin a: novantic_route lacks its mark: put @hookimpl"):
        load(["a"], {"a": module(route=lambda draft: None)})


def test_a_wrapper_is_refused():
    @hookimpl(wrapper=True)
    def novantic_categories():
        return (yield)

    with pytest.raises(SettingsError, match="plugin a: novantic_categories is a wrapper"):
        load(["a"], {"a": module(categories=novantic_categories)})


def test_whatever_else_a_plugin_has_in_its_module_is_its_own_affair():
    # sqlalchemy's func has each attribute that it is asked for
    assert load(["a"], {"a": module(func=func, settings=Setting)}).get("a")


def test_a_plugin_says_itself_what_to_mend_in_the_settings(caplog):
    @hookimpl
    def novantic_notification_channels():
        raise SettingsError("mail.colour = red: it takes blue")

    settings = {
        "sqlalchemy.url": "sqlite:///nowhere/novantic.db",
        "novantic.site_url": "http://support.example.com",
        "novantic.secret": "0123456789abcdef" * 4,
        "novantic.plugins": "a",
    }
    with pytest.raises(SettingsError, match=r"^mail\.colour = red: it takes blue$"):
        build(settings, {"a": module(notification_channels=novantic_notification_channels)})
    assert not caplog.records


@pytest.mark.parametrize(
    "hook, given",
    [
        ("route", {"draft": None}),
        ("propose_priority", {"draft": None, "priorities": []}),
        ("theme_for", {"request": 1}),
    ],
)
def test_an_answer_that_is_no_value_of_the_hook_is_a_fault(hook, given):
    answer = hookimpl(lambda: {"team": "Support"}, specname=f"novantic_{hook}")
    found = load(["a"], {"a": module(**{hook: answer})})
    assert found.first(f"novantic_{hook}", **given) is None
    assert "dict" in found.get("a").last_fault
