"""Migrations: the tables are those of the models, on both engines, and each history goes its own way."""

from __future__ import annotations

import pytest
import sqlalchemy

from novantic_core import migrate
from novantic_core.migrate import autogenerate, histories, pending, upgrade, version_table
from novantic_core.models import Base
from novantic_core.site import build


@pytest.fixture
def site(novantic_settings):
    made = build(novantic_settings)
    yield made
    made.database.engine.dispose()


def tables(site):
    return set(sqlalchemy.inspect(site.database.engine).get_table_names())


def test_migrations_make_the_tables_of_the_models(site):
    upgrade(site)
    with site.database.engine.connect() as connection:
        assert autogenerate(connection, Base.metadata) == []


def test_an_empty_database_is_behind_in_every_history_and_afterwards_in_none(site):
    assert pending(site) == list(histories(site))
    assert upgrade(site) == list(histories(site))
    assert pending(site) == []


def test_upgrading_again_changes_nothing(site):
    upgrade(site)
    before = tables(site)
    assert upgrade(site) == []
    assert tables(site) == before


def test_each_history_has_a_table_of_its_own(site):
    upgrade(site)
    assert {version_table(name) for name in histories(site)} <= tables(site)
    assert "alembic_version" not in tables(site)


def test_a_plugin_that_is_taken_away_leaves_its_tables_and_holds_nobody_up(site, novantic_settings):
    upgrade(site)
    before = tables(site)
    smaller = build({**novantic_settings, "novantic.plugins": "webform"})
    assert pending(smaller) == []
    assert upgrade(smaller) == []
    assert tables(smaller) == before
    smaller.database.engine.dispose()


def test_a_plugin_that_is_added_later_brings_its_tables(novantic_settings, site):
    smaller = build({**novantic_settings, "novantic.plugins": "webform"})
    upgrade(smaller)
    smaller.database.engine.dispose()
    assert pending(site) == ["faq"]
    assert upgrade(site) == ["faq"]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(site, monkeypatch):
    upgrade_one = migrate.upgrade_one

    def fail_at_the_second(connection, name, folder):
        if name != migrate.CORE:
            raise ZeroDivisionError
        upgrade_one(connection, name, folder)

    monkeypatch.setattr(migrate, "upgrade_one", fail_at_the_second)
    with pytest.raises(ZeroDivisionError):
        upgrade(site)
    assert "ticket" not in tables(site)
