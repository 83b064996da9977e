"""The core's own way by which tickets come: a technician opens one for a client who rings."""

from __future__ import annotations

import types

import pytest

from novantic_core.plugin import IntakeChannel, hookimpl
from novantic_core.settings import SettingsError


def test_it_is_there_whatever_plugins_are(novantic_app):
    assert list(novantic_app.site.intake_channels) == ["web", "mail", "phone"]


def test_a_plugin_that_takes_its_name_stops_the_start(novantic_settings):
    from novantic_core import make_app

    plugin = types.ModuleType("switchboard")

    @hookimpl
    def novantic_intake_channels():
        return [IntakeChannel("phone", "PBX")]

    plugin.novantic_intake_channels = novantic_intake_channels
    with pytest.raises(SettingsError, match=r"switchboard.*'phone' is the core's own"):
        make_app({**novantic_settings, "novantic.plugins": "switchboard"}, {"switchboard": plugin})
