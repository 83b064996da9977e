"""A plugin out of use for good: what goes, what stays, and that nothing of anybody else's is ever hit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import OperationalError

from novantic_core.desk import Desk
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
from novantic_core.services.remove_plugin import RemovalRefusedError

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
def test_a_channel_that_another_plugin_has_by_the_same_name_goes_on(desks, made):
    made.install(
        "other",
        """
        from novantic_core.plugin import Channel, hookimpl

        @hookimpl
        def novantic_notification_channels():
            return [Channel("bell", "Bell", print)]
        """,
    )
    desks.remove("bikes", enabled=["other"])
    states = {one.message_id: one.state for one in desks.all(select(Delivery))}
    assert states == {"<bikes-email>": "cancelled", "<email-bell>": "pending", "<email-email>": "pending"}


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
        session.add(JobRun(name="bikes_extra.ring", due_at=datetime(2026, 11, 24, tzinfo=UTC)))
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


def test_views_go_with_the_tables_that_they_show(desks, made):
    made.with_tables("bikes", "bikes_sold")
    desks.with_data("bikes")
    with desks.sites[-1].database.transaction() as session:
        session.execute(text("CREATE VIEW bikes_red AS SELECT word FROM bikes_sold"))
        session.execute(text("CREATE VIEW tickets_open AS SELECT id FROM ticket"))
    assert desks.remove("bikes").had.views == ["bikes_red"]
    assert inspect(desks.sites[-1].database.engine).get_view_names() == ["tickets_open"]


def test_an_engine_elsewhere_is_told_to_forget_its_indexes(desks, made):
    made.install(
        "elsewhere",
        """
        from novantic_core.plugin import SearchBackend, hookimpl

        cleared = []

        class Engine:
            def __init__(self, settings): ...
            def prepare(self, connection, indexes): return []
            def missing(self, connection, indexes): return [one for one in indexes if one != "faq"]
            def clear(self, session, index): cleared.append(index)

        @hookimpl
        def novantic_search_engines():
            return [SearchBackend("elsewhere", Engine)]
        """,
    )
    desks.with_data("faq")
    desks.settings["novantic.search"] = "elsewhere"
    desks.remove("faq", enabled=["elsewhere"])
    assert desks.sites[-1].plugins.get("elsewhere").module.cleared == ["faq"]
    assert "search_faq" not in desks.tables()


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


@pytest.mark.parametrize("novantic_database_url", ["postgresql"], indirect=True)
def test_tables_that_somebody_still_works_with_are_not_waited_for_for_ever(desks, monkeypatch):
    monkeypatch.setattr("novantic_core.services.remove_plugin.LOCK_SECONDS", 0.1)
    site = desks.with_data("faq")
    with site.database.transaction() as session:
        session.execute(text("SELECT count(*) FROM faq_article"))
        with pytest.raises(OperationalError, match="lock timeout"):
            desks.remove("faq")
    assert "faq_article" in desks.tables()


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
