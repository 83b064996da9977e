"""A mail server, and the channel that hands it mails."""

from __future__ import annotations

import pytest

from novantic_email.channel import EmailChannel


@pytest.fixture
def server():
    # not above: the package would have the module of that name in the place of its fixture
    from novantic_core.testing.smtp import SmtpSink

    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def channel(server):
    return EmailChannel({"mail.host": "127.0.0.1", "mail.port": str(server.port)})
