"""Fixtures for tests of plugins, themes and the core itself: a pytest plugin, there as soon as Novantic is installed.

    @pytest.mark.novantic(plugins=["webform", "email", "mine"], extra_plugins={"mine": my_plugin})
    def test_field_is_on_the_form(portal):
        assert "my_field" in portal.get("/tickets/new").forms["ticket"].fields

``novantic_app`` is a configured application on a fresh database, ``portal`` and ``back_office`` are WebTest clients of
it, ``mailbox`` shows mail as a recipient would see it. A plugin's fault is raised, not guarded. The marker takes
``plugins`` (names, in order; all built-in ones unless told), ``extra_plugins`` (modules that aren't installed, by
name) and ``settings`` (more lines of the .ini file).
"""

from __future__ import annotations

from novantic_core.testing.app import BUILT_IN, PASSWORD, SITE_URL, TICKET, App, Mailbox, prepare_database
from novantic_core.testing.fixtures import (
    back_office,
    count,
    english,
    mailbox,
    novantic_app,
    novantic_database_url,
    novantic_databases,
    novantic_routers,
    novantic_settings,
    novantic_template_cache,
    open_ticket,
    portal,
    portal_theme,
    pytest_configure,
    pytest_load_initial_conftests,
    say,
    small_desk,
    smtp,
    statements,
    untranslated,
    visit,
    web_server,
    words,
)
from novantic_core.testing.start import Routers

__all__ = [
    "BUILT_IN",
    "PASSWORD",
    "SITE_URL",
    "TICKET",
    "App",
    "Mailbox",
    "Routers",
    "back_office",
    "count",
    "english",
    "mailbox",
    "novantic_app",
    "novantic_database_url",
    "novantic_databases",
    "novantic_routers",
    "novantic_settings",
    "novantic_template_cache",
    "open_ticket",
    "portal",
    "portal_theme",
    "prepare_database",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "say",
    "small_desk",
    "smtp",
    "statements",
    "untranslated",
    "visit",
    "web_server",
    "words",
]
