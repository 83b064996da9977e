import json
import socketserver
import threading

import example_worker_tasks
import pytest
from sqlalchemy import select

from novantic_core.testing.tables import Ticket

MESSAGE = {"id": "m-1", "email": "claire@example.com", "name": "Claire", "subject": "Disk full", "text": "Help"}


class Broker(socketserver.ThreadingTCPServer):
    """Says a message again until somebody acknowledges it."""

    allow_reuse_address = daemon_threads = True
    waiting: list[dict[str, str]]


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            waiting = self.server.waiting
            if line == b"DONE\n":
                waiting.pop(0)
            else:
                self.wfile.write(json.dumps(waiting[0] if waiting else None).encode() + b"\n")


@pytest.fixture
def broker():
    with Broker(("127.0.0.1", 0), Conversation) as server:
        server.waiting = [MESSAGE]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.novantic(plugins=["webform", "broker"], extra_plugins={"broker": example_worker_tasks})
def test_a_message_becomes_one_ticket_also_if_it_is_said_twice(novantic_app, broker):
    novantic_app.change_setting("broker", "port", str(broker.server_address[1]))
    novantic_app.run_task("broker.subscription")
    broker.waiting.append(MESSAGE)
    novantic_app.run_task("broker.subscription")
    with novantic_app.transaction() as session:
        assert [ticket.subject for ticket in session.scalars(select(Ticket))] == ["Disk full"]
    assert broker.waiting == []


@pytest.mark.novantic(plugins=["webform", "broker"], extra_plugins={"broker": example_worker_tasks})
def test_a_broker_that_is_away_is_said(novantic_app):
    novantic_app.change_setting("broker", "port", "9")
    with pytest.raises(OSError, match="refused"):
        novantic_app.run_task("broker.subscription")
