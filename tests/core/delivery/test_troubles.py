"""What lags while the site serves, as the doctor, ``/readyz``, the dashboard and the workers' page say it."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest
from made import plugin
from sqlalchemy import select, update

from novantic_core.delivery.alarms import expect_no_worker
from novantic_core.delivery.troubles import LATE, still_waiting, troubles
from novantic_core.delivery.worker import Worker
from novantic_core.models import Delivery, PluginState, WorkerTaskRow
from novantic_core.models import Worker as WorkerRow
from novantic_core.plugin import WorkerTask

NOW = datetime.now(UTC)
tasks = pytest.mark.novantic(
    plugins=["webform", "email", "post"],
    extra_plugins={
        "post": plugin(
            worker_tasks=lambda: [
                WorkerTask("box", print, "Support mailbox", late=900),
                WorkerTask("port", print, alone=False, late=900),
                WorkerTask("quiet", print, late=0),
            ]
        )
    },
)


@pytest.fixture
def alive(novantic_app):
    """A worker that has been at work for an hour."""

    def be_alive(name="w", **values):
        given = {"host": "ship", "pid": 42, "started_at": NOW - timedelta(hours=1), "heartbeat_at": NOW, **values}
        with novantic_app.transaction() as session:
            session.add(WorkerRow(id=name, **given))

    return be_alive


@pytest.fixture
def found(novantic_app):
    def find(now=NOW):
        with novantic_app.site.database.session(write=False) as session:
            return {one.name: (one.words.interpolate(), one.since) for one in troubles(novantic_app.site, session, now)}

    return find


@pytest.fixture
def task_row(novantic_app):
    def write(name="post.box", **values):
        with novantic_app.transaction() as session:
            session.merge(WorkerTaskRow(name=name, **{"fault": "", **values}))

    return write


def put_off(app, **values):
    with app.transaction() as session:
        session.execute(update(Delivery).values(**values))


def test_no_worker(novantic_app, found, alive):
    assert list(found()) == ["worker"]
    alive()
    assert found() == {}
    assert list(found(NOW + timedelta(minutes=1))) == ["worker"]
    assert list(found(NOW - timedelta(hours=2))) == ["worker"]


@tasks
def test_workers_that_come_now_and_again_are_as_good_as_one_that_stays(novantic_app, found, task_row):
    with novantic_app.transaction() as session:
        expect_no_worker(session, NOW)
    assert found() == {}
    # that it has not answered since then is told, though no worker was there for so long
    task_row(fault="nobody there", fault_since=NOW - timedelta(minutes=16))
    assert found() == {"tasks post.box": ("Support mailbox does not answer: nobody there", NOW - timedelta(minutes=16))}
    assert list(found(NOW + timedelta(minutes=10))) == ["worker"]
    assert list(found(NOW - timedelta(hours=1))) == ["worker"]


@tasks
def test_how_tasks_went_that_there_are_no_more_is_forgotten(novantic_app, alive, task_row):
    alive()
    day = timedelta(days=1)
    for name, values in {
        "post.box": {}, "post.port@ship": {},
        "post.port@gone": {"answered_at": NOW - 2 * day}, "post.port@lately": {"answered_at": NOW - day / 2},
        "post.old": {"fault_since": NOW - 2 * day, "fault": "nobody there"}, "post.older": {},
        "post.held": {"worker_id": "w", "answered_at": NOW - 2 * day},
    }.items():  # fmt: skip
        task_row(name, **values)
    Worker(novantic_app.site, lambda: NOW).run_once()
    with novantic_app.site.database.session(write=False) as session:
        left = set(session.scalars(select(WorkerTaskRow.name)))
    assert left == {"post.box", "post.port@ship", "post.port@lately", "post.held"}


def test_deliveries_that_are_due_and_not_taken(novantic_app, found, alive, open_ticket):
    alive()
    open_ticket()
    assert found() == {}
    put_off(novantic_app, next_attempt_at=NOW - LATE)
    assert found() == {"deliveries": ("Deliveries are due, and not sent: 1.", NOW - LATE)}
    # alarms tell of no alarms
    put_off(novantic_app, kind="desk_alarm")
    assert found() == {}


def test_what_waits_for_a_plugin_is_that_ones_trouble(novantic_app, found, alive, open_ticket):
    alive()
    open_ticket()
    put_off(novantic_app, next_attempt_at=NOW - LATE)
    with novantic_app.transaction() as session:
        session.merge(
            PluginState(plugin="email", faults=5, last_fault="send: it hung", last_fault_at=NOW, set_aside=True)
        )
    assert found() == {"plugins email": ("The plugin email was set aside: send: it hung", NOW)}


def test_a_channel_that_refuses_all(novantic_app, found, alive, open_ticket):
    alive()
    open_ticket()
    later = {"attempts": 3, "last_error": "ConnectionRefusedError: no", "next_attempt_at": NOW + timedelta(minutes=5)}
    put_off(novantic_app, **later, trying_since=NOW - timedelta(minutes=5))
    assert found() == {}
    put_off(novantic_app, trying_since=NOW - LATE)
    assert found() == {"deliveries email": ("Nothing goes out by E-mail: ConnectionRefusedError: no", NOW - LATE)}
    with novantic_app.site.database.session(write=False) as session:
        (words,) = still_waiting(novantic_app.site, session, NOW)
    assert words.interpolate() == "Refused for now, to be tried again: 1."
    # another one went out since
    open_ticket()
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).where(Delivery.attempts == 0).values(state="sent", sent_at=NOW))
    assert found() == {}


@tasks
def test_a_task_that_is_late(novantic_app, found, alive, task_row):
    assert list(found()) == ["worker"]
    alive(started_at=NOW - timedelta(minutes=10))
    assert found() == {}
    alive("v", host="boat")
    assert sorted(found()) == ["tasks post.box", "tasks post.port@boat"]
    task_row(answered_at=NOW - timedelta(minutes=14))
    task_row("post.port@boat", answered_at=NOW)
    assert found() == {}
    since = NOW - timedelta(minutes=16)
    task_row(answered_at=since, fault="login\nrefused", fault_since=since)
    assert found() == {"tasks post.box": ("Support mailbox does not answer: login refused", since)}
    # said by a clock that was ahead
    task_row(answered_at=NOW + timedelta(days=1))
    assert list(found()) == ["tasks post.box"]


@tasks
def test_readyz_says_each_once_and_goes_on_saying_200(portal, alive, novantic_app):
    alive(heartbeat_at=datetime.now(UTC))
    alive("v", host="boat", heartbeat_at=datetime.now(UTC))
    assert portal.get("/readyz", status=200).text == "ready\ntasks: late\n"


@tasks
def test_the_page_shows_who_works_and_what_they_watch(back_office, alive, task_row):
    page = back_office.get("/admin/workers")
    assert "No worker is alive" not in page
    assert "Aucun worker n’est en vie" in page
    # the page goes by the clock, and this file may have been read long ago
    now = datetime.now(UTC)
    alive(heartbeat_at=now)
    task_row(worker_id="w", answered_at=now, fault="login refused", fault_since=now)
    page = back_office.get("/admin/workers").html
    words = page.find("main").get_text(" ", strip=True)
    assert "ship" in words
    assert "login refused" in words
    assert "À regarder de près" in words  # the port of that machine, of which nothing is known
    assert "Réessayé" in words
    # the usual reasons in the reader's words, and as they were noted
    fault = "imap.x.fr:993 can't be reached: [Errno 111] Connection refused"
    task_row(worker_id="w", answered_at=now, fault=fault, fault_since=now)
    words = back_office.get("/admin/workers").html.find("main").get_text(" ", strip=True)
    assert f"imap.x.fr:993 refuse la connexion {fault}" in words


@tasks
def test_the_dashboard_says_it_to_administrators(back_office, novantic_app):
    assert "Aucun worker n’est en vie" in back_office.get("/admin")
    client = novantic_app.sign_in("hugo@novantic.example")
    assert "Aucun worker" not in client.get("/admin")


@tasks
def test_of_a_task_that_each_does_the_machine_is_named(found, alive):
    alive(host=socket.gethostname())
    assert f"tasks post.port@{socket.gethostname()}" in found()
