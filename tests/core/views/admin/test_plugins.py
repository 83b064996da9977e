"""The plugins as an administrator sees them, and bringing one back that was set aside."""

from __future__ import annotations

import types

import pytest
from sqlalchemy import select

from novantic_core.fitting import VERSION
from novantic_core.models import Action, PluginState
from novantic_core.plugin import hookimpl
from novantic_core.services.note_faults import write_faults
from novantic_core.site import build

PRODUCTION = {"novantic.debug": "false", "novantic.environment": "development"}
mood = {"broken": True}


def moody():
    module = types.ModuleType("moody")

    @hookimpl
    def novantic_navigation(request):
        if mood["broken"]:
            raise ValueError("in a bad mood")
        return []

    module.novantic_navigation = novantic_navigation
    return module


with_moody = pytest.mark.novantic(
    plugins=["webform", "moody"], extra_plugins={"moody": moody()}, settings=PRODUCTION
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_a_bad_mood():
    mood["broken"] = True


def test_what_is_enabled_and_what_is_only_installed(back_office):
    page = back_office.get("/admin/plugins")
    assert "ticket_fields" in page.html.find(id="plugin-teamviewer").text
    assert page.html.select(".tag.open")


def test_the_version_of_the_interface_is_told(back_office):
    page = back_office.get("/admin/plugins").html
    assert VERSION in page.find("main").text
    assert page.find(class_="waiting") is None


def old():
    module = types.ModuleType("old")

    @hookimpl
    def novantic_notification_channels(settings):
        return []

    module.novantic_notification_channels = novantic_notification_channels
    return module


@pytest.mark.filterwarnings("ignore::novantic_core.hookspecs.marks.Deprecated")
@pytest.mark.novantic(plugins=["webform", "old"], extra_plugins={"old": old()})
def test_one_that_uses_what_will_go_is_shown_with_the_mend(back_office):
    row = back_office.get("/admin/plugins").html.find(id="plugin-old")
    assert row.find(class_="waiting")
    assert "takes settings, deprecated since version 1.2 of the contract, gone in 2.0: take own_settings" in row.text


@pytest.mark.novantic(plugins=["webform"])
def test_what_is_only_installed(back_office):
    assert "teamviewer" in back_office.get("/admin/plugins").html.find(class_="list").text


@with_moody
def test_a_fault_is_shown_with_its_time(back_office):
    page = back_office.get("/admin/plugins")
    row = back_office.get("/admin/plugins").html.find(id="plugin-moody")
    assert "ValueError: in a bad mood" in row.text
    assert row.find("time")
    assert page.html.find(id="plugin-moody")


@with_moody
def test_one_that_was_set_aside_is_brought_back(back_office, novantic_app):
    for _often in range(6):
        page = back_office.get("/admin/plugins")
    assert page.html.find(id="plugin-moody").find(class_="alarm")
    assert novantic_app.site.plugins.get("moody").set_aside
    mood["broken"] = False
    form = next(form for form in page.forms.values() if form.action.endswith("/moody/bring-back"))
    page = form.submit(status=303).follow()
    assert not novantic_app.site.plugins.get("moody").set_aside
    assert page.html.find(id="plugin-moody").find(class_="alarm") is None
    with novantic_app.transaction() as session:
        action = session.scalars(select(Action)).one()
        assert (action.kind, action.subject) == ("plugin_brought_back", "moody")


@with_moody
def test_another_process_hears_of_it(back_office, novantic_app, novantic_settings):
    other = build({**novantic_settings, "novantic.preferences_seconds": "0"}, {"moody": moody()})
    plugin = other.plugins.get("moody")
    for _often in range(5):
        other.plugins.note_fault(plugin, "novantic_navigation", ValueError("in a bad mood"))
    write_faults(other)
    assert plugin.set_aside
    write_faults(other)
    assert plugin.set_aside, "nobody brought it back yet"
    page = back_office.get("/admin/plugins")
    next(form for form in page.forms.values() if form.action.endswith("/moody/bring-back")).submit(status=303)
    write_faults(other)
    assert not plugin.set_aside
    # set aside once more, it waits to be brought back once more
    for _often in range(5):
        other.plugins.note_fault(plugin, "novantic_navigation", ValueError("in a bad mood"))
    write_faults(other)
    write_faults(other)
    assert plugin.set_aside
    other.database.engine.dispose()


@with_moody
def test_a_process_where_it_works_does_not_hide_that_it_is_set_aside_in_another(novantic_app):
    site = novantic_app.site
    with novantic_app.transaction() as session:
        moody_ = site.plugins.get("moody")
        site.plugins.note_fault(moody_, "x", ValueError())
        session.add(
            PluginState(plugin="moody", faults=5, last_fault="", last_fault_at=moody_.last_fault_at, set_aside=True)
        )
    write_faults(site)
    with novantic_app.transaction() as session:
        assert session.get(PluginState, "moody").set_aside


def test_a_plugin_that_is_not_enabled_can_not_be_brought_back(back_office):
    token = next(iter(back_office.get("/admin/categories/new").forms["category"].fields["csrf_token"])).value
    back_office.post("/admin/plugins/nothing/bring-back", {"csrf_token": token}, status=404)
