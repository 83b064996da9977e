"""The settings of the .ini file: what each takes, and what stops the start."""

from __future__ import annotations

import pytest

from novantic_core.settings import Setting, SettingsError, check_start, read

SECRET = "0123456789abcdef" * 4
GOOD = {"novantic.site_url": "https://support.example.com", "novantic.secret": SECRET}


def refusal(raw, schemas=None):
    with pytest.raises(SettingsError) as caught:
        check_start(read(raw, schemas or {})[0])
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    "name, value",
    [
        ("site_url", "support.example.com"),
        ("site_url", "ftp://support.example.com"),
        ("site_url", "https://"),
        ("site_url", "https://[bad"),
        ("site_url", "https://a.example/?x=1"),
        ("default_locale", "de"),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("timezone", "../../etc/passwd"),
        ("country", "ZZ"),
        ("worker", "sometimes"),
        ("mailer", "pigeon"),
        ("debug", "perhaps"),
        ("debug", ""),
        ("environment", "staging"),
        ("access_link_hours", "a day"),
        ("access_link_hours", "-1"),
        ("notice_link_days", "1.5"),
        ("limit_tickets", "many"),
        ("limit_access", ""),
        ("limit_login", "10 per fortnight"),
        ("attachments.max_count", "five"),
        ("attachments.max_count", "-1"),
        ("attachments.max_size", "0"),
        ("attachments.max_size", "2 XB"),
        ("attachments.max_size", "-2 MB"),
        ("trusted_proxies", "localhost"),
        ("trusted_proxies", "10.0.0.1 proxy.example.com"),
    ],
)
def test_a_malformed_setting_is_named_with_its_value_and_what_it_takes(name, value):
    line = refusal({**GOOD, f"novantic.{name}": value})
    assert line.startswith(f"novantic.{name} = {value}")
    assert "it takes" in line


@pytest.mark.parametrize(
    "name, hint",
    [
        ("tehme", "; did you mean novantic.theme?"),
        ("raw", ""),
        ("attachments.max_counts", "; did you mean novantic.attachments.max_count?"),
        ("attachments_max_count", "; did you mean novantic.attachments.max_count?"),
        ("webform.colour", "; if it is of a plugin webform: novantic.plugins doesn't name that"),
        ("", ""),
    ],
)
def test_an_unknown_setting_is_named_and_what_may_have_been_meant(name, hint):
    line = refusal({**GOOD, "novantic.plugins": "categories", f"novantic.{name}": "x"})
    assert line == f"novantic.{name} = x: there is no such setting{hint}"


def test_settings_of_others_are_none_of_ours():
    read({**GOOD, "mail.host": "x", "pyramid.includes": "", "sqlalchemy.url": "sqlite://"}, {})


@pytest.mark.parametrize(
    "text, size",
    [("2 MB", 2097152), ("500kB", 512000), ("2097152", 2097152), ("1 Go", 1024**3), ("3 b", 3), ("2 mo", 2097152)],
)
def test_a_size_is_written_as_people_write_it(text, size):
    settings, _plugins = read({**GOOD, "novantic.attachments.max_size": text}, {})
    assert settings.attachments_max_size == size


@pytest.mark.parametrize("text, value", [("true", True), ("Yes", True), ("1", True), ("off", False), ("NO", False)])
def test_a_switch_takes_the_usual_words(text, value):
    settings, _plugins = read({**GOOD, "novantic.debug": text}, {})
    assert settings.debug is value


def test_names_of_plugins_are_in_order_whatever_is_between_them():
    settings, _plugins = read({"novantic.plugins": "\n webform\n email, faq"})
    assert settings.plugins == ("webform", "email", "faq")


def test_the_address_of_the_site_has_no_slash_at_its_end():
    settings, _plugins = read({"novantic.site_url": "https://support.example.com/ "})
    assert settings.site_url == "https://support.example.com"
    assert settings.https


def test_five_files_of_two_megabytes_unless_told():
    settings, _plugins = read(GOOD, {})
    assert settings.attachments_max_count == 5
    assert settings.attachments_max_size == 2 * 1024**2


# ------------------------------------------------------------------ plugins' own


SCHEMA = {"mine": [Setting("count", "a number", int, 3), Setting("key", "a key", int, None, secret=True)]}


def test_a_plugin_reads_its_own_settings():
    _settings, plugins = read({**GOOD, "novantic.mine.count": "7"}, SCHEMA)
    assert plugins == {"mine": {"count": 7, "key": None}}


def test_a_bad_setting_of_a_plugin_is_named_whole():
    assert refusal({**GOOD, "novantic.mine.count": "x"}, SCHEMA) == "novantic.mine.count = x: it takes a number"


def test_a_secret_is_never_shown():
    assert "hunter2" not in refusal({**GOOD, "novantic.mine.key": "hunter2"}, SCHEMA)
    assert "hunter2" not in refusal({**GOOD, "novantic.sekret_password": "hunter2"}, SCHEMA)
    settings, _plugins = read(GOOD, {})
    assert SECRET not in repr(settings.raw) or "raw" not in repr(settings)


# ------------------------------------------------------------------ what can't be served


def test_without_an_address_nothing_starts():
    assert refusal({"novantic.secret": SECRET}).startswith("novantic.site_url is missing")
    assert "novantic.site_url" in refusal({"novantic.secret": SECRET, "novantic.site_url": ""})


@pytest.mark.parametrize("secret", ["", "short", "change-me", "change-me" * 10, " " * 40])
def test_without_a_secret_of_its_own_nothing_starts(secret):
    line = refusal({"novantic.site_url": "https://a.example", "novantic.secret": secret})
    assert line.startswith("novantic.secret is missing, too short or the sample's")


def test_a_secret_may_lie_in_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n", "utf-8")
    settings, _plugins = read({"novantic.site_url": "https://a.example", "novantic.secret_file": str(path)}, {})
    assert check_start(settings).secret == SECRET


def test_a_secret_file_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "none"
    line = refusal({"novantic.site_url": "https://a.example", "novantic.secret_file": str(path)})
    assert line.startswith(f"novantic.secret_file = {path}: No such file")


@pytest.mark.parametrize(
    "name",
    [
        "novantic.debug", "pyramid.debug_all", "pyramid.debug_templates", "pyramid.reload_all",
        "pyramid.reload_templates", "pyramid.debug_authorization", "pyramid.debug_notfound", "pyramid.debug_routematch",
        "pyramid.reload_assets", "debug_all", "reload_templates",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["true", "1", "on"])
def test_debugging_is_refused_in_production(name, value):
    line = refusal({**GOOD, "novantic.environment": "production", name: value})
    assert line == f"{name} = {value}: never in production; it takes false there"


def test_a_site_is_in_production_unless_it_says_otherwise():
    settings, _plugins = read(GOOD, {})
    assert check_start(settings).environment == "production"
    assert "pyramid.reload_templates" in refusal({**GOOD, "pyramid.reload_templates": "true"})


def test_the_development_file_may_debug():
    settings, _plugins = read({**GOOD, "novantic.environment": "development", "novantic.debug": "true"}, {})
    assert check_start(settings).debug
