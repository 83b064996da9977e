"""A mailbox that is emptied by IMAP: each mail is kept here first, and only then marked on its server."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from novantic_core.plugin import TaskTools, WorkerTask, _
from novantic_mail_intake.keep import Arrival, OpenDesk, keep_mail
from novantic_mail_intake.mailboxes import Mailbox
from novantic_mail_intake.sources.connection import Line, LoginRefusedError, UnfetchableError
from novantic_mail_intake.sources.settings import PLUGIN, ImapAccess
from novantic_mail_intake.sources.tokens import Tokens

log = logging.getLogger(__name__)

TRIES = 5
"""How often a mail is asked for that the server doesn't give, or at which the line breaks, before it is set aside."""

AGAIN = 5
"""How often in a row it is looked for what came while the rest was taken in."""
SIGN = 60
"""Every so many seconds it is said that the server answers, while mails are taken in."""
SOON = 5
"""Seconds: a line that ends sooner is no reason to open another one at once."""

WorkOff = Callable[[OpenDesk, int], object]
"""Makes of a kept mail what becomes of it."""


class Emptied:
    """One mailbox on its server. ``run`` is a worker's task: one worker of the site does it at a time."""

    def __init__(self, mailbox: Mailbox, access: ImapAccess, settings: Mapping[str, Any], work_off: WorkOff) -> None:
        self.mailbox = mailbox
        self.access = access
        self.settings = settings
        self.work_off = work_off
        self._tokens = Tokens(access.name, access.oauth2) if access.oauth2 is not None else None
        self._validity = ""
        self._kept: set[str] = set()
        """Numbers of mails that are kept here but aren't marked there yet: they needn't be fetched again."""
        self._left: set[str] = set()
        """Numbers of mails that stay there: they were too large, or couldn't be fetched."""
        self._failed: Counter[str] = Counter()
        """How often each mail couldn't be fetched; what failed is asked for after all others."""

    def task(self) -> WorkerTask:
        """It as a worker's task."""
        label = _("The mailbox ${address} at ${host}", mapping={
            "address": self.mailbox.address, "host": self.access.host,
        })  # fmt: skip
        every = self.access.every
        return WorkerTask(f"imap {self.access.name}", self.run, label, every, late=max(900, 3 * every))

    def run(self, tools: TaskTools) -> None:
        """Empty it; again and again where its server says when something comes.

        :raises OSError: if it can't be done now
        """
        while True:
            with self._open(tools.open_desk) as line:
                if line.validity != self._validity:
                    # what was known of numbers was about other mails
                    self._validity = line.validity
                    self._kept.clear()
                    self._left.clear()
                    self._failed.clear()
                self._empty(line, tools)
                if self._watch(line, tools):
                    return

    def _watch(self, line: Line, tools: TaskTools) -> bool:
        """Empty it whenever the server says that something came; False when the line ended, and a new one is due."""
        while line.tells and not tools.stopping.is_set() and not tools.once:
            began = time.monotonic()
            try:
                line.wait(self.access.every, tools.stopping)
            except OSError as error:
                # servers end a line that says nothing for long, but not at once
                log.info("mailbox %s: %s", self.access.name, error)
                return time.monotonic() - began < SOON
            self._empty(line, tools)
        return True

    def _open(self, open_desk: OpenDesk) -> Line:
        if self._tokens is None:
            return Line(self.access, self.access.password)
        try:
            return Line(self.access, self._tokens.get(open_desk))
        except LoginRefusedError:
            # it may have been called back before its time
            self._tokens.forget()
            raise

    def _wrong_settings(self, open_desk: OpenDesk) -> list[str]:
        """What the mailbox's settings name that the desk doesn't have; it may have had it when the site started."""
        with open_desk() as desk:
            asked = (
                ("category", "topic", self.mailbox.category, desk.site.all_categories),
                ("team", "team", self.mailbox.team, desk.site.teams),
            )
        return [
            f"{PLUGIN}mailbox.{self.mailbox.name}.{setting} = {key}: there is no such {what}"
            for setting, what, key, known in asked
            if key and key not in known
        ]

    # ------------------------------------------------------------------ a round

    def _empty(self, line: Line, tools: TaskTools) -> None:
        # what comes meanwhile is told once, and not again when it is waited for
        for _again in range(AGAIN):
            if not self._round(line, tools) and not line.told:
                break

    def _round(self, line: Line, tools: TaskTools) -> bool:
        """Take in what lies there now: whether that was anything."""
        taken = False
        faults = self._wrong_settings(tools.open_desk)
        waiting = line.waiting()
        self._kept &= waiting.keys()
        self._left &= waiting.keys()
        began = time.monotonic()
        for uid in sorted(waiting, key=lambda uid: (self._failed[uid], int(uid))):
            if tools.stopping.is_set():
                return False
            if uid in self._left:
                continue
            new = None
            try:
                new = self._take(line, uid, waiting[uid], tools)
            except UnfetchableError as error:
                faults.append(f"mail {uid} can't be fetched: {error}")
            try:
                if uid in self._kept:
                    line.acknowledge(uid)
                    self._kept.discard(uid)
            finally:
                if new is not None:
                    taken = True
                    self.work_off(tools.open_desk, new)
            if time.monotonic() - began > SIGN:
                # thousands that wait take their time, and each one is an answer
                tools.answered()
                began = time.monotonic()
        tools.answered()
        if faults:
            raise OSError("; ".join(faults)[:1000])
        return taken and not tools.stopping.is_set()

    def _take(self, line: Line, uid: str, size: int, tools: TaskTools) -> int | None:
        """Keep a mail here; it is in ``_kept`` then, or in ``_left`` if only a note of it is. Its id, if it is new."""
        if uid in self._kept:
            return None
        # taken back as soon as it is here: one at which the line breaks must not stand before the others for ever
        self._failed[uid] += 1
        most = self.settings["max_size"]
        if size > most:
            self._set_aside(line, uid, tools, f"it is too large: {size} bytes, of {most} at most")
            return None
        if self._failed[uid] > TRIES:
            self._set_aside(line, uid, tools, f"its server doesn't give it, asked {TRIES} times")
            return None
        raw = line.fetch(uid)
        del self._failed[uid]
        if raw is None:
            return None
        new = self._keep(raw, tools)
        self._kept.add(uid)
        return new

    def _keep(self, raw: bytes, tools: TaskTools, fault: str = "") -> int | None:
        arrival = Arrival(self.mailbox.name, "imap", raw, fault=fault)
        try:
            mail, new = keep_mail(tools.open_desk, arrival)
        except OSError as error:
            if tools.stopping.is_set():
                raise  # it isn't the storage: another worker took the mailbox over
            raise OSError(f"mails can't be kept: {error}") from error
        return mail if new else None

    def _set_aside(self, line: Line, uid: str, tools: TaskTools, why: str) -> None:
        headers: bytes | None = b""
        if self._failed[uid] <= TRIES + 1:  # else the line broke at them, too
            try:
                headers = line.fetch(uid, headers_only=True)
                self._failed[uid] -= 1
            except UnfetchableError:
                if self._failed[uid] <= TRIES:
                    raise
        if headers is not None:
            note = f"X-Novantic-Left-On-Server: {self.access.folder}, {line.validity}, {uid}\r\n".encode()
            where = f"It lies in {self.access.folder} of {self.access.user} on {self.access.host}, flagged."
            self._keep(note + headers, tools, f"{why[:1].upper()}{why[1:]}. {where}")
            line.set_apart(uid)
            self._left.add(uid)
