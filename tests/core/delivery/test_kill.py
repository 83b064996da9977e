"""The server is killed at each step between the form and the mail: there is no ticket and no mail, or both."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import killable_server
import pytest
from killable_server import STEPS
from sqlalchemy import func, select, update
from waiting import eventually
from webtest import TestApp

from novantic_core.models import (
    AccessGrant,
    Attachment,
    Contact,
    Delivery,
    Event,
    Message,
    StoredFile,
    Ticket,
    Upload,
    Worker,
)

CLIENT, TECHNICIAN = "claire@lefevre.example.com", "hugo@novantic.example"
PICTURE = b"\x89PNG" + bytes(range(256)) * 1000
FORM = {
    "topic": "printer", "company": "Boulangerie Lefèvre", "email": CLIENT, "name": "Claire", "phone": "01 44 55 66 77",
    "subject": "Imprimante", "message": "Bonjour",
}  # fmt: skip
KEPT = list(STEPS)[list(STEPS).index("the commit is done") :]
"""From here on the ticket is kept."""


class Servers:
    """Server processes on the test's database; they are killed at the latest when the test ends."""

    def __init__(self, factory, settings):
        self.factory, self.settings, self.pids = factory, settings, []

    def start(self, kill_at=None):
        self.factory.stdin.write(json.dumps({"settings": self.settings, "kill_at": kill_at}) + "\n")
        self.factory.stdin.flush()
        said = json.loads(self.factory.stdout.readline())
        self.pids.append(said["pid"])
        return said["port"]

    def is_alive(self, pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill_all(self):
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not any(map(self.is_alive, self.pids)))


@pytest.fixture(scope="module")
def factory():
    with subprocess.Popen(
        [sys.executable, killable_server.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def servers(factory, smtp, novantic_app, novantic_settings):
    novantic_app.add_technician(TECHNICIAN)
    started = Servers(factory, novantic_settings)
    yield started
    started.kill_all()


@pytest.fixture
def count(novantic_app):
    def count_rows(*conditions, of):
        with novantic_app.site.database.session(write=False) as session:
            return session.scalar(select(func.count()).select_from(of).where(*conditions))

    return count_rows


def filled_form(port):
    """The form as a browser would send it: its headers and its body."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/tickets/new")
        answer = connection.getresponse()
        page = answer.read().decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    cookies = "; ".join(value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")
    fields = [*hidden.items(), *FORM.items()]
    kind, body = TestApp(None).encode_multipart(fields, [("attachments", "capture.png", PICTURE)])
    return {"Content-Type": kind, "Cookie": cookies}, body


def send(port, form):
    """The answer's status, or None if there was no answer."""
    headers, body = form
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        try:
            connection.request("POST", "/tickets/new", body, headers)
            return connection.getresponse().status
        except (http.client.HTTPException, OSError):
            return None


@pytest.mark.parametrize("step", STEPS)
def test_killed_when(step, servers, smtp, novantic_app, count):
    port = servers.start(kill_at=step)
    form = filled_form(port)
    send(port, form)
    eventually(lambda: not servers.is_alive(servers.pids[0]))
    assert count(of=Ticket) == (step in KEPT)

    # thirty seconds later the dead one's claims would be taken over
    with novantic_app.transaction() as session:
        session.execute(update(Worker).values(heartbeat_at=datetime.now(UTC) - timedelta(minutes=1)))
    port = servers.start()
    eventually(lambda: count(Worker.pid == servers.pids[1], of=Worker))
    eventually(lambda: not count(Delivery.state != "sent", of=Delivery))
    whole_or_nothing(step, smtp, novantic_app, count)

    # the client, who saw an error, sends the page again
    assert send(port, form) == 303
    eventually(lambda: count(of=Delivery) and not count(Delivery.state != "sent", of=Delivery))
    assert count(of=Ticket) == 1
    assert len(set(smtp.message_ids)) == 2


def test_a_server_that_is_told_to_stop_gives_its_workers_claims_back(servers, novantic_app, count):
    servers.start()
    eventually(lambda: count(of=Worker) == 1)
    os.kill(servers.pids[0], signal.SIGTERM)
    eventually(lambda: not servers.is_alive(servers.pids[0]), seconds=60)
    assert count(of=Worker) == 0


def whole_or_nothing(step, smtp, app, count):
    there = int(step in KEPT)
    rows = {table.__name__: count(of=table) for table in (Ticket, Message, Attachment, Event, Contact, StoredFile)}
    assert set(rows.values()) == {there}, rows
    assert count(of=Upload) == 0
    assert count(of=Delivery) == 2 * there
    assert bool(count(of=AccessGrant)) == bool(there)
    mails = Counter((received.recipient, received.message_id) for received in smtp.received)
    assert Counter(recipient for recipient, _id in mails) == Counter([CLIENT, TECHNICIAN] * there)
    # only what was accepted without the worker's knowing goes out again, under the same id
    assert sum(mails.values()) == len(mails) + (step == "the mail server has accepted")
    if there:
        with app.site.storage.open(hashlib.sha256(PICTURE).hexdigest()) as kept:
            assert kept.read() == PICTURE
