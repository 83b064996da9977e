"""Migrations: the tables are those of the models, on both engines, and each history goes its own way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy

from novantic_core import migrate
from novantic_core.migrate import autogenerate, histories, pending, upgrade, version_table
from novantic_core.models import Base, Contact, Message, Ticket
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
    assert pending(site) == ["faq", "mail_intake"]
    assert upgrade(site) == ["faq", "mail_intake"]


def write(connection, model, **values):
    """A row of a table as an older revision has it: none of the defaults that models have by now."""
    columns = [sqlalchemy.column(one.name, one.type) for one in model.__table__.columns]
    connection.execute(sqlalchemy.insert(sqlalchemy.table(model.__tablename__, *columns)).values(**values))


def test_tickets_of_before_get_the_time_of_their_last_word(site):
    first, answered, noted = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    person = {"name": "Claire", "email": "c@example.com", "phone": "", "company": "", "created_at": first}
    ticket = {
        "subject": "S", "status": "open", "priority": "normal", "priority_rank": 20, "critical": False,
        "call_back": False, "reasons": [], "channel": "web", "team": "support", "contact_id": 1, "department": "",
        "fields": {}, "locale": "fr", "theme": "novantic", "updated_at": noted, **person,
    }  # fmt: skip
    with site.database.engine.execution_options(novantic_write=True).begin() as connection:
        migrate.upgrade_one(connection, migrate.CORE, histories(site)[migrate.CORE], "0003")
        write(connection, Contact, id=1, email_key="c@example.com", notes="", **person)
        for key in (1, 2):
            write(connection, Ticket, id=key, number=str(key), **ticket)
        for kind, at in (("message", first), ("reply", answered), ("note", noted)):
            write(connection, Message, ticket_id=1, kind=kind, author="A", html="", text="", created_at=at)
    upgrade(site)
    with site.database.session(write=False) as session:
        found = sqlalchemy.select(Ticket.last_word_at).order_by(Ticket.id)
        assert session.scalars(found).all() == [answered, None]


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
