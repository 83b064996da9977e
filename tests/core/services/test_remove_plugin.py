"""A plugin out of use for good: what goes, what stays, and that nothing of anybody else's is ever hit."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select, text

from novantic_core.desk import Desk
from novantic_core.migrate import upgrade
from novantic_core.models import (
    Action,
    Base,
    Delivery,
    HeldFile,
    JobRun,
    PluginState,
    Preference,
    SearchPending,
    Ticket,
)
from novantic_core.plugin import TicketDraft
from novantic_core.services.export_plugin import Archive
from novantic_core.services.open_ticket import open_ticket
from novantic_core.services.remove_plugin import RemovalRefusedError, remove_plugin
from novantic_core.site import build
from novantic_core.values import Actor

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACTOR = Actor("system", "test")


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
        return remove_plugin(self.site(*enabled), name, way, ACTOR, NOW, target)

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
def target(tmp_path):
    return tmp_path / "copy.zip"


def archive(path):
    with zipfile.ZipFile(path) as kept:
        return {name: kept.read(name).decode() for name in kept.namelist()}


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


# ------------------------------------------------------------------ what goes


def test_dropped_is_all_that_a_plugin_had_and_it_starts_afresh(desks):
    desks.with_data("faq")
    before = desks.tables()
    done = desks.remove("faq")
    assert done.had.tables["faq_article"] == 5
    assert {one for one in before - desks.tables() if not one.startswith("search_faq_")} == {
        *done.had.tables, "faq_version", "search_faq",
    }  # fmt: skip
    site = desks.with_data("faq")
    with site.database.session(write=False) as session:
        assert Desk(site, session).find("faq", "imprimante")
    assert len(desks.all(text("SELECT version_num FROM faq_version"))) == 1


def test_kept_is_all_that_it_had(desks):
    desks.with_data("faq")
    before = desks.tables()
    done = desks.remove("faq", "kept")
    assert desks.tables() == before
    assert desks.all(text("SELECT count(*) FROM faq_article")) == [done.had.tables["faq_article"]]


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


@pytest.mark.usefixtures("well_used")
def test_nothing_of_it_is_left_but_what_tickets_keep(desks):
    desks.remove("bikes")
    for model in (Preference, JobRun, PluginState, SearchPending, HeldFile):
        assert desks.all(select(model)) == []
    assert not [one for one in desks.tables() if "bikes" in one]
    assert [ticket.fields["bike"] for ticket in desks.all(select(Ticket))] == ["12"]


@pytest.mark.parametrize("way", ["kept", "dropped"])
@pytest.mark.usefixtures("well_used")
def test_what_waited_for_it_is_cancelled_and_says_why(desks, way):
    desks.remove("bikes", way)
    found = {one.message_id: (one.state, one.last_error) for one in desks.all(select(Delivery))}
    gone = ("cancelled", "the plugin bikes was removed")
    assert found == {"<bikes-email>": gone, "<email-bell>": gone, "<email-email>": ("pending", "")}


@pytest.mark.usefixtures("well_used")
def test_kept_data_is_said_and_nobody_waits_for_its_jobs(desks):
    done = desks.remove("bikes", "kept")
    assert len(done.had.preferences) == len(desks.all(select(Preference))) == 4
    assert desks.all(select(JobRun)) == []


@pytest.mark.usefixtures("well_used")
def test_the_trail_says_that_it_was_removed_and_what_became_of_its_rows(desks):
    desks.remove("bikes")
    (action,) = desks.all(select(Action).where(Action.kind == "plugin_removed"))
    assert (action.subject, action.actor_name) == ("bikes", "test")
    assert action.changes == {"data": [None, "dropped"], "rows": [1, 0]}


def test_one_that_is_not_installed_any_more_is_known_by_its_tables(desks, made):
    package = made.with_tables("bikes", "bikes_sold")
    desks.with_data("bikes")
    made.uninstall(package)
    done = desks.remove("bikes")
    assert (done.had.said.plugin, set(done.had.tables)) == (None, {"bikes_sold"})
    assert not [one for one in desks.tables() if "bikes" in one]


def test_one_that_can_not_be_imported_any_more_too(desks, made):
    package = made.with_tables("bikes", "bikes_sold")
    desks.with_data("bikes")
    (made.folder / package / "__init__.py").write_text("1 / 0", "utf-8")
    made.forget()
    desks.remove("bikes")
    assert "bikes_sold" not in desks.tables()


# ------------------------------------------------------------------ whose is what


def test_a_plugin_whose_name_begins_with_anothers_keeps_its_own(desks, made):
    made.with_tables("bikes", "bikes_sold")
    made.with_tables("bikes_extra", "bikes_extra_bell")
    site = desks.with_data("bikes", "bikes_extra")
    with site.database.transaction() as session:
        session.add(Preference(key="plugin.bikes_extra.tone", value="low"))
        session.add(JobRun(name="bikes_extra.ring", due_at=NOW))
    done = desks.remove("bikes")
    assert {"bikes_extra_bell", "bikes_extra_version"} <= desks.tables()
    assert set(done.had.others) == {"bikes_extra_bell", "bikes_extra_version"}
    assert [one.key for one in desks.all(select(Preference))] == ["plugin.bikes_extra.tone"]
    assert [one.name for one in desks.all(select(JobRun))] == ["bikes_extra.ring"]


def test_one_that_is_gone_is_still_known_by_its_version_table(desks, made):
    made.with_tables("bikes", "bikes_sold")
    package = made.with_tables("bikes_extra", "bikes_extra_bell")
    desks.with_data("bikes", "bikes_extra")
    made.uninstall(package)
    desks.remove("bikes")
    assert {"bikes_extra_bell", "bikes_extra_version"} <= desks.tables()


@pytest.mark.parametrize("name", ["ticket", "search", "plugin", "job", "contact", "delivery"])
def test_a_plugin_that_is_called_like_tables_of_the_core_takes_none_of_them(desks, made, name):
    made.with_tables(name, f"{name}_bike")
    desks.with_data(name, "faq")
    desks.remove(name, enabled=["faq"])
    there = desks.tables()
    assert set(Base.metadata.tables) | {"novantic_core_version", "search_ticket", "search_faq", "faq_version"} <= there
    assert not {f"{name}_bike", f"{name}_version"} & there
    with desks.sites[-1].database.session(write=False) as session:
        assert Desk(desks.sites[-1], session).find("faq", "imprimante")


def test_a_table_of_somebody_else_that_refers_to_its_own_is_a_reason_to_refuse(desks, made):
    desks.with_data("faq")
    with desks.sites[-1].database.transaction() as session:
        session.execute(text("CREATE TABLE stray (id integer REFERENCES faq_article (id) ON DELETE CASCADE)"))
        session.execute(text("INSERT INTO stray VALUES (1)"))
    with pytest.raises(RemovalRefusedError, match="the table stray, which is not faq's, refers to faq_article"):
        desks.remove("faq")
    assert desks.all(text("SELECT id FROM stray")) == [1]


def test_tables_that_refer_to_one_another_go_too(desks, made):
    made.with_tables("loop", "loop_a")
    desks.with_data("loop")
    with desks.sites[-1].database.transaction() as session:
        session.execute(text("CREATE TABLE loop_b (id integer PRIMARY KEY, c integer)"))
        session.execute(text("CREATE TABLE loop_c (id integer PRIMARY KEY, b integer REFERENCES loop_b (id))"))
        session.execute(text("ALTER TABLE loop_b ADD COLUMN d integer REFERENCES loop_c (id)"))
        session.execute(text("INSERT INTO loop_b (id) VALUES (1)"))
        session.execute(text("INSERT INTO loop_c (id, b) VALUES (1, 1)"))
        session.execute(text("UPDATE loop_b SET d = 1"))
    desks.remove("loop")
    assert not [one for one in desks.tables() if "loop" in one]


# ------------------------------------------------------------------ the plugin's own way back


def test_scripts_that_say_how_to_go_back_are_used(desks, made):
    made.with_tables("bikes", "bikes_sold", downgrade='op.drop_table("bikes_sold")')
    desks.with_data("bikes")
    assert desks.remove("bikes").undone
    assert not [one for one in desks.tables() if "bikes" in one]


@pytest.mark.parametrize("downgrade", ["1 / 0", 'op.drop_table("canned_reply")', 'op.drop_table("faq_file")', "pass"])
def test_scripts_that_fail_or_take_what_is_not_theirs_are_not(desks, made, downgrade):
    made.with_tables("bikes", "bikes_sold", downgrade=downgrade)
    desks.with_data("bikes", "faq")
    desks.remove("bikes", enabled=["faq"])
    assert {"canned_reply", "faq_file"} <= desks.tables()
    assert not [one for one in desks.tables() if "bikes" in one]


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "name, enabled, words",
    [
        ("faq", ["faq"], "novantic.plugins names faq: take it off there"),
        ("attic", [], "there is nothing of a plugin named 'attic'"),
        ("teamviewer", [], "there is nothing of a plugin named 'teamviewer'"),
        ("novantic_core", [], "novantic_core is no plugin"),
        ("core", [], "core is no plugin"),
    ],
)
def test_what_can_not_be_removed_is_said(desks, name, enabled, words):
    desks.with_data(*enabled)
    with pytest.raises(RemovalRefusedError, match=words):
        desks.remove(name, enabled=enabled)


# ------------------------------------------------------------------ the copy


@pytest.mark.usefixtures("well_used")
def test_the_copy_has_all_that_can_be_read_without_novantic(desks, target, well_used):
    desks.remove("bikes", "exported", target)
    copy = archive(target)
    assert lines(copy["tables/bikes_sold.jsonl"]) == [{"word": "red"}]
    assert lines(copy["ticket_fields.jsonl"]) == [{"ticket": well_used, "field": "bike", "value": "12"}]
    manifest = json.loads(copy["manifest.json"])
    assert (manifest["plugin"], manifest["version"], manifest["revisions"]) == ("bikes", "1.0", ["0001"])
    assert manifest["tables"]["bikes_sold"] == {"rows": 1, "columns": {"word": "VARCHAR(20)"}}
    assert target.stat().st_mode & 0o077 == 0
    assert "bikes_sold" not in desks.tables()


@pytest.mark.usefixtures("well_used")
def test_no_secret_is_in_the_copy_but_that_there_was_one_is_said(desks, target):
    desks.remove("bikes", "exported", target)
    copy = archive(target)
    kept = {row["key"]: row["value"] for row in lines(copy["preferences.jsonl"])}
    assert kept == {"plugin.bikes.colour": "red", "brought_back.bikes": 2}
    assert json.loads(copy["manifest.json"])["secrets_left_out"] == ["plugin.bikes.sealed", "plugin.bikes.token"]
    assert not [text for text in copy.values() if "hush" in text or "gAAAA" in text]


def test_values_that_json_does_not_know_are_readable(desks, made, target, novantic_database_url):
    made.with_tables("bikes", "bikes_sold")
    desks.with_data("bikes")
    with desks.sites[-1].database.transaction() as session:
        binary = "bytea" if novantic_database_url.startswith("postgresql") else "blob"
        session.execute(
            text(f"CREATE TABLE bikes_kinds (id integer PRIMARY KEY, at timestamp, raw {binary}, words json,"
                 " fast boolean, price numeric(8, 2))")
        )  # fmt: skip
        session.execute(
            text("INSERT INTO bikes_kinds VALUES (1, '2026-11-24 12:00:00', :raw, '{\"a\": [1]}', true, 9.5)"),
            {"raw": b"\0\xff"},
        )
    desks.remove("bikes", "exported", target)
    (row,) = lines(archive(target)["tables/bikes_kinds.jsonl"])
    assert row["at"][:10] == "2026-11-24"
    assert (row["raw"], row["words"], row["fast"]) == ({"base64": "AP8="}, {"a": [1]}, True)
    assert float(row["price"]) == 9.5


def test_files_that_it_held_are_in_the_copy_and_may_go_then(desks, target, tmp_path):
    settings = {"novantic.storage.local.path": str(tmp_path / "files")}
    desks.settings.update(settings)
    site = desks.with_data("faq", "local_storage")
    with site.database.transaction() as session:
        desk = Desk(site, session)
        kept = desk.keep_file(io.BytesIO(b"a plan"), "plan.txt", "text/plain")
        desk.hold_files("faq.article.1", [kept.key])
        session.add(HeldFile(holder="other.thing", key=kept.key))
    desks.remove("faq", "exported", target, enabled=["local_storage"])
    copy = archive(target)
    assert copy[f"files/{kept.key}"] == "a plan"
    assert lines(copy["held_files.jsonl"]) == [{"holder": "faq.article.1", "file": f"files/{kept.key}"}]
    assert [one.holder for one in desks.all(select(HeldFile))] == ["other.thing"]


def test_a_file_that_is_there_already_is_left_alone_and_so_is_all_else(desks, target):
    desks.with_data("faq")
    target.write_text("mine", "utf-8")
    with pytest.raises(FileExistsError, match="it is there already"):
        desks.remove("faq", "exported", target)
    assert (target.read_text("utf-8"), "faq_article" in desks.tables()) == ("mine", True)


@pytest.mark.parametrize("step", ["_drop_tables", "_retire", "write_archive"])
def test_what_fails_half_way_leaves_all_as_it_was(desks, target, monkeypatch, step):
    desks.with_data("faq")
    before = desks.tables()

    def fail(*_given):
        raise OSError("the disk is full")

    monkeypatch.setattr(f"novantic_core.services.remove_plugin.{step}", fail)
    with pytest.raises(OSError, match="the disk is full"):
        desks.remove("faq", "exported", target)
    assert desks.tables() == before
    assert desks.all(text("SELECT count(*) FROM faq_article")) == [5]
    assert list(target.parent.glob("*copy.zip*")) == []


def test_a_file_that_came_meanwhile_is_not_written_over(target):
    copy = Archive(target, NOW)
    target.write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        copy.place()
    copy.discard()
    assert [one.name for one in target.parent.iterdir() if "copy" in one.name] == ["copy.zip"]
    assert target.read_text("utf-8") == "mine"


def test_where_there_are_no_links_the_copy_is_put_in_its_place_all_the_same(target, monkeypatch):
    def refuse(*_given):
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", refuse)
    copy = Archive(target, NOW)
    copy.write_lines("a.jsonl", [1])
    copy.place()
    copy.discard()
    assert archive(target) == {"a.jsonl": "1\n"}
