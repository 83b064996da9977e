"""The conversation with the mail server."""

from __future__ import annotations

import contextlib
import os
import re
import smtplib
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from novantic_core.plugin import PermanentFailure
from novantic_email.letter import Letter

CONNECT_SECONDS = 10
ANSWER_SECONDS = 60
TALK_SECONDS = 100
"""All that comes before the mail itself."""
ACCEPT_SECONDS = 150
"""A server may look for viruses before it accepts. Whoever hangs up before sends the mail a second time."""
WHOLE_SECONDS = 300
"""Longer than all of these."""

IDLE_SECONDS = 20
"""So long a connection is kept for the next mail; servers hang up after a minute at the earliest."""
UNASKED_SECONDS = 2
"""One that was idle for longer is asked whether it is still there."""
MAILS_EACH = 100
"""A connection carries so many; some servers refuse more."""
IN_VAIN_SECONDS = 5
DOWN_SECONDS = 30
"""A server that let us wait so long for nothing isn't tried again for so long: each mail would wait as long."""

ABOUT_THE_SERVER = {530, 534, 535, 538}
"""Answers that ask for a sign-in or for encryption: somebody will put the settings right, the mail can wait for it."""
_ENHANCED = re.compile(r"\d\.(\d{1,3}\.\d{1,3})\b")
_RELAY = re.compile(r"\brelay", re.IGNORECASE)


class Refused(OSError):
    """The server said no, for now: the mail is tried again."""


class Broken(OSError):
    """The connection ended; it can't be known whether the mail was taken where that came after its last line."""


@dataclass
class Connection:
    """An open connection, and how it was used."""

    smtp: smtplib.SMTP
    mails: int = 0
    since: float = field(default_factory=time.monotonic)
    used_at: float = 0.0

    def close(self) -> None:
        """End it at once."""
        self.smtp.close()

    def say_goodbye(self) -> None:
        """End it as one should. Whatever happens then is nobody's business."""
        with contextlib.suppress(OSError):
            if self.smtp.sock is not None:
                self.smtp.sock.settimeout(1)
            self.smtp.quit()
        self.smtp.close()


class MailServer:
    """What pyramid_mailer's ``mail.*`` settings name, with each wait bounded and connections that are used again.

    A connection is one thread's while it sends, then lies ready for the next mail, whichever thread sends it.

    :param plain: pyramid_mailer's own
    :param trust: the TLS context of now
    """

    def __init__(self, plain: Any, trust: Callable[[], ssl.SSLContext]) -> None:
        self.hostname: str = plain.hostname
        self.port = int(plain.port)
        self.username, self.password = plain.username, plain.password
        self.force_tls: bool = plain.force_tls
        self.ssl: bool = plain.smtp is smtplib.SMTP_SSL
        self.debug: int = plain.debug_smtp
        self._trust = trust
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._down: tuple[float, str] | None = None
        _servers.add(self)
        weakref.finalize(self, _say_goodbye_to_all, self._idle)

    # ------------------------------------------------------------------ connections

    def connect(self, seconds: float | None = None) -> Connection:
        """A connection, greeted, encrypted and signed in as the settings say."""
        if self._down is not None and time.monotonic() < self._down[0]:
            raise Refused(f"the server was not there a moment ago: {self._down[1]}")
        self._down, began = None, time.monotonic()
        smtp = smtplib.SMTP_SSL(timeout=CONNECT_SECONDS, context=self._trust()) if self.ssl else smtplib.SMTP(
            timeout=CONNECT_SECONDS
        )  # fmt: skip
        # what a certificate is compared with; connect() would only set it in the constructor
        smtp._host = self.hostname  # type: ignore[attr-defined]
        smtp.set_debuglevel(self.debug)
        try:
            code, words = smtp.connect(self.hostname, self.port)
            if code != 220:
                raise Refused(_said(code, words, "at the greeting"))
            _say_at_once(smtp)
            _wait(smtp, ANSWER_SECONDS if seconds is None else seconds)
            smtp.ehlo_or_helo_if_needed()
            if self.force_tls and not self.ssl:
                smtp.starttls(context=self._trust())
                smtp.ehlo_or_helo_if_needed()
            if self.username:
                smtp.login(self.username, self.password)
        except smtplib.SMTPResponseException as error:
            smtp.close()
            raise Refused(_said(error.smtp_code, error.smtp_error, "before any mail")) from error
        except ssl.SSLCertVerificationError as error:
            smtp.close()
            raise Refused(
                f"the server's certificate is not trusted: {error.verify_message}; "
                "novantic.email.ca_file names a file of certificates to trust"
            ) from error
        except OSError as error:
            smtp.close()
            if time.monotonic() - began > IN_VAIN_SECONDS:
                self._down = (time.monotonic() + DOWN_SECONDS, str(error))
            raise
        except BaseException:
            smtp.close()
            raise
        return Connection(smtp)

    def _take(self) -> Connection | None:
        """An idle connection that is still good."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                one = self._idle.pop()
            idle = time.monotonic() - one.used_at
            if idle > IDLE_SECONDS or one.mails >= MAILS_EACH:
                one.say_goodbye()
                continue
            if idle > UNASKED_SECONDS:
                try:
                    _wait(one.smtp, CONNECT_SECONDS / 2)
                    good = one.smtp.rset()[0] == 250
                except OSError:
                    good = False
                if not good:
                    one.close()
                    continue
            return one

    def _keep(self, one: Connection) -> None:
        one.used_at = time.monotonic()
        with self._lock:
            self._idle.append(one)

    def forget(self) -> None:
        """After a fork: they are the parent's, and another process may have held the lock."""
        self._lock = threading.Lock()
        while self._idle:
            self._idle.pop().close()

    # ------------------------------------------------------------------ mails

    def send(self, letter: Letter) -> None:
        """Send one mail; returns when the server has accepted it.

        :raises PermanentFailure: if it never will
        :raises OSError: if it has not, or if that can't be known
        """
        used = self._take()
        try:
            self._talk(used or self.connect(), letter)
        except _Gone as gone:
            if used is None:
                raise gone.cause from gone
        else:
            return
        # it went away while it lay there: nothing of the mail was said yet, so that another one is no repetition
        try:
            self._talk(self.connect(), letter)
        except _Gone as gone:
            raise gone.cause from gone

    def _talk(self, one: Connection, letter: Letter) -> None:
        try:
            self._envelope(one, letter)
            self._hand_over(one, letter)
        except (Refused, PermanentFailure) as error:
            if str(error).startswith("421"):
                one.close()
            else:
                self._use_again(one)
            raise
        except BaseException:
            one.close()
            raise
        one.mails += 1
        self._keep(one)

    def _use_again(self, one: Connection) -> None:
        """After a refusal: the server forgets what it was told, or goes."""
        with contextlib.suppress(OSError):
            if one.smtp.sock is not None and one.smtp.rset()[0] == 250:
                self._keep(one)
                return
        one.close()

    def _envelope(self, one: Connection, letter: Letter) -> None:
        smtp, ends = one.smtp, time.monotonic() + TALK_SECONDS

        def wait() -> None:
            _wait(smtp, min(ANSWER_SECONDS, ends - time.monotonic()))

        options = []
        if smtp.has_extn("size"):
            options.append(f"SIZE={len(letter.data)}")
            limit = smtp.esmtp_features.get("size", "").strip()
            if limit.isdecimal() and 0 < int(limit) < len(letter.data):
                raise PermanentFailure(f"the mail has {len(letter.data)} bytes, the server takes {limit}")
        if letter.utf8:
            if not smtp.has_extn("smtputf8"):
                raise PermanentFailure(f"the server takes no address with accents: {letter.recipient}")
            options += ["SMTPUTF8", "BODY=8BITMIME"] if smtp.has_extn("8bitmime") else ["SMTPUTF8"]
        smtp.command_encoding = "utf-8" if letter.utf8 else "ascii"
        try:
            wait()
            code, words = smtp.mail(letter.sender, options)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise _Gone(error) from error
        if code == 421:
            raise _Gone(Refused(_said(code, words, "at MAIL FROM")))
        _judge("MAIL FROM", code, words)
        wait()
        _judge("RCPT TO", *smtp.rcpt(letter.recipient))
        wait()
        code, words = smtp.docmd("DATA")
        if code != 354:
            _judge("DATA", code, words, also_good=False)

    @staticmethod
    def _hand_over(one: Connection, letter: Letter) -> None:
        data = re.sub(rb"(?m)^\.", b"..", letter.data)
        if not data.endswith(b"\r\n"):
            data += b"\r\n"
        smtp = one.smtp
        # the last line apart: what breaks before it was surely not taken
        with _breaking("the connection broke before the whole mail was sent"):
            smtp.send(data)
        with _breaking("the connection broke after the whole mail was sent; it may have been taken"):
            smtp.send(".\r\n")
            _wait(smtp, ACCEPT_SECONDS)
            code, words = smtp.getreply()
        _judge("the end of the mail", code, words)


def _say_goodbye_to_all(idle: list[Connection]) -> None:
    while idle:
        idle.pop().say_goodbye()


class _Gone(Exception):
    """The connection is gone, and nothing of the mail was said on it."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


@contextlib.contextmanager
def _breaking(words: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Broken(f"{words}: {error}") from error


def _say_at_once(smtp: smtplib.SMTP) -> None:
    """A mail's last line goes apart: it mustn't wait until the server's system has acknowledged the rest."""
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _wait(smtp: smtplib.SMTP, seconds: float) -> None:
    """How long the next answer is waited for."""
    if smtp.sock is not None:
        smtp.sock.settimeout(max(seconds, 0.1))


def _said(code: int, words: Any, where: str = "") -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {' '.join(text.split())}" + (f" ({where})" if where else "")


def _judge(stage: str, code: int, words: Any, *, also_good: bool = True) -> None:
    """What an answer means for the mail: docs/explanation/outbox.md has the table.

    :param also_good: False where more is asked for than a yes
    :raises PermanentFailure: if it will never be taken
    :raises Refused: if it may be taken later, or when somebody has put something right
    """
    if also_good and 200 <= code < 300:
        return
    said = _said(code, words)
    found = _ENHANCED.match(said.partition(" ")[2])
    detail = found[1] if found else ""
    too_large = detail == "3.4" or (stage == "MAIL FROM" and code == 552)
    if code >= 500 and code not in ABOUT_THE_SERVER:
        if too_large:
            raise PermanentFailure(said)
        full = code == 552 or detail == "2.2"
        # who may send what here is put right in the settings, at the provider's or in the DNS
        ours = stage == "MAIL FROM" or (stage == "RCPT TO" and (detail.startswith("7.") or _RELAY.search(said)))
        if not full and not ours:
            raise PermanentFailure(said)
    raise Refused(said)


_servers: weakref.WeakSet[MailServer] = weakref.WeakSet()


def _after_fork() -> None:
    for server in list(_servers):
        server.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
