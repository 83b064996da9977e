"""The table of permissions is the one that was agreed, and nobody can go round it."""

from __future__ import annotations

import types

import pytest
from permission_table import TABLE

from novantic_core.plugin import hookimpl
from novantic_core.settings import SettingsError


def test_the_table_is_what_was_agreed(novantic_app):
    assert novantic_app.wsgi.registry.permissions == TABLE


def plugin_with_a_route(allow):
    plugin = types.ModuleType("careless")

    @hookimpl
    def novantic_configure(config):
        config.add_route("careless", "/careless")
        if allow:
            config.allow("careless", allow)

    plugin.novantic_configure = novantic_configure
    return plugin


def start(settings, plugin):
    from novantic_core import make_app

    make_app({**settings, "novantic.plugins": "careless"}, {"careless": plugin})


def test_a_route_without_a_line_stops_the_start(novantic_settings):
    with pytest.raises(SettingsError, match=r"route careless \(/careless\) has no line"):
        start(novantic_settings, plugin_with_a_route(None))


def test_a_role_that_is_none_stops_the_start(novantic_settings):
    with pytest.raises(SettingsError, match="everyone"):
        start(novantic_settings, plugin_with_a_route("everyone"))
