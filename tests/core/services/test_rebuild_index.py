"""Indexing everything anew."""

import threading

import pytest
from sqlalchemy import text

from novantic_core.desk import Desk
from novantic_core.services import rebuild_index as rebuild_module
from novantic_core.services.rebuild_index import count_documents, rebuild_index


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(rebuild_module, "BATCH", 2)
    monkeypatch.setattr(rebuild_module, "PAUSE", 0)


@pytest.fixture
def found(novantic_app):
    def find(words):
        with novantic_app.site.database.session(write=False) as session:
            return len(Desk(novantic_app.site, session).find("ticket", words))

    return find


def rebuild(app, **options):
    told = []
    rebuild_index(app.site, "ticket", told.append, **options)
    return sum(told)


def test_what_was_changed_behind_its_back_is_found(novantic_app, small_desk, found):
    for _one in range(5):
        small_desk.open(subject="Panne")
    with novantic_app.transaction() as session:
        session.execute(text("UPDATE ticket SET subject = 'Toner'"))

    assert rebuild(novantic_app) == count_documents(novantic_app.site, "ticket") == 5
    assert (found("panne"), found("toner")) == (0, 5)


def test_what_is_gone_is_forgotten(novantic_app, small_desk, found):
    small_desk.open(subject="Panne")
    with novantic_app.transaction() as session:
        session.execute(text(f"INSERT INTO search_ticket ({KEY[novantic_app.site.database.is_sqlite]}, words) "
                             "SELECT 100 + id, '| pann | | | |' FROM ticket"))  # fmt: skip
    assert found("panne") == 2

    rebuild(novantic_app)
    assert found("panne") == 1


KEY = {True: "rowid", False: "id"}


def test_an_index_that_is_damaged_is_made_anew(novantic_app, small_desk, found):
    small_desk.open(subject="Panne")
    with novantic_app.transaction() as session:
        session.execute(text("DROP TABLE search_ticket"))

    rebuild(novantic_app, anew=True)
    assert found("panne") == 1


def test_an_answer_that_is_given_meanwhile_stays_found(novantic_app, small_desk, found, monkeypatch):
    # the rebuild has read the ticket and has not kept it yet, when somebody answers
    number = small_desk.open(subject="Panne")
    answers: list[threading.Thread] = []

    def put_late(engine, index, session, ids):
        documents = list(index.read(session, ids))
        if not answers:
            answers.append(threading.Thread(target=small_desk.say, args=(number, "Le toner est vide")))
            answers[0].start()
            answers[0].join(0.5)
        engine.put(session, index.name, documents)

    monkeypatch.setattr(rebuild_module, "put", put_late)
    rebuild(novantic_app)
    answers[0].join()

    assert found("toner") == 1
