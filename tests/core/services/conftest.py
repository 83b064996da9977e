"""One database and several sites over it, for what happens to plugins that come and go."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text

from novantic_core.migrate import upgrade
from novantic_core.models import Delivery, JobRun, PluginState, Preference, SearchPending
from novantic_core.plugin import TicketDraft
from novantic_core.services.open_ticket import open_ticket
from novantic_core.services.remove_plugin import remove_plugin
from novantic_core.site import build
from novantic_core.values import Actor

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Desks:
    """One database, and sites over it with other plugins enabled."""

    def __init__(self, settings):
        self.settings = settings
        self.sites = []

    def site(self, *plugins, **settings):
        site = build({**self.settings, "novantic.plugins": " ".join(plugins), **settings})
        self.sites.append(site)
        return site

    def with_data(self, *plugins, **settings):
        """Enable them as `novantic init` does, and take all of them off again."""
        site = self.site(*plugins, **settings)
        upgrade(site)
        return site

    def tables(self):
        return set(inspect(self.sites[-1].database.engine).get_table_names())

    def remove(self, name, way="dropped", target=None, enabled=()):
        return remove_plugin(self.site(*enabled), name, way, Actor("system", "test"), NOW, target)

    def all(self, statement):
        with self.sites[-1].database.session(write=False) as session:
            return session.scalars(statement).all()


@pytest.fixture
def desks(novantic_settings):
    found = Desks({**novantic_settings, "novantic.debug": "false", "novantic.storage.local.path": ""})
    found.settings.pop("novantic.storage.local.path")
    yield found
    for site in found.sites:
        site.database.engine.dispose()


@pytest.fixture
def made(made_plugins):
    return made_plugins


@pytest.fixture
def well_used(desks, made):
    """A plugin that has something everywhere."""
    made.with_tables("bikes", "bikes_sold", source='''
        from novantic_core.plugin import Channel, SearchIndex, Setting, TicketField, hookimpl


        @hookimpl
        def novantic_settings_schema():
            return [Setting("colour", "a colour"), Setting("token", "a text", secret=True)]


        @hookimpl
        def novantic_ticket_fields(context):
            return [TicketField("bike", "Bicycle")]


        @hookimpl
        def novantic_notification_channels(own_settings):
            return [Channel("bell", own_settings["colour"] or "Bell", print)]


        @hookimpl
        def novantic_search_indexes():
            return [SearchIndex("bikes", "Bicycles", lambda session, ids: [], lambda session, after, limit: [])]
        ''')  # fmt: skip
    site = desks.with_data("bikes")
    with site.database.transaction() as session:
        session.execute(text("INSERT INTO bikes_sold (word) VALUES ('red')"))
        session.add_all([
            Preference(key="plugin.bikes.colour", value="red"), Preference(key="plugin.bikes.token", value="hush"),
            Preference(key="plugin.bikes.sealed", value={"sealed": "gAAAA"}),
            Preference(key="brought_back.bikes", value=2),
            JobRun(name="bikes.oil", due_at=NOW),
            PluginState(plugin="bikes", faults=3, last_fault="flat", last_fault_at=NOW),
            SearchPending(index_name="bikes", document_id=1, since=NOW, due_at=NOW, tries=0),
        ])  # fmt: skip
        draft = TicketDraft(
            channel="phone", email="claire@example.com", name="Claire", phone="01 44 55 66 77", company="Lefèvre",
            subject="Vélo", message="<p>Bonjour</p>", locale="fr", fields={"bike": "12"},
        )  # fmt: skip
        ticket = open_ticket(site, session, draft, NOW)
        ticket.fields = {"bike": "12", "bike_of": "nobody"}
        for name, channel in (("bikes", "email"), ("email", "bell"), ("email", "email")):
            session.add(
                Delivery(
                    plugin=name, channel=channel, kind="told", address="a@example.com", name="", role="requester",
                    locale="fr", theme="novantic", message_id=f"<{name}-{channel}>", next_attempt_at=NOW,
                    created_at=NOW,
                )
            )  # fmt: skip
        return ticket.number
