"""Secrets of plugins that are set on their page: sealed in the database, never shown, and forgotten on request."""

from __future__ import annotations

import made
import pytest
from sqlalchemy import MetaData, select

from novantic_core import make_app
from novantic_core.models import Action, Delivery, PluginState, Preference
from novantic_core.plugin import Channel, PermanentFailure, Setting
from novantic_core.services.set_preference import set_preference
from novantic_core.services.set_up_plugin import setting_states, unreadable_secrets
from novantic_core.testing import PASSWORD, App

HUSH = "hush-hush-token"
PATH = "/admin/settings/plugins/mine"
KEY = "plugin.mine.token"


def long_enough(text):
    if text == "boom-boom":
        raise LookupError(f"{text} isn't known")
    if len(text) < 8:
        raise ValueError(f"{text} is too short")
    return text


def plugin(*settings, **hooks):
    return made.plugin(settings_schema=lambda: list(settings), **hooks)


TOKEN = Setting("token", "a text of eight letters or more", long_enough, None, secret=True, label="Token")
LATE = Setting("hook", "a secret", str, None, secret=True, at_start=True)
PRODUCTION = {"novantic.debug": "false", "novantic.environment": "development"}


def with_plugin(module, **settings):
    """Marks a test: a site with this plugin, guarded as in production."""
    named = {f"novantic.mine.{name}": text for name, text in settings.items()}
    return pytest.mark.novantic(
        plugins=["webform", "categories", "email", "mine"], extra_plugins={"mine": module},
        settings={**PRODUCTION, **named},
    )  # fmt: skip


mine = with_plugin(plugin(TOKEN, LATE))


def save(back_office, status=303, **typed):
    form = back_office.get(PATH).forms["plugin"]
    for name, text in typed.items():
        form[name] = text
    return form.submit(status=status)


def forget(back_office, place="s0"):
    form = back_office.get(PATH).forms["plugin"]
    form[f"{place}-forget"].checked = True
    return form.submit(status=303)


def value(app):
    return app.site.settings_of("mine")["token"]


@pytest.fixture
def kept(novantic_app):
    """What the database has of the token."""

    def read():
        with novantic_app.transaction() as session:
            return session.scalar(select(Preference.value).where(Preference.key == KEY))

    return read


@mine
def test_a_secret_that_is_set_on_the_page_holds_at_once_and_is_never_shown(back_office, novantic_app):
    assert "Non défini" in back_office.get(PATH).html.find(id="plugin-s0-help").text
    page = save(back_office, s0=HUSH).follow()
    assert value(novantic_app) == HUSH
    assert HUSH not in page
    page = back_office.get(PATH)
    assert page.forms["plugin"]["s0"].value == ""
    assert page.html.find(id="plugin-s0")["type"] == "password"
    assert "par Ada" in page.html.find(id="plugin-s0-help").text


@mine
def test_an_empty_field_leaves_it_as_it_is(back_office, novantic_app, kept):
    save(back_office, s0=HUSH)
    before = kept()
    save(back_office)
    assert kept() == before


@mine
def test_it_is_forgotten_on_request(back_office, novantic_app, kept):
    save(back_office, s0=HUSH)
    forget(back_office)
    assert value(novantic_app) is None
    assert kept() is None
    assert "s0-forget" not in back_office.get(PATH).forms["plugin"].fields


@mine
def test_a_new_one_goes_before_forgetting_the_old_one(back_office, novantic_app):
    save(back_office, s0=HUSH)
    form = back_office.get(PATH).forms["plugin"]
    form["s0"], form["s0-forget"] = "another-secret", True
    form.submit(status=303)
    assert value(novantic_app) == "another-secret"


@mine
def test_the_trail_says_who_changed_it_and_not_to_what(back_office, novantic_app):
    save(back_office, s0=HUSH)
    save(back_office, s0="another-secret")
    forget(back_office)
    with novantic_app.transaction() as session:
        changes = [action.changes for action in session.scalars(select(Action).order_by(Action.id))]
    assert changes == [{"token": [None, "•••"]}, {"token": ["•••", "•••"]}, {"token": ["•••", None]}]


@mine
def test_a_dump_of_the_database_has_no_secret_in_it(back_office, novantic_app):
    save(back_office, s0=HUSH, s1="another-secret")
    metadata = MetaData()
    with novantic_app.site.database.engine.connect() as connection:
        metadata.reflect(connection)
        rows = [row for table in metadata.tables.values() for row in connection.execute(table.select())]
    dump = repr(rows)
    assert "plugin_set_up" in dump
    assert HUSH not in dump
    assert "another-secret" not in dump


@mine
def test_what_the_plugin_refuses_comes_back_without_the_secret(back_office, count):
    page = save(back_office, status=422, s0="short")
    assert page.html.find(id="plugin-s0-error")
    assert "short" not in page.html.find(id="plugin-s0-error").text
    assert page.forms["plugin"]["s0"].value == ""
    assert count(Preference) == 0


@mine
def test_a_check_that_fails_keeps_the_secret_out_of_its_fault(back_office, novantic_app, caplog):
    save(back_office, status=422, s0="boom-boom")
    fault = novantic_app.site.plugins.get("mine").last_fault
    assert "LookupError" in fault
    assert "boom-boom" not in fault
    assert "boom-boom" not in caplog.text


@mine
def test_two_who_save_at_once(back_office, novantic_app):
    old = back_office.get(PATH).forms["plugin"]
    save(back_office, s0=HUSH)
    old["s0"] = "another-secret"
    page = old.submit(status=409)
    assert page.html.find(id="plugin-s0-error")
    assert HUSH not in page
    assert "another-secret" not in page
    assert value(novantic_app) == HUSH


@mine
def test_one_that_is_read_at_start_says_so(back_office):
    late = save(back_office, s1="another-secret").follow().html.find(class_="done").text
    assert late != save(back_office, s0=HUSH).follow().html.find(class_="done").text
    assert late == forget(back_office, "s1").follow().html.find(class_="done").text


@mine
def test_nothing_changed_is_no_action(back_office, count):
    save(back_office)
    assert count(Action) == 0


@mine
def test_a_site_with_another_secret_says_that_it_cannot_open_it(back_office, novantic_app, novantic_settings):
    save(back_office, s0=HUSH)
    settings = {**novantic_settings, "novantic.secret": "fedcba9876543210" * 4}
    later = App(make_app(settings, {"mine": plugin(TOKEN, LATE)}), settings)

    assert value(later) is None
    assert unreadable_secrets(later.site) == ["mine.token"]
    client = later.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "admin@novantic.example", PASSWORD
    form.submit().follow()
    page = client.get(PATH)
    assert "Token" in page.html.find(class_="notice").text
    assert "s0-forget" in page.forms["plugin"].fields
    save(client, s0="another-secret")
    assert value(later) == "another-secret"
    later.site.database.engine.dispose()


@mine
def test_what_is_no_seal_counts_for_nothing(back_office, novantic_app):
    for found in ("plain", {"at": "2026-01-02T03:04:05+00:00", "by": "Ada"}):
        with novantic_app.transaction() as session:
            set_preference(novantic_app.site, session, KEY, found)
        assert value(novantic_app) is None
    back_office.get(PATH, status=200)


@mine
def test_one_sealed_for_another_setting_is_not_taken(back_office, novantic_app):
    site = novantic_app.site
    with novantic_app.transaction() as session:
        sealed = site.plugin_settings.seal("mine", "hook", HUSH)
        set_preference(site, session, KEY, {"sealed": sealed, "at": "2026-01-02T03:04:05+00:00", "by": "Ada"})
    assert value(novantic_app) is None


@mine
def test_one_that_the_plugin_no_longer_takes_counts_as_not_set(back_office, novantic_app):
    site = novantic_app.site
    with novantic_app.transaction() as session:
        sealed = site.plugin_settings.seal("mine", "token", "brief")
        set_preference(site, session, KEY, {"sealed": sealed, "at": "2026-01-02T03:04:05+00:00", "by": "Ada"})
    assert value(novantic_app) is None
    assert [state.broken for state in setting_states(site, site.plugins.get("mine"))] == ["refused", ""]
    page = back_office.get(PATH)
    assert "Token" in page.html.find(class_="notice").text
    assert "brief" not in page


@with_plugin(plugin(TOKEN), token=HUSH)
def test_the_file_goes_before_the_page_and_neither_is_shown(back_office, novantic_app):
    with novantic_app.transaction() as session:
        sealed = novantic_app.site.plugin_settings.seal("mine", "token", "another-secret")
        kept = {"sealed": sealed, "at": "2026-01-02T03:04:05+00:00", "by": "Ada"}
        set_preference(novantic_app.site, session, KEY, kept)
    assert value(novantic_app) == HUSH
    page = back_office.get(PATH)
    assert HUSH not in page
    assert "plugin" not in page.forms
    assert HUSH not in repr(novantic_app.site)


# ------------------------------------------------------------------ what plugins themselves say of it


def send(parcel):
    raise PermanentFailure(f"https://sms.example.com/?key={HUSH} answers 403")


def tell(event):
    raise ConnectionError(f"https://crm.example.com/?key={HUSH}")


talkative = with_plugin(
    plugin(TOKEN, ticket_event=tell, notification_channels=lambda: [Channel("sms", "SMS", send)]), token=HUSH
)


@talkative
def test_a_fault_that_repeats_it_is_shown_and_kept_without(back_office, novantic_app, open_ticket, caplog):
    open_ticket()
    novantic_app.deliver()
    with novantic_app.transaction() as session:
        assert "key=…" in session.scalar(select(PluginState.last_fault).where(PluginState.plugin == "mine"))
    assert HUSH not in back_office.get("/admin/plugins")
    assert HUSH not in caplog.text


@talkative
def test_nor_does_a_delivery_that_failed_by_it(novantic_app, open_ticket, caplog):
    open_ticket()
    with novantic_app.transaction() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.channel = "sms"
    novantic_app.deliver()
    with novantic_app.transaction() as session:
        assert set(session.scalars(select(Delivery.last_error))) == {"https://sms.example.com/?key=… answers 403"}
    assert HUSH not in caplog.text
