"""The page that leads to everything, and plugins' settings: the file's, the page's, secrets."""

from __future__ import annotations

import types

import pytest
from sqlalchemy import select

from novantic_core.models import Action, Preference
from novantic_core.plugin import Channel, Setting, hookimpl
from novantic_core.services.set_preference import set_preference
from novantic_core.site import build


def count_of(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def fragile(text):
    if text == "boom":
        raise ZeroDivisionError
    return text


def made(*settings):
    module = types.ModuleType("mine")
    module.novantic_settings_schema = hookimpl(lambda: list(settings), specname="novantic_settings_schema")
    return module


SCHEMA = (
    Setting("retries", "a whole number from 1 up", count_of, 3, label="Retries", help="How often to try."),
    Setting("colour", "a colour", str.upper, "RED"),
    Setting("token", "a token", str, None, secret=True),
    Setting("loud", "true or false", lambda text: {"true": True, "false": False}[text], False, at_start=True),
    Setting("words", "words", fragile, ("a", "b")),
)
mine = pytest.mark.novantic(
    plugins=["webform", "categories", "mine"], extra_plugins={"mine": made(*SCHEMA)},
    settings={"novantic.mine.colour": "blue", "novantic.debug": "false", "novantic.environment": "development"},
)  # fmt: skip

PATH = "/admin/settings/plugins/mine"


def values(app):
    return app.site.settings_of("mine")


def save(back_office, status=303, **typed):
    form = back_office.get(PATH).forms["plugin"]
    for name, text in typed.items():
        form[name] = text
    return form.submit(status=status)


def test_the_settings_lead_to_all_that_can_be_set_up(back_office):
    page = back_office.get("/admin/settings")
    paths = {link["href"] for link in page.html.select(".way")}
    assert {"/admin/categories", "/admin/teams", "/admin/canned-replies", "/admin/audit", "/admin/themes"} <= paths
    for path in paths & {"/admin/categories", "/admin/teams", "/admin/priorities", "/admin/canned-replies"}:
        back_office.get(path, status=200)


def test_what_the_file_says_is_shown_without_its_secrets(back_office, novantic_app):
    page = back_office.get("/admin/settings")
    assert "novantic.site_url" in page
    assert novantic_app.site.settings.secret not in page


@mine
def test_a_plugin_with_settings_has_a_page(back_office):
    page = back_office.get("/admin/settings").click(href="/plugins/mine$")
    assert page.request.path == PATH
    back_office.get("/admin/settings/plugins/categories", status=404)
    back_office.get("/admin/settings/plugins/nothing", status=404)


@mine
def test_what_is_set_on_the_page_holds_at_once(back_office, novantic_app):
    assert values(novantic_app)["retries"] == 3
    save(back_office, s0="5")
    assert values(novantic_app)["retries"] == 5
    with novantic_app.transaction() as session:
        action = session.scalars(select(Action)).one()
    assert (action.kind, action.subject, action.changes) == ("plugin_set_up", "mine", {"retries": [None, "5"]})


@mine
def test_an_empty_field_goes_back_to_the_default(back_office, novantic_app, count):
    save(back_office, s0="5")
    save(back_office, s0="")
    assert values(novantic_app)["retries"] == 3
    assert count(Preference) == 0


@mine
def test_the_file_goes_before_the_page(back_office, novantic_app):
    page = back_office.get(PATH)
    assert "blue" in page.html.find(class_="fixed").text
    assert [name for name in page.forms["plugin"].fields if name and name.startswith("s") and name[1:].isdigit()] == [
        "s0",
        "s1",
        "s2",
        "s3",
    ]
    with novantic_app.transaction() as session:
        set_preference(novantic_app.site, session, "plugin.mine.colour", "green")
    assert values(novantic_app)["colour"] == "BLUE"


@pytest.mark.novantic(
    plugins=["mine"], extra_plugins={"mine": made(SCHEMA[2])}, settings={"novantic.mine.token": "hush-hush"}
)
def test_a_secret_of_the_file_is_only_said_to_be_set(back_office):
    page = back_office.get(PATH)
    assert "hush-hush" not in page
    assert "plugin" not in page.forms


@mine
@pytest.mark.parametrize("place, text", [("s0", "0"), ("s0", "many"), ("s2", "maybe"), ("s3", "boom")])
def test_what_the_plugin_refuses_is_told_beside_the_field(back_office, count, place, text):
    page = save(back_office, status=422, **{place: text})
    assert page.html.find(id=f"plugin-{place}-error")
    assert page.forms["plugin"][place].value == text
    assert count(Preference) == 0


@mine
def test_a_value_that_the_plugin_no_longer_takes_counts_for_nothing(back_office, novantic_app):
    with novantic_app.transaction() as session:
        set_preference(novantic_app.site, session, "plugin.mine.retries", "often")
    assert values(novantic_app)["retries"] == 3
    page = back_office.get(PATH)
    assert "often" in page.html.find(class_="notice").text
    assert page.forms["plugin"]["s0"].value == "often"


@mine
def test_a_setting_that_is_read_at_start_says_so(back_office):
    assert back_office.get(PATH).html.find(id="plugin-s2-help").text.count(".") >= 2
    assert (
        save(back_office, s2="true").follow().html.find(class_="done").text
        != save(back_office, s0="5").follow().html.find(class_="done").text
    )


@mine
def test_two_who_save_at_once(back_office):
    old = back_office.get(PATH).forms["plugin"]
    save(back_office, s0="5")
    old["s0"] = "7"
    assert "5" in old.submit(status=409).html.find(id="plugin-s0-error").text


def test_a_plugin_that_is_not_enabled_has_no_settings(novantic_app):
    assert novantic_app.site.settings_of("nothing") == {}


def eager(own_settings):
    name = "loud" if own_settings["loud"] else "quiet"
    return [Channel(name, name, print)]


shouting = made(SCHEMA[3])
shouting.novantic_notification_channels = hookimpl(eager, specname="novantic_notification_channels")


@pytest.mark.novantic(plugins=["mine"], extra_plugins={"mine": shouting})
def test_one_that_is_read_at_start_holds_from_the_next_start(back_office, novantic_app, novantic_settings):
    save(back_office, s0="true")
    assert list(novantic_app.site.channels) == ["quiet"]
    again = build(novantic_settings, {"mine": shouting})
    assert list(again.channels) == ["loud"]
    again.database.engine.dispose()
