"""A plugin says which versions of the contract it is made for; what it uses of it that will go is told. No database."""

from __future__ import annotations

import logging
import types
from importlib.metadata import EntryPoint

import pytest

from novantic_core import finding
from novantic_core.finding import MisfitError, load
from novantic_core.fitting import VERSION, deprecated_uses, misfit, needs_in_source
from novantic_core.plugin import Channel, hookimpl


def made(**names):
    module = types.ModuleType("made")
    vars(module).update(names)
    return module


def old_channel():
    @hookimpl
    def novantic_notification_channels(settings):
        return [Channel("old", settings["mail.host"], print)]

    return made(novantic_notification_channels=novantic_notification_channels)


@pytest.mark.parametrize("asked", [None, ">=1.2,<2", "==1.*", "~=1.0", "", f"=={VERSION}", ">=1.2.dev1"])
def test_a_plugin_made_for_this_version_fits(asked):
    assert misfit(asked) == ""


@pytest.mark.parametrize("asked", [">=2", "<1", "==1.1", f"!={VERSION}"])
def test_one_made_for_another_does_not_and_says_what_to_do(asked):
    said = misfit(asked)
    assert asked in said
    assert f"this is {VERSION}: install a release of it" in said


@pytest.mark.parametrize("asked", ["1.2", ">=1.2 <2", "new", 1.2, (1, 2), b">=1"])
def test_what_is_no_specifier_is_said(asked):
    assert misfit(asked).endswith('it takes versions of the contract, as ">=1.2,<2"')


def test_the_start_is_refused_for_one_that_does_not_fit():
    with pytest.raises(MisfitError, match=r"^plugin tomorrow: it asks for version >=2 of .*off novantic\.plugins$"):
        load(["tomorrow"], {"tomorrow": made(novantic_api=">=2")})


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a plugin of this source, as far as finding it goes."""

    def install(name, source):
        (tmp_path / f"made_{name}.py").write_text(source, "utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        point = EntryPoint(name, f"made_{name}", finding.GROUP)
        monkeypatch.setattr(finding, "points", lambda: [point])

    return install


def test_what_one_needs_is_known_even_if_it_asks_for_names_that_are_not_here_yet(installed):
    installed("tomorrow", 'from novantic_core.plugin import Tomorrow\n\nnovantic_api: str = ">=1.9"\n')
    with pytest.raises(MisfitError, match=r"plugin tomorrow: it asks for version >=1\.9"):
        load(["tomorrow"])


def test_one_that_can_not_be_imported_for_another_reason_says_that(installed):
    installed("broken", 'novantic_api = ">=1.2"\n1 / 0\n')
    with pytest.raises(finding.SettingsError, match="plugin broken can't be imported: ZeroDivisionError"):
        load(["broken"])


@pytest.mark.parametrize("source", ["1 +", "novantic_api = str(1)", "other = '>=1'", "'>=1'"])
def test_a_source_that_does_not_say_it_plainly_says_nothing(installed, source):
    installed("odd", source)
    assert needs_in_source("made_odd") is None
    assert needs_in_source("made_odd.inner") is None
    assert needs_in_source("nowhere_at_all") is None


@pytest.mark.filterwarnings("ignore::novantic_core.hookspecs.marks.Deprecated")
def test_the_start_warns_of_what_will_go_with_the_plugins_name_and_the_mend(caplog):
    with caplog.at_level(logging.WARNING):
        load(["old"], {"old": old_channel()})
    (record,) = caplog.records
    assert record.name == "novantic.plugin.old"
    assert record.getMessage() == (
        "plugin old: novantic_notification_channels takes settings, deprecated since version 1.2 of the contract, gone "
        "in 2.0: take own_settings for what your plugin sets, outgoing for how the site sends its mail"
    )


def test_whoever_runs_a_plugins_tests_is_warned_by_pluggy():
    with pytest.warns(DeprecationWarning, match="gone in 2.0"):
        load(["old"], {"old": old_channel()})


def test_a_plugin_that_uses_nothing_of_the_kind_is_not_warned_of():
    @hookimpl
    def novantic_notification_channels(own_settings, outgoing):
        return []

    assert deprecated_uses(made(novantic_notification_channels=novantic_notification_channels)) == []
