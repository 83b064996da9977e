"""The table of permissions: who may ask for what. A new route needs a line here too, where it is looked at."""

from __future__ import annotations

import types

import pytest

from novantic_core.plugin import hookimpl
from novantic_core.settings import SettingsError

TABLE = {
    # the portal
    "home": "everybody",
    "search": "everybody",
    "language": "everybody",
    "new_ticket": "everybody",
    "ticket_opened": "everybody",
    "ticket_status": "everybody",
    "access": "everybody",
    "access_renew": "everybody",
    "logout": "everybody",
    "kb": "everybody",
    "kb_article": "everybody",
    # one ticket, for whoever came by its link
    "ticket": "requester",
    "ticket_close": "requester",
    "ticket_replies": "requester",
    # the view itself asks whether this browser may see the file's ticket
    "attachment": "everybody",
    # the back office
    "admin": "technician",
    "admin_login": "everybody",
    "admin_logout": "technician",
    # by a link that works once
    "admin_setup": "everybody",
    # what any page needs, and what watches over the site
    "asset": "everybody",
    "favicon": "everybody",
    "healthz": "everybody",
    "readyz": "everybody",
    # development only
    "dev_mail": "everybody",
    "dev_mail_html": "everybody",
    "dev_mailbox": "everybody",
}


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
