"""Keeping indexes in step, and what is left to a worker."""

from __future__ import annotations

import types
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from novantic_core.delivery.worker import Worker
from novantic_core.desk import Desk
from novantic_core.models import SearchPending, Ticket
from novantic_core.plugin import SearchDocument, SearchIndex, SearchText, hookimpl
from novantic_core.services import keep_index

BROKEN = {"on": False}
GONE: set[int] = set()


def read(session: Any, ids: Any) -> list[SearchDocument]:
    if BROKEN["on"]:
        raise RuntimeError("no such shelf")
    return [SearchDocument(key, [SearchText(f"étagère {key}")]) for key in ids if key not in GONE]


shelf = types.ModuleType("shelf")


@hookimpl
def novantic_search_indexes() -> list[SearchIndex]:
    return [SearchIndex("shelf", "Shelves", read, lambda session, after, limit: [])]


shelf.novantic_search_indexes = novantic_search_indexes  # type: ignore[attr-defined]
with_shelf = pytest.mark.novantic(
    plugins=["webform", "shelf"], extra_plugins={"shelf": shelf}, settings={"novantic.debug": "false"}
)


@pytest.fixture(autouse=True)
def mended():
    BROKEN["on"] = False
    GONE.clear()


@pytest.fixture
def found(novantic_app):
    def find(index, words):
        with novantic_app.site.database.session(write=False) as session:
            return [hit.id for hit in Desk(novantic_app.site, session).find(index, words)]

    return find


def change(app, *ids):
    with app.transaction() as session:
        Desk(app.site, session).changed("shelf", *ids)


@with_shelf
def test_what_changed_is_found_when_it_is_committed(novantic_app, found):
    change(novantic_app, 1, 2)

    assert sorted(found("shelf", "etagere")) == [1, 2]


@with_shelf
def test_what_is_undone_is_not_found(novantic_app, found):
    with pytest.raises(RuntimeError), novantic_app.transaction() as session:
        Desk(novantic_app.site, session).changed("shelf", 1)
        raise RuntimeError

    change(novantic_app, 2)
    assert found("shelf", "etagere") == [2]


@with_shelf
def test_what_is_gone_is_forgotten(novantic_app, found):
    change(novantic_app, 1, 2)
    GONE.add(1)
    change(novantic_app, 1, 2)

    assert found("shelf", "etagere") == [2]


@with_shelf
def test_nobody_has_such_an_index(novantic_app):
    with novantic_app.transaction() as session, pytest.raises(LookupError, match="no search index 'attic'"):
        Desk(novantic_app.site, session).changed("attic", 1)


@with_shelf
def test_what_fails_keeps_nothing_from_being_committed_and_a_worker_does_it_later(novantic_app, found, count, clock):
    BROKEN["on"] = True
    change(novantic_app, 1, 2)
    assert (count(SearchPending), found("shelf", "etagere")) == (2, [])
    assert "no such shelf" in novantic_app.site.plugins.get("shelf").last_fault
    worker = Worker(novantic_app.site, clock)
    worker.run_once()
    assert count(SearchPending) == 2

    BROKEN["on"] = False
    worker.run_once()
    assert found("shelf", "etagere") == []
    clock.forward(minutes=1)
    worker.run_once()

    assert (count(SearchPending), sorted(found("shelf", "etagere"))) == (0, [1, 2])


@with_shelf
def test_a_document_that_fails_again_and_again_is_put_off_for_longer_and_longer(novantic_app, clock):
    BROKEN["on"] = True
    change(novantic_app, 1)
    for _attempt in range(3):
        keep_index.work_off(novantic_app.site, clock())
        clock.forward(hours=2)

    with novantic_app.transaction() as session:
        row = session.scalars(select(SearchPending)).one()
    assert row.tries == 3
    assert row.due_at - clock() == timedelta(minutes=2) - timedelta(hours=2)


@with_shelf
def test_a_plugin_that_was_set_aside_is_not_asked(novantic_app, count):
    novantic_app.site.plugins.get("shelf").set_aside = True
    change(novantic_app, 1)

    assert count(SearchPending) == 1
    assert novantic_app.site.plugins.get("shelf").faults == 0


@pytest.mark.novantic(settings={"novantic.debug": "false"})
def test_a_ticket_is_kept_though_the_index_is_gone(novantic_app, open_ticket, count, back_office):
    with novantic_app.transaction() as session:
        session.execute(text("DROP TABLE search_ticket"))

    assert open_ticket().isdecimal()
    assert (count(Ticket), count(SearchPending)) == (1, 1)
    assert "search: not ready" in back_office.get("/readyz", status=503).text
    with novantic_app.transaction() as session:
        assert list(Desk(novantic_app.site, session).find("ticket", "imprimante")) == []


def test_of_too_many_a_worker_takes_care(novantic_app, small_desk, found, count, monkeypatch):
    monkeypatch.setattr(keep_index, "AT_ONCE", 1)
    numbers = [small_desk.open(subject=f"Panne {place}") for place in range(3)]
    with novantic_app.transaction() as session:
        session.execute(text("UPDATE ticket SET subject = 'Toner'"))
        keep_index.tickets_changed(novantic_app.site, session, Ticket.number.in_(numbers))

    assert (count(SearchPending), found("ticket", "toner")) == (3, [])
    novantic_app.deliver()
    assert (count(SearchPending), len(found("ticket", "toner"))) == (0, 3)


def test_what_has_waited_for_long_is_said(novantic_app, portal):
    with novantic_app.transaction() as session:
        row = {"index_name": "gone", "document_id": 1, "tries": 0}
        session.add(SearchPending(**row, since=datetime.now(UTC) - timedelta(hours=1), due_at=datetime.now(UTC)))

    assert portal.get("/readyz").text == "ready\nworker: none alive\nsearch: late\n"
