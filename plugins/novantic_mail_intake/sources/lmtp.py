"""Mail that a server on the same machine hands over by LMTP (RFC 2033): each recipient has an answer of its own."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from sqlalchemy.exc import InterfaceError, OperationalError

from novantic_core.plugin import TaskTools, WorkerTask, _
from novantic_mail_intake.keep import Arrival, keep_mail
from novantic_mail_intake.mailboxes import Mailbox, mailbox_of
from novantic_mail_intake.sources.imap import WorkOff
from novantic_mail_intake.sources.settings import Listen

log = logging.getLogger(__name__)

GRACE = 1.5
"""For how many seconds a mail that is being kept is waited for when the worker stops."""
LONGEST_LINE = 2**20
"""Octets of a line of a mail: many that are on their way have longer ones than the 998 that are allowed."""
WRITERS = 4
"""How many mails are kept at a time."""
SIGN = 30
"""Every so many seconds it is said that the port is there."""


class Taken:
    """A port or a socket at which LMTP is spoken. ``run`` is a worker's task, for each worker.

    One process can hold it. The others look every few seconds whether it is held by one of theirs: that is how it
    should be, and when that one ends, the next one takes it. If it is held by anybody else, that is a fault.
    """

    def __init__(self, where: Listen, settings: Mapping[str, Any], work_off: WorkOff) -> None:
        self.where = where
        self.settings = settings
        self.work_off = work_off

    def task(self) -> WorkerTask:
        """It as a worker's task."""
        label = _("Mail by LMTP at ${where}", mapping={"where": str(self.where)})
        return WorkerTask("lmtp", self.run, label, every=5, alone=False)

    def run(self, tools: TaskTools) -> None:
        """Listen until the worker stops; nothing to do where another worker of the site listens.

        :raises OSError: if nobody of ours can
        """
        with tools.open_desk() as desk:
            # what tells our own workers from anybody else who may hold the port
            ident = f"Novantic {desk.secret('mail_intake lmtp')[:16]}"
        if self._greeting().endswith(ident):
            tools.answered()
            return
        asyncio.run(self._listen(tools, ident))

    def _greeting(self) -> str:
        """What whoever is there already says; empty where nobody is, or is silent."""
        with suppress(OSError), _reach(self.where) as line, line.makefile("rb") as said:
            return said.readline(512).decode("ascii", "replace").strip()
        return ""

    async def _listen(self, tools: TaskTools, ident: str) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(WRITERS + 1, "novantic-lmtp") as pool:
            handler = Handler(self, tools, pool)

            def converse() -> Conversation:
                return Conversation(
                    handler, data_size_limit=self.settings["max_size"], enable_SMTPUTF8=True,
                    hostname=socket.gethostname(), ident=ident, loop=loop,
                )  # fmt: skip

            server = await self._bind(loop, converse)
            try:
                tools.answered()
                while not await loop.run_in_executor(pool, tools.stopping.wait, SIGN):
                    tools.answered()
            finally:
                server.close()
                _take_away(self.where.path)
                await handler.finish()

    async def _bind(self, loop: asyncio.AbstractEventLoop, converse: Any) -> asyncio.Server:
        where = self.where
        try:
            if where.path:
                return await loop.create_unix_server(converse, sock=_make_socket(where))
            return await loop.create_server(converse, where.host, where.port)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "another program holds it" if taken else error.strerror or str(error)
            raise OSError(f"{where} can't be listened on: {why}") from None


def _reach(where: Listen) -> socket.socket:
    """A line to whoever listens there.

    :raises OSError: if nobody does
    """
    if not where.path:
        return socket.create_connection((where.host, where.port), 3)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(3)
        line.connect(where.path)
    except OSError:
        line.close()
        raise
    return line


def _make_socket(where: Listen) -> socket.socket:
    """A socket in the file system, for the worker's user and group."""
    path = Path(where.path)
    if path.is_socket():
        # what a worker that was killed left is taken away; one at which somebody listens is not
        with suppress(ConnectionRefusedError), _reach(where):
            raise OSError(errno.EADDRINUSE, "")
        path.unlink()
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(where.path)
        path.chmod(0o660)
    except OSError:
        made.close()
        raise
    return made


def _take_away(path: str) -> None:
    if path:
        Path(path).unlink(missing_ok=True)


class Conversation(LMTP):
    """One line of a client. What is said to a mail as a whole is said once for each of its recipients."""

    line_length_limit = LONGEST_LINE

    def __init__(self, handler: Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self._lines = handler.lines
        self._recipients = 0
        self._each = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._lines.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._lines.discard(self)
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's
        self._recipients = len(self.envelope.rcpt_tos) if self.envelope is not None else 0
        try:
            await super().smtp_DATA(arg)
        finally:
            self._recipients = self._each = 0

    async def push(self, status: Any) -> None:
        if self._recipients and status.startswith("354"):
            self._each = self._recipients
        elif self._each and "\r\n" not in status:
            status = "\r\n".join([status] * self._each)
        await super().push(status)


class Handler:
    """What is answered. aiosmtpd looks at all that begins with ``handle_``."""

    def __init__(self, taken: Taken, tools: TaskTools, pool: ThreadPoolExecutor) -> None:
        self.lines: set[Conversation] = set()
        self._taken = taken
        self._tools = tools
        self._pool = pool
        self._keeping = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle_EHLO(self, server: Any, session: Any, _envelope: Any, name: str, answers: list[str]) -> list[str]:  # noqa: N802
        session.host_name = name
        return [*answers[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", answers[-1]]

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self._mailbox(address) is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self._keeping += 1
        self._idle.clear()
        try:
            given = (envelope.content, envelope.mail_from, list(envelope.rcpt_tos))
            answers, new = await asyncio.get_running_loop().run_in_executor(self._pool, self._keep, *given)
        finally:
            self._keeping -= 1
            if not self._keeping:
                self._idle.set()
        for mail in new:
            self._pool.submit(self._work_off, mail)
        return "\r\n".join(answers)

    async def handle_exception(self, error: Exception) -> str:
        log.error("a line of LMTP failed", exc_info=error)
        return "451 4.3.0 Try again later"

    def _mailbox(self, address: str) -> Mailbox | None:
        return mailbox_of(self._taken.settings, [address])

    def _keep(self, raw: bytes, sender: str, recipients: list[str]) -> tuple[list[str], list[int]]:
        """Keep a mail for each of its recipients: what is answered to each, and the ids of those that are new."""
        answers, new = [], []
        for address in recipients:
            mailbox = self._mailbox(address)
            name = mailbox.name if mailbox is not None else ""
            arrival = Arrival(name, "lmtp", raw, sender.removeprefix("<").removesuffix(">"), address)
            try:
                mail, is_new = keep_mail(self._tools.open_desk, arrival)
            except Exception as error:
                everyday = isinstance(error, OSError | OperationalError | InterfaceError)
                log.error("a mail to %s can't be kept: %s", address, error, exc_info=None if everyday else error)
                answers.append("451 4.3.0 It can't be kept now, try again later")
            else:
                answers.append("250 2.0.0 Kept")
                new += [mail] if is_new else []
        return answers, new

    def _work_off(self, mail: int) -> None:
        # one that is left is worked off by who looks for what was left
        if not self._tools.stopping.is_set():
            try:
                self._taken.work_off(self._tools.open_desk, mail)
            except Exception:
                log.exception("mail %s is kept, but could not be worked off", mail)

    async def finish(self) -> None:
        """End all lines, those last in which a mail is being kept."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), GRACE)
        await asyncio.sleep(0)  # until the last answer is on its way
        for line in list(self.lines):
            if line.transport is not None:
                line.transport.close()
        await asyncio.sleep(0)
