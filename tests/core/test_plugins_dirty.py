"""A plugin that ends the core's transaction: nothing is said to be kept that isn't."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from made import plugin
from sqlalchemy import func, select, text, update

from novantic_core.models import PluginState, Ticket


@pytest.mark.novantic(
    plugins=["webform", "local_storage", "rolls_back"],
    extra_plugins={"rolls_back": plugin(ticket_event=lambda event, session: session.rollback())},
    settings={"novantic.debug": "false"},
)
def test_a_plugin_that_rolls_back_undoes_nothing_but_its_own(open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert "session.rollback()" in novantic_app.site.plugins.get("rolls_back").last_fault


# ------------------------------------------------------------------ what else it may leave behind


def dirty(**hooks):
    return pytest.mark.novantic(
        plugins=["webform", "categories", "email_links", "email", "local_storage", "dirty"],
        extra_plugins={"dirty": plugin(**hooks)},
        settings={"novantic.debug": "false", "novantic.environment": "development"},
    )  # fmt: skip


def wrong_row():
    return PluginState(plugin=None, faults=0, last_fault="", last_fault_at=datetime.now(UTC))


def swallows_its_flush(session):
    session.add(wrong_row())
    with contextlib.suppress(Exception):
        session.flush()


def leaves_a_row_that_cannot_be_flushed(session):
    session.add(wrong_row())


def swallows_its_statement(session):
    with contextlib.suppress(Exception):
        session.execute(text("SELECT * FROM no_such_table"))


def begins_what_it_never_ends(session):
    session.begin_nested()
    session.begin_nested()


def ends_its_own_savepoint(session):
    session.get_nested_transaction().rollback()


def commits(session):
    session.commit()


def closes(session):
    session.close()


def forgets_everything(session):
    session.expunge_all()


def expires(session):
    session.expire_all()


def switches_things_off(session):
    session.autoflush = False
    session.info.clear()


def ends_the_root(session):
    session.get_transaction().rollback()


def rolls_back_the_connection(session):
    session.connection().get_transaction().rollback()


def says_commit(session):
    session.execute(text("commit;"))


def says_rollback(session):
    session.execute(text("ROLLBACK"))


WAYS = [
    swallows_its_flush, leaves_a_row_that_cannot_be_flushed, swallows_its_statement, begins_what_it_never_ends,
    ends_its_own_savepoint, commits, closes, forgets_everything, expires, switches_things_off, ends_the_root,
    rolls_back_the_connection, says_commit, says_rollback,
]  # fmt: skip


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, marks=dirty(ticket_event=lambda event, session, way=way: way(session)), id=way.__name__)
        for way in WAYS
    ],
)
def test_a_ticket_stands_whatever_a_plugin_does_to_its_session(open_ticket, novantic_app, mailbox, way):
    number = open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.number)).one() == number
    assert len(mailbox.to("claire@lefevre.example.com")) == 1


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(
            way, marks=dirty(navigation=lambda request, way=way: way(request.dbsession) and []), id=way.__name__
        )
        for way in WAYS
    ],
)
def test_so_does_it_where_the_hook_only_gets_the_request(open_ticket, novantic_app, way):
    open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def commits_by_the_driver(event, session):
    session.connection().exec_driver_sql("COMMIT")


@dirty(ticket_event=commits_by_the_driver)
def test_who_finds_a_way_to_commit_is_set_aside_and_the_client_has_one_ticket(open_ticket, novantic_app):
    number = open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.number)).one() == number
    assert novantic_app.site.plugins.get("dirty").set_aside


def renames_tickets_and_fails(request):
    request.dbsession.execute(update(Ticket).values(subject="stolen"))
    raise ValueError


@dirty(navigation=renames_tickets_and_fails)
def test_what_a_hook_wrote_by_the_request_is_undone_when_it_fails(open_ticket, novantic_app, portal):
    open_ticket()
    page = portal.get("/tickets/status")
    page.forms["status"]["email"], page.forms["status"]["number"] = "x@y.example", "1"
    page.forms["status"].submit(expect_errors=True)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Ticket.subject)).one() != "stolen"
