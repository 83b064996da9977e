"""A real mail server on the loopback: it keeps what it is sent, or misbehaves as it is told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


@dataclass(frozen=True)
class Received:
    """One mail as it came over the wire."""

    sender: str
    recipient: str
    raw: bytes
    login: str = ""

    @property
    def mail(self) -> EmailMessage:
        """The mail as a mail program would read it."""
        read = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.mail["Message-ID"])


class _Handler:
    """What aiosmtpd calls. It reads all attributes of this at each connection, so the sink's own aren't among them."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_EHLO(self, server: Any, session: Any, _envelope: Any, hostname: str, responses: Any) -> Any:  # noqa: N802
        self.sink.connections.add(server)
        session.host_name = hostname
        return [self.sink.answers["EHLO"]] if "EHLO" in self.sink.answers else responses

    async def handle_HELO(self, server: Any, session: Any, _envelope: Any, hostname: str) -> str:  # noqa: N802
        session.host_name = hostname
        return self.sink.answers.get("EHLO", f"250 {server.hostname}")

    async def handle_RSET(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.sink.answers.get("RSET", "250 OK")

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.sink.hang_up("MAIL"):
            server.transport.abort()
        envelope.mail_from = address
        envelope.mail_options = options
        return self.sink.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.sink.hang_up("RCPT"):
            server.transport.abort()
        if "RCPT" in self.sink.answers:
            return self.sink.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.sink.hang_up("DATA"):
            server.transport.abort()
            return ""
        if not self.sink.gate.is_set():
            self.sink.waiting.set()
            await server.loop.run_in_executor(None, self.sink.gate.wait)
        if "DATA" in self.sink.answers:
            return self.sink.answers["DATA"]
        login = session.auth_data if isinstance(session.auth_data, str) else ""
        for recipient in envelope.rcpt_tos:
            self.sink.received.append(Received(envelope.mail_from, recipient, envelope.content, login))
        if self.sink.hang_up("KEPT"):
            server.transport.abort()
        return "250 kept"

    async def handle_QUIT(self, server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        if self.sink.hang_up("QUIT"):
            server.transport.abort()
        return "221 bye"


class _Server(SMTP):
    """A connection that can be refused at its greeting, or end in the middle of a mail."""

    def __init__(self, handler: _Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self._sink = handler.sink
        self._greeted = False

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            status = self._sink.answers.get("CONNECT", status)
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if "354" in self._sink.answers:
            await self.push(self._sink.answers["354"])
        elif self._sink.hang_up("BODY"):
            await self.push("354 go on")
            self.transport.abort()  # type: ignore[union-attr]  # it is connected
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


class SmtpSink:
    """The server. ``answers`` maps a stage to what it says there instead of yes.

    Stages are ``CONNECT`` (its greeting), ``EHLO``, ``MAIL``, ``RCPT``, ``354`` (whether it wants the mail at all),
    ``DATA`` (whether it takes it) and ``RSET``.
    """

    def __init__(self, **options: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.received: list[Received] = []
        self.answers: dict[str, str] = {}
        self.hang_up: Callable[[str], bool] = lambda _where: False
        """Asked at ``MAIL``, ``RCPT``, ``BODY`` (while the mail comes), ``DATA`` (before it is kept), ``KEPT`` (after)
        and ``QUIT``: whether to hang up."""
        self.connections: set[Any] = set()
        """Each that ever said EHLO."""
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self._options = options
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen, again on the same port after a stop."""
        self._controller = _Controller(_Handler(self), "127.0.0.1", self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening: connections are refused."""
        self.gate.set()
        if self._controller is not None:
            self.drop()
            self._controller.stop()
        self._controller = None

    def drop(self) -> None:
        """Hang up on all who are connected, and go on listening."""
        assert self._controller is not None
        asyncio.run_coroutine_threadsafe(self._hang_up_on_all(), self._controller.loop).result(20)

    async def _hang_up_on_all(self) -> None:
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(0.01)  # until the loop has closed them

    @contextmanager
    def slow(self) -> Any:
        """While this lasts, no mail is answered; ``waiting`` is set when one is there."""
        self.waiting.clear()
        self.gate.clear()
        try:
            yield
        finally:
            self.gate.set()

    @property
    def message_ids(self) -> list[str]:
        """The Message-IDs received, in order, repetitions too."""
        return [one.message_id for one in self.received]

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that reached an address."""
        return [one.mail for one in self.received if one.recipient == address]


def accept_login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    """An authenticator that knows one user."""
    good = data.login == b"novantic" and data.password == b"sesame"
    return AuthResult(success=good, handled=False, auth_data=data.login.decode() if good else None)


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """What a server that speaks TLS shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
