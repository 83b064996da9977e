"""Real server processes that kill themselves (SIGKILL) at a named step, for test_kill.py.

A program: it imports everything once, then forks a server for each line of JSON that it reads, so that a start costs
milliseconds. Each server has the embedded worker, and says its process id and port in a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import psycopg  # noqa: F401 - imported once, before the forks
import waitress
from sqlalchemy import Engine, event
from zope.sqlalchemy.datamanager import SessionDataManager

from novantic_core import assembly, make_app  # noqa: F401
from novantic_core.delivery.carrier import Carrier
from novantic_core.services import keep_file
from novantic_email.channel import EmailChannel
from novantic_email.server import MailServer

posting = threading.local()
"""``here`` is true in the thread that answers a POST: the worker's thread has commits of its own."""


def kill() -> None:
    """End at once, as a power cut or the kernel would."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()


def after_statement(start: str) -> Callable[[], None]:
    """Die right after the first statement that begins so."""

    def arm() -> None:
        @event.listens_for(Engine, "after_cursor_execute")
        def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.startswith(start):
                kill()

    return arm


def wrap(owner: Any, name: str, *, before: bool) -> Callable[[], None]:
    """Die right before or after a function does its work."""

    def arm() -> None:
        plain = getattr(owner, name)

        def armed(*given: Any, **named: Any) -> Any:
            if before:
                kill()
            plain(*given, **named)
            return kill()

        setattr(owner, name, armed)

    return arm


def at_commit_of_post(*, before: bool) -> Callable[[], None]:
    """Die before or after the commit of the request that opens the ticket."""

    def arm() -> None:
        plain = SessionDataManager.tpc_vote

        def vote(manager: SessionDataManager, transaction: Any) -> None:
            if posting.here and before:
                kill()
            plain(manager, transaction)
            if posting.here:
                kill()

        SessionDataManager.tpc_vote = vote

    return arm


STEPS: dict[str, Callable[[], None]] = {
    "the form is read": wrap(keep_file, "keep_file", before=True),
    "the file is stored": wrap(keep_file, "keep_file", before=False),
    "the ticket is written": after_statement("INSERT INTO ticket "),
    "the message is written": after_statement("INSERT INTO message "),
    "the attachment is written": after_statement("INSERT INTO attachment "),
    "the event is written": after_statement("INSERT INTO event "),
    "the deliveries are written": after_statement("INSERT INTO delivery "),
    "the commit begins": at_commit_of_post(before=True),
    "the commit is done": at_commit_of_post(before=False),
    "the answer is made": lambda: None,  # by the server below
    "the worker writes its claim": after_statement("UPDATE delivery SET claimed_by"),
    "the worker has claimed": wrap(Carrier, "_prepare", before=True),
    "the link is made": after_statement("INSERT INTO access_grant "),
    "the worker has confirmed": wrap(EmailChannel, "send", before=True),
    "the mail is made": wrap(MailServer, "send", before=True),
    "the mail server has accepted": wrap(MailServer, "send", before=False),
    "the mail is marked as sent": wrap(Carrier, "_note", before=False),
}


def serve(settings: dict[str, str], kill_at: str | None) -> None:
    """Serve until killed, or told to stop."""
    if kill_at is not None:
        STEPS[kill_at]()
    app = make_app({**settings, "novantic.worker": "embedded"})

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        posting.here = environ["REQUEST_METHOD"] == "POST"
        body = app(environ, start_response)
        if posting.here and kill_at == "the answer is made":
            kill()
        return body

    server = waitress.create_server(application, host="127.0.0.1", port=0)
    sys.stdout.write(json.dumps({"pid": os.getpid(), "port": server.effective_port}) + "\n")
    sys.stdout.flush()
    server.run()


def main() -> None:
    """Fork a server for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            serve(**json.loads(line))
            sys.exit(0)


if __name__ == "__main__":
    main()
