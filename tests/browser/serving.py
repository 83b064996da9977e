"""A real server and a real browser for the tests, and for the pictures of the pages."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from playwright.sync_api import Browser, Page, Playwright

from novantic_core.testing import BUILT_IN

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


WAIT = 20_000
"""Milliseconds after which something that doesn't come is an error."""


class Server(ThreadingMixIn, WSGIServer):
    """The standard library's, with a thread for each connection: it stops when it is told to."""

    daemon_threads = True

    @property
    def url(self) -> str:
        """The address of the site. It is known before the application that needs it for its links."""
        return f"http://127.0.0.1:{self.server_port}"


class Quiet(WSGIRequestHandler):
    """No line for each request."""

    def log_message(self, *args: Any) -> None:
        pass


def make() -> Server:
    """A server on a free port, with no application yet."""
    return make_server("127.0.0.1", 0, None, Server, Quiet)  # type: ignore[arg-type]


@contextmanager
def serve(server: Server, wsgi: Any) -> Iterator[None]:
    """Serve an application from threads of this process."""
    server.set_app(wsgi)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def settings(folder: Path, url: str) -> dict[str, str]:
    """A site on a fresh database below a folder."""
    return {
        "sqlalchemy.url": f"sqlite:///{folder}/novantic.db",
        "novantic.site_url": url,
        "novantic.plugins": " ".join(BUILT_IN),
        "novantic.secret": "0123456789abcdef" * 4,
        "novantic.mailer": "files",
        "novantic.debug": "true",
        "mail.top_level_directory": str(folder / "mail"),
        "novantic.storage.local.path": str(folder / "files"),
    }


def find_chromium() -> str | None:
    """Where Debian's Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright) -> Browser:
    """Chromium, which talks to nobody but the site."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=list(QUIET))


def watch(page: Page) -> list[str]:
    """What the console of a page says from now on, as it comes."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if _matters(message) else None)
    return said


def _matters(message: Any) -> bool:
    # an answer of 404 or 422 that a test asks for is told as an error, too
    return message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource")
