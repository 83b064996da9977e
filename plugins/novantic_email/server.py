"""The conversation with the mail server."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import Message
from typing import Any

from repoze.sendmail.encoding import encode_message
from repoze.sendmail.mailer import SMTPMailer

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
"""A server may look for viruses before it answers. Whoever hangs up before sends the mail a second time."""


class MailServer(SMTPMailer):
    """pyramid_mailer's connection with each wait bounded, closed whatever happens, and done once the mail is accepted.

    pyramid_mailer's own has no time-out with ``mail.ssl``, ends lines with a bare LF, leaves sockets open after an
    error, and calls a mail not sent if the connection breaks after the server took it.
    """

    def __init__(self, plain: Any) -> None:
        super().__init__(
            hostname=plain.hostname, port=plain.port, username=plain.username, password=plain.password,
            force_tls=plain.force_tls, ssl=plain.smtp is smtplib.SMTP_SSL, debug_smtp=plain.debug_smtp,
        )  # fmt: skip
        self.certificate = (getattr(plain, "certfile", None), getattr(plain, "keyfile", None))

    def smtp_factory(self) -> smtplib.SMTP:
        """A connection, greeted."""
        options: dict[str, Any] = {"timeout": CONNECT_SECONDS}
        kind: type[smtplib.SMTP] = smtplib.SMTP
        if self.ssl:
            kind, options["context"] = smtplib.SMTP_SSL, self._context()
        connection = kind(self.hostname, int(self.port), **options)
        connection.set_debuglevel(self.debug_smtp)
        connection.sock.settimeout(ANSWER_SECONDS)  # type: ignore[union-attr]  # it is connected
        return connection

    def send(self, fromaddr: str, toaddrs: list[str], message: Message) -> None:
        """Send one mail; returns when the server has accepted it.

        :raises OSError: (``smtplib``'s errors are such) if it has not
        """
        # as text: smtplib ends the lines of text with CRLF and leaves bytes as they are, and servers that guard against
        # smuggled mail refuse a bare LF
        data = encode_message(message).decode("ascii")
        with contextlib.closing(self.smtp_factory()) as connection:
            connection.ehlo_or_helo_if_needed()
            if self.force_tls and not self.ssl:
                connection.starttls(context=self._context())
            if self.username:
                connection.login(self.username, self.password)
            connection.sendmail(fromaddr, toaddrs, data)
            # it is accepted: what happens at the farewell must not make it be sent again
            with contextlib.suppress(OSError):
                connection.quit()

    def _context(self) -> ssl.SSLContext | None:
        certfile, keyfile = self.certificate
        if not certfile:
            return None  # smtplib's own
        context = ssl.create_default_context()
        context.load_cert_chain(certfile, keyfile)
        return context
