"""A site whose mailbox lies on a real Dovecot. Without it tests are skipped; with NOVANTIC_TEST_STRICT=1 they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from dovecot import PASSWORD, USER, Dovecot, find_dovecot
from proxy import Proxy
from sqlalchemy import select
from task_tools import Tools
from token_server import TokenServer

from novantic_mail_intake.models import IncomingMail

PREFIX = "novantic.mail_intake."
BOX = f"{PREFIX}mailbox.support."


@pytest.fixture
def dovecot(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """The server, with an empty mailbox; tests configure it by ``@pytest.mark.dovecot("lines")``."""
    if find_dovecot() is None:
        words = "Dovecot is not installed (apt-get install dovecot-imapd): the tests of IMAP can't run"
        if os.environ.get("NOVANTIC_TEST_STRICT") == "1":
            pytest.fail(words)
        pytest.skip(words)
    marker = request.node.get_closest_marker("dovecot")
    introspection = request.getfixturevalue("tokens").introspection if "tokens" in request.fixturenames else ""
    server = Dovecot(introspection or "http://127.0.0.1:9/?token=", marker.args[0] if marker else "")
    server.start()
    yield server
    server.end()


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    """A server of tokens, which Dovecot asks, too."""
    server = TokenServer()
    yield server
    server.stop()


@pytest.fixture
def mailbox_settings(request: pytest.FixtureRequest, dovecot: Dovecot) -> dict[str, str]:
    """What the .ini file says of the mailbox; tests say more by ``@pytest.mark.mailbox(after=…)``."""
    given = {"host": "127.0.0.1", "port": str(dovecot.tls_port), "ca_file": str(dovecot.certificate), "user": USER}
    if "tokens" not in request.fixturenames:
        return {**given, "password": PASSWORD}
    url = request.getfixturevalue("tokens").token_url
    return {
        **given, "oauth2_token_url": url, "oauth2_client_id": "desk", "oauth2_refresh_token": "first refresh token",
        "oauth2_scope": "https://outlook.office365.com/.default",
    }  # fmt: skip


@pytest.fixture
def proxy(dovecot: Dovecot, mailbox_settings: dict[str, str]) -> Iterator[Proxy]:
    """What stands between us and the server."""
    between = Proxy(dovecot.port)
    mailbox_settings.pop("ca_file")
    mailbox_settings.update(security="none", port=str(between.port))
    yield between
    between.close()


@pytest.fixture
def novantic_settings(request: pytest.FixtureRequest, novantic_settings: dict[str, str]) -> dict[str, str]:
    """What the .ini file says: a mailbox, which has a server where the test has one."""
    more = {f"{BOX}address": USER}
    if "dovecot" in request.fixturenames:
        given = request.getfixturevalue("mailbox_settings")
        more |= {BOX + name: text for name, text in given.items()}
    for marker in request.node.iter_markers("mailbox"):
        more |= {BOX + name: text for name, text in marker.kwargs.items()}
    return {**novantic_settings, **more}


@pytest.fixture
def tools(novantic_app) -> Tools:
    """What a worker hands to a task."""
    return Tools(novantic_app)


@pytest.fixture
def task(novantic_app):
    """The site's tasks by name: ``task("imap support")``."""

    def find(name):
        return next(one for plugin, one in novantic_app.site.tasks if (plugin.name, one.name) == ("mail_intake", name))

    return find


@pytest.fixture
def empty(task, tools):
    """Empty the mailbox once, as a task that its worker ends as soon as it has answered."""

    def run(name="imap support"):
        tools.stop_when_answered = True
        tools.stopping.clear()
        task(name).run(tools)

    return run


@pytest.fixture
def kept(novantic_app):
    """What was taken in: ``kept()`` gives the bytes of each mail, ``kept("state", "fault")`` what its row says."""

    def read(*columns):
        with novantic_app.desk() as desk:
            rows = desk.session.scalars(select(IncomingMail).order_by(IncomingMail.id)).all()
            if columns:
                return [tuple(getattr(row, column) for column in columns) for row in rows]
            return [read_file(desk, row.key) for row in rows]

    return read


def read_file(desk, key):
    with desk.open_file(key) as file:
        return file.read()


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    config.addinivalue_line("markers", "dovecot(lines): more of the server's configuration")
    config.addinivalue_line("markers", "mailbox(**settings): what the .ini file says of the mailbox")
