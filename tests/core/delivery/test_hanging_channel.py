"""A channel, a job or an index that hangs: the rest is done, and what hung is tried again once it is brought back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from made import plugin
from sqlalchemy import select

from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery
from novantic_core.models.delivery import PENDING, SENT
from novantic_core.plugin import Channel, Notice, PeriodicJob, Recipient, SearchDocument, SearchIndex
from novantic_core.services.keep_index import changed, count_due

SETTINGS = {"novantic.debug": "false", "novantic.environment": "development", "novantic.plugin_seconds": "0.3"}
BUILT_IN = ["webform", "email_links", "email", "categories", "local_storage"]
mood = {"hangs": False}


def watched(*, first=False, **hooks):
    names = ["slow", *BUILT_IN] if first else [*BUILT_IN, "slow"]
    return pytest.mark.novantic(plugins=names, extra_plugins={"slow": plugin(**hooks)}, settings=SETTINGS)


def hang(*_given):
    if mood["hangs"]:
        time.sleep(3600)


@pytest.fixture(autouse=True)
def in_a_bad_mood(novantic_app):
    mood["hangs"] = True
    yield
    # the next application is made before its test
    mood["hangs"] = False


def slow_of(novantic_app):
    return novantic_app.site.plugins.get("slow")


pigeons = watched(
    notification_channels=lambda: [Channel("pigeon", "Pigeons", hang, seconds=0.3)],
    notifications=lambda event: [
        Notice("ticket_opened", Recipient(f"{n}@example.com", locale="fr"), channel="pigeon") for n in range(3)
    ],
)


@pigeons
def test_a_channel_that_hangs_holds_up_no_other(open_ticket, novantic_app, mailbox, clock):
    open_ticket()
    worker = Worker(novantic_app.site, clock)
    for _round in range(3):
        worker.run_once()
    assert len(mailbox.to("claire@lefevre.example.com")) == 1
    slow = slow_of(novantic_app)
    assert (slow.faults, slow.hung) == (1, True)
    assert slow.last_fault == "sending by pigeon: TookTooLong: it took longer than 0.3 s"
    with novantic_app.transaction() as session:
        waiting = session.scalars(select(Delivery).where(Delivery.channel == "pigeon").order_by(Delivery.id)).all()
        assert [row.state for row in waiting] == [PENDING] * 3
        assert [row.attempts for row in waiting] == [1, 0, 0]
        assert {row.claimed_by for row in waiting} == {None}
        ids = [row.message_id for row in waiting]
    mood["hangs"] = False
    slow.set_aside = slow.hung = False
    clock.forward(hours=2)
    while worker.run_once():
        pass
    with novantic_app.transaction() as session:
        gone = session.scalars(select(Delivery).where(Delivery.channel == "pigeon").order_by(Delivery.id)).all()
        assert [(row.state, row.message_id) for row in gone] == [(SENT, one) for one in ids]
    worker.leave()


@watched(periodic_jobs=lambda: [PeriodicJob("clean", 60, hang, seconds=0.3)])
def test_a_job_that_hangs_leaves_the_worker_at_work(open_ticket, novantic_app, mailbox):
    open_ticket()
    assert len(mailbox.to("claire@lefevre.example.com")) == 1
    assert slow_of(novantic_app).last_fault == "job clean: TookTooLong: it took longer than 0.3 s"
    assert slow_of(novantic_app).set_aside


@watched(first=True, access_link=lambda ticket: hang())
def test_a_link_that_hangs_costs_the_mail_the_link_of_that_plugin(open_ticket, novantic_app, mailbox):
    open_ticket()
    assert mailbox.link(mailbox.to("claire@lefevre.example.com")[0])
    assert slow_of(novantic_app).last_fault.startswith("novantic_access_link: TookTooLong")


def read(session, ids):
    hang()
    return [SearchDocument(one, []) for one in ids]


@watched(search_indexes=lambda: [SearchIndex("slow", "Slow", read, lambda session, after, limit: [])])
def test_an_index_that_hangs_leaves_its_documents_to_later(novantic_app):
    site = novantic_app.site

    def change():
        with novantic_app.transaction() as session:
            changed(site, session, "slow", 1)

    site.plugins.in_time(change)
    assert slow_of(novantic_app).last_fault.startswith("reading for the index slow: TookTooLong")
    assert count_due(site, datetime.now(UTC) + timedelta(minutes=1)) == 1
