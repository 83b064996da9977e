"""A plugin that worked here before and can't be used any more; and safe mode."""

from __future__ import annotations

import pytest
from made import plugin
from sqlalchemy import func, select

from novantic_core import make_app
from novantic_core.models import Delivery, PluginState, Ticket
from novantic_core.models.delivery import PENDING, SENT
from novantic_core.plugin import (
    Category,
    Channel,
    Notice,
    Recipient,
    SearchBackend,
    Setting,
    StorageBackend,
    TicketField,
)
from novantic_core.settings import SettingsError
from novantic_core.site import build
from novantic_core.testing import App

BUILT_IN = ["webform", "email_links", "email", "categories", "local_storage"]
PRODUCTION = {"novantic.debug": "false", "novantic.environment": "development"}
sent = []


def pigeon():
    """A plugin with a bit of everything."""
    return plugin(
        settings_schema=lambda: [Setting("loft", "a place", str.strip, "")],
        ticket_fields=lambda context: [TicketField("ring_number", "Ring number")],
        categories=lambda: [Category("bird", "Birds", 1)],
        notification_channels=lambda: [Channel("pigeon", "Pigeons", sent.append)],
        notifications=lambda event: [
            Notice("ticket_opened", Recipient("claire@lefevre.example.com", locale="fr"), channel="pigeon")
        ],
    )  # fmt: skip


with_pigeon = pytest.mark.novantic(
    plugins=[*BUILT_IN, "pigeon"], extra_plugins={"pigeon": pigeon()},
    settings={**PRODUCTION, "novantic.pigeon.loft": "roof"},
)  # fmt: skip


def broken(**hooks):
    return plugin(settings_schema=lambda: [Setting("loft", "a place")], **hooks)


@pytest.fixture
def after_upgrade(novantic_app, novantic_settings):
    """The application once more, over the same database, without a plugin or with another in its place."""
    apps = []

    def start(extra=None, **settings):
        app = App(make_app({**novantic_settings, **settings}, extra or {}), novantic_settings)
        apps.append(app)
        return app

    # the first start came before the database was there
    again = start({"pigeon": pigeon()})
    again.site.database.engine.dispose()
    sent.clear()
    yield start
    for app in apps:
        app.site.database.engine.dispose()


def state_of(app, name="pigeon"):
    with app.site.database.session(write=False) as session:
        return session.get(PluginState, name)


# ------------------------------------------------------------------ who may be missing


@with_pigeon
def test_one_that_was_here_is_missing_and_the_site_starts(after_upgrade, caplog):
    app = after_upgrade()
    assert "no plugin named 'pigeon' is installed" in app.site.plugins.left_out["pigeon"].why
    assert "the plugin pigeon is missing, the site starts without it" in caplog.text
    assert state_of(app).missing_since is not None
    app.client().get("/tickets/new", status=200)


@with_pigeon
@pytest.mark.parametrize(
    "instead",
    [
        broken(action_kinds=lambda: 1 / 0),
        broken(telepathy=lambda: None),
        broken(route=lambda draft, wrong: None),
        broken(configure=lambda config: 1 / 0),
        broken(configure=lambda config: config.add_view(print, route_name="gone")),
        broken(categories=lambda: ["x"]),
    ],
)
def test_so_is_one_that_fails_at_start(after_upgrade, instead):
    app = after_upgrade({"pigeon": instead})
    assert list(app.site.plugins.left_out) == ["pigeon"]
    assert app.site.plugins.get("pigeon") is None


@with_pigeon
def test_a_name_that_was_never_here_stops_the_start(after_upgrade, novantic_settings):
    names = novantic_settings["novantic.plugins"] + " pigoen"
    with pytest.raises(SettingsError, match="no plugin named 'pigoen'"):
        after_upgrade({"pigeon": pigeon()}, **{"novantic.plugins": names})


@with_pigeon
def test_under_development_it_stops_the_start(after_upgrade):
    with pytest.raises(SettingsError, match="no plugin named 'pigeon'"):
        after_upgrade(**{"novantic.debug": "true"})


@with_pigeon
def test_without_a_database_nobody_knows_what_was_there(after_upgrade, tmp_path):
    with pytest.raises(SettingsError, match="no plugin named 'pigeon'"):
        after_upgrade(**{"sqlalchemy.url": f"sqlite:///{tmp_path}/other.db"})
    assert not (tmp_path / "other.db").exists()


@with_pigeon
def test_a_wrong_setting_of_its_own_stops_the_start_as_ever(after_upgrade):
    with pytest.raises(SettingsError, match="there is no such setting"):
        after_upgrade({"pigeon": pigeon()}, **{"novantic.pigeon.lotf": "x"})


@with_pigeon
def test_once_it_is_back_it_is_missing_no_more(after_upgrade):
    assert state_of(after_upgrade()).missing_since
    app = after_upgrade({"pigeon": pigeon()})
    assert state_of(app).missing_since is None
    assert not app.site.plugins.left_out


# ------------------------------------------------------------------ what is theirs


@with_pigeon
def test_tickets_keep_its_words_and_its_messages_wait(after_upgrade, visit, novantic_app):
    visit(ring_number="FR 24 117", topic="bird")
    sent.clear()
    with novantic_app.transaction() as session:
        waiting = session.scalars(select(Delivery).where(Delivery.channel == "pigeon")).one()
        waiting.state, waiting.sent_at = PENDING, None
    app = after_upgrade()
    app.deliver()
    with app.transaction() as session:
        kept = session.scalars(select(Delivery).where(Delivery.channel == "pigeon")).one()
        assert (kept.state, kept.claimed_by, kept.last_error) == (PENDING, None, "")
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.fields == {"ring_number": "FR 24 117"}
        assert app.site.category_label("bird") == "Birds"
        number = ticket.number
    app.add_technician("admin@novantic.example", "Ada", "administrator")
    desk = sign_in(app)
    page = desk.get(f"/admin/tickets/{number}")
    assert "FR 24 117" in page.text
    assert "ring number" in page.text
    back = after_upgrade({"pigeon": pigeon()})
    back.deliver()
    assert len(sent) == 1
    with back.transaction() as session:
        assert session.scalars(select(Delivery).where(Delivery.channel == "pigeon")).one().state == SENT


def sign_in(app):
    client = app.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "admin@novantic.example", "correct horse battery"
    form.submit().follow()
    return client


@with_pigeon
def test_the_page_of_plugins_says_what_is_missing_and_what_to_do(after_upgrade):
    app = after_upgrade()
    app.add_technician("admin@novantic.example", "Ada", "administrator")
    row = sign_in(app).get("/admin/plugins").html.find(id="absent-pigeon")
    assert "no plugin named 'pigeon' is installed" in row.text
    assert "novantic init" in row.text
    assert row.find("time")


class Cellar:
    def __init__(self, settings):
        self.files = {}

    def put(self, key, source):
        self.files[key] = source.read()

    def open(self, key):
        raise KeyError(key)

    def delete(self, key):
        self.files.pop(key)

    def stale(self, before):
        return ()

    def check(self):
        return None


cellar = plugin(storage_backends=lambda: [StorageBackend("cellar", Cellar)])


@pytest.mark.novantic(
    plugins=["webform", "cellar"], extra_plugins={"cellar": cellar},
    settings={**PRODUCTION, "novantic.storage": "cellar"},
)  # fmt: skip
def test_without_its_storage_a_site_takes_tickets_and_forgets_no_file(novantic_app, novantic_settings, count):
    first = make_app(novantic_settings, {"cellar": cellar})
    first.registry.site.database.engine.dispose()
    app = App(make_app(novantic_settings, {}), novantic_settings)
    page = app.client().get("/tickets/new")
    assert "attachments" not in page.forms["ticket"].fields
    assert app.site.keeps_no_files_now
    app.client().get("/readyz", status=200)
    with pytest.raises(OSError, match="missing"):
        app.site.storage.delete("x")
    app.deliver()
    app.site.database.engine.dispose()


class Plain:
    def __init__(self, settings):
        pass

    def missing(self, connection, indexes):
        return []

    def prepare(self, connection, indexes):
        return []

    def hold(self, session, index, ids):
        pass

    def put(self, session, index, documents):
        pass

    def remove(self, session, index, ids):
        pass

    def find(self, session, index, query, **options):
        return []


engine = plugin(search_engines=lambda: [SearchBackend("plain", Plain)])


@pytest.mark.novantic(
    plugins=[*BUILT_IN, "engine"], extra_plugins={"engine": engine},
    settings={**PRODUCTION, "novantic.search": "plain"},
)  # fmt: skip
def test_without_its_search_engine_a_site_takes_tickets(novantic_app, novantic_settings, open_ticket, back_office):
    first = make_app(novantic_settings, {"engine": engine})
    first.registry.site.database.engine.dispose()
    app = App(make_app(novantic_settings, {}), novantic_settings)
    client = app.client()
    form = client.get("/tickets/new").forms["ticket"]
    for name, value in {"topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A",
                        "phone": "01 44 55 66 77", "subject": "x", "message": "x"}.items():  # fmt: skip
        form[name] = value
    form.submit(status=303)
    client.get("/readyz", status=200)
    app.deliver()
    assert sign_in(app).get("/admin/tickets?q=imprimante", status=200)
    app.site.database.engine.dispose()


# ------------------------------------------------------------------ safe mode


@with_pigeon
def test_safe_mode_uses_no_plugin_of_others(novantic_app, novantic_settings):
    site = build({**novantic_settings, "novantic.safe_mode": "true"}, {"pigeon": pigeon()})
    assert {plugin.name for plugin in site.plugins} == set(BUILT_IN)
    assert site.plugins.left_out["pigeon"].safe_mode
    site.database.engine.dispose()


def test_safe_mode_starts_without_one_that_was_never_here(novantic_settings):
    names = novantic_settings["novantic.plugins"] + " nowhere"
    site = build({**novantic_settings, "novantic.plugins": names, "novantic.safe_mode": "true"})
    assert "nowhere" in site.plugins.left_out
    site.database.engine.dispose()


@with_pigeon
def test_every_page_of_the_back_office_says_that_it_is_safe_mode(after_upgrade):
    app = after_upgrade({"pigeon": pigeon()}, **{"novantic.safe_mode": "true"})
    app.add_technician("admin@novantic.example", "Ada", "administrator")
    desk = sign_in(app)
    for path in ("/admin", "/admin/tickets", "/admin/plugins"):
        assert desk.get(path).html.find(class_="safe-mode")
    assert desk.get("/admin/plugins").html.find(id="absent-pigeon")
    assert app.client().get("/").html.find(class_="safe-mode") is None
    assert state_of(app).missing_since is None
    app.deliver()
    with app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0


@pytest.mark.novantic(plugins=["webform"], settings=PRODUCTION)
def test_without_safe_mode_nothing_is_said_of_it(back_office):
    assert back_office.get("/admin").html.find(class_="safe-mode") is None
