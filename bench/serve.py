"""Serve an .ini file's application by one of the servers compared, in two processes.

``python -m bench.serve SERVER FILE.ini PORT``
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from typing import Any

PROCESSES = 2
THREADS = int(os.environ.get("BENCH_THREADS", "4"))


def application() -> Any:
    """The application of the .ini file that the environment names."""
    from pyramid.paster import get_app

    return get_app(os.environ["BENCH_INI"])


def gunicorn(ini: str, port: int) -> None:
    """As ``production.ini`` says: threads that keep connections open, processes forked from one that is ready."""
    os.execv(sys.executable, [sys.executable, "-m", "pyramid.scripts.pserve", ini])


def granian(ini: str, port: int) -> None:
    """A server written in Rust that hands requests to Python threads."""
    os.execv(sys.executable, [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers",
        str(PROCESSES), "--blocking-threads", str(THREADS), "--http", "1", "--no-ws", "--factory",
        "--log-level", "warning",
        "bench.serve:application",
    ])  # fmt: skip


def waitress(ini: str, port: int) -> None:
    """Waitress has one process: two of them share a socket, as two behind one proxy would share the load."""
    from waitress.server import create_server

    # it would say at each request that others wait, which is what is measured
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    with socket.create_server(("127.0.0.1", port), backlog=1024) as shared:
        shared.setblocking(False)
        children = []
        for _process in range(PROCESSES):
            child = os.fork()
            if child == 0:
                # as the others do, it leaves it to the site whom to believe about a client's address
                options = {"sockets": [shared], "threads": THREADS, "clear_untrusted_proxy_headers": False}
                create_server(application(), **options).run()
                os._exit(0)
            children.append(child)

        def stop(_signal: int, _frame: Any) -> None:
            for child in children:
                os.kill(child, signal.SIGTERM)

        signal.signal(signal.SIGTERM, stop)
        for child in children:
            os.waitpid(child, 0)


SERVERS = {"waitress": waitress, "gunicorn": gunicorn, "granian": granian}

if __name__ == "__main__":
    os.environ["BENCH_INI"] = sys.argv[2]
    SERVERS[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
