"""A line to a mailbox. Whatever goes wrong on it is an ``OSError`` in words that say who is to mend what."""

from __future__ import annotations

import imaplib
import re
import select
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted

from novantic_mail_intake.sources.settings import DELETE, SEEN, ImapAccess

TIMEOUT = 30
"""For how many seconds a server may be silent."""
CHUNK = 200
"""How many mails' sizes are asked for at a time."""

_NOT_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)
"""By what a server says that it isn't the name or the password (RFC 5530)."""


class LoginRefusedError(OSError):
    """The server is there, and doesn't take the name with the password or the token."""


class UnfetchableError(Exception):
    """The server doesn't give one mail; the line is as good as before."""


def words_of(error: BaseException) -> str:
    """What an error says, in one line."""
    answer = getattr(error, "command_result", None)
    said = answer[1][-1] if answer and answer[1] else None
    if said is None and error.args and isinstance(error, imaplib.IMAP4.error):
        said = error.args[0]
    if isinstance(said, bytes):
        said = said.decode("utf-8", "replace")
    return " ".join(str(said or error).split())[:300] or type(error).__name__


class Line:
    """An open mailbox. Use it as a context; leaving it says good-bye."""

    def __init__(self, access: ImapAccess, secret: str) -> None:
        """Open it.

        :param secret: the password, or the token
        :raises LoginRefusedError: if it is not taken
        :raises OSError: if the server can't be reached or trusted, or has no such folder
        """
        self.access = access
        self._where = f"{access.host}:{access.port}"
        self._box = self._connect()
        try:
            self._log_in(secret)
            with self._everyday("asking what the server can do"):
                _ok, said = self._client.capability()
                self._abilities = frozenset((said[-1] or b"").decode("ascii", "replace").upper().split())
            self._open_folder()
        except BaseException:
            self.close()
            raise

    @property
    def _client(self) -> Any:
        return self._box.client

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_what: object) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye, as far as anybody hears it."""
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            self._client.sock.settimeout(2)
            self._box.logout()
        with suppress(OSError):
            self._client.shutdown()

    # ------------------------------------------------------------------ opening

    def _connect(self) -> BaseMailBox:
        access = self.access
        try:
            context = ssl.create_default_context(cafile=access.ca_file or None)
            if access.security == "ssl":
                return MailBox(access.host, access.port, TIMEOUT, ssl_context=context)
            return _begin_plainly(access, context if access.security == "starttls" else None)
        except ssl.SSLCertVerificationError as error:
            raise OSError(f"{self._where} shows a certificate that isn't trusted: {error.verify_message}") from None
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            raise OSError(f"{self._where} can't be reached: {words_of(error)}") from None

    def _log_in(self, secret: str) -> None:
        user = self.access.user
        try:
            if self.access.oauth2 is not None:
                self._box.xoauth2(user, secret, None)
            elif (user + secret).isascii():
                self._box.login(user, secret, None)
            else:
                self._box.login_utf8(user, secret, None)
        except (imaplib.IMAP4.abort, OSError) as error:
            raise OSError(f"{self._where} ended the line while logging in: {words_of(error)}") from None
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            words = words_of(error)
            if _NOT_NOW.search(words):
                raise OSError(f"{self._where} lets nobody log in now: {words}") from None
            raise LoginRefusedError(f"{self._where} refuses the login of {user}: {words}") from None

    def _open_folder(self) -> None:
        with self._everyday(f"the folder {self.access.folder} can't be opened"):
            self._box.folder.set(self.access.folder)
        _name, said = self._client.response("UIDVALIDITY")
        self.validity = (said[-1] or b"").decode("ascii", "replace") if said else ""
        """By what the server says that the numbers of its mails are others than before."""
        if self.access.target:
            with self._everyday(f"the folder {self.access.target} can't be made"):
                if not self._box.folder.exists(self.access.target):
                    self._box.folder.create(self.access.target)

    @contextmanager
    def _everyday(self, doing: str) -> Iterator[None]:
        try:
            yield
        except imaplib.IMAP4.readonly as error:
            raise OSError(f"{self._where}, {doing}: it may only be read: {words_of(error)}") from None
        except imaplib.IMAP4.abort as error:
            raise OSError(f"{self._where} ended the line: {words_of(error)}") from None
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            raise OSError(f"{self._where}, {doing}: {words_of(error)}") from None
        except OSError as error:
            raise OSError(f"the line to {self._where} broke: {words_of(error)}") from None

    # ------------------------------------------------------------------ what lies there

    def waiting(self) -> dict[str, int]:
        """The mails to be taken in: number and size (0 where it isn't told), the oldest first."""
        wanted = "UNSEEN UNDELETED" if self.access.after == SEEN else "UNDELETED"
        found: dict[str, int] = {}
        with self._everyday("the mails can't be listed"):
            # what came since the last look is told with it
            uids = sorted(self._box.uids(wanted, charset=None), key=int)
            for start in range(0, len(uids), CHUNK):
                self._forget_answers()
                status, lines = self._client.uid("FETCH", ",".join(uids[start : start + CHUNK]), "(RFC822.SIZE)")
                if status != "OK":
                    # of some it can't be told
                    _name, lines = self._client.response("FETCH")
                found.update(_sizes(lines))
        return {uid: found.get(uid, 0) for uid in uids}

    def _forget_answers(self) -> None:
        # imaplib keeps what came with a command that was refused, and would give it to the next one
        self._client.untagged_responses.pop("FETCH", None)

    def fetch(self, uid: str, *, headers_only: bool = False) -> bytes | None:
        """A mail as it lies there, without marking it; None for one that is gone.

        :raises UnfetchableError: if the server won't give this one
        :raises OSError: if the line is broken
        """
        what = "HEADER" if headers_only else ""
        with self._everyday(f"mail {uid}"):
            self._forget_answers()
            try:
                status, lines = self._client.uid("FETCH", uid, f"(BODY.PEEK[{what}])")
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise UnfetchableError(words_of(error)) from None
        if status != "OK":
            raise UnfetchableError(" ".join((lines[-1] or b"").decode("utf-8", "replace").split()))
        for line in lines:
            if isinstance(line, tuple):
                return bytes(line[1])
        if any(lines):
            raise UnfetchableError("the server gives nothing of it")
        return None

    # ------------------------------------------------------------------ what becomes of it

    def acknowledge(self, uid: str) -> None:
        """Do with a mail that is kept here what the settings say.

        :raises OSError: if the server won't; whatever it is, the mail is kept here
        """
        with self._everyday(f"mail {uid} is kept here, but can't be marked there"):
            if self.access.after == SEEN:
                self._mark(uid, r"\Seen")
            elif self.access.after == DELETE:
                self._remove(uid)
            elif "MOVE" in self._abilities:
                self._client.capabilities = tuple(self._abilities)
                self._box.move(uid, self.access.target)
            else:
                self._box.copy(uid, self.access.target)
                self._remove(uid)

    def set_apart(self, uid: str) -> None:
        """Leave a mail where it is, flagged, for a person who looks into the mailbox.

        :raises OSError: if the server won't
        """
        with self._everyday(f"mail {uid} can't be flagged"):
            self._mark(uid, r"\Flagged", *([r"\Seen"] if self.access.after == SEEN else []))

    def _mark(self, uid: str, *flags: str) -> None:
        # imap-tools' own way expunges too: it would remove what a person marked as deleted
        status, said = self._client.uid("STORE", uid, "+FLAGS.SILENT", f"({' '.join(flags)})")
        if status != "OK":
            raise imaplib.IMAP4.error((said[-1] or b"").decode("utf-8", "replace"))

    def _remove(self, uid: str) -> None:
        self._mark(uid, r"\Deleted")
        if "UIDPLUS" in self._abilities:
            self._client.uid("EXPUNGE", uid)
        else:
            self._client.expunge()

    # ------------------------------------------------------------------ waiting for more

    @property
    def tells(self) -> bool:
        """Whether the server says when there is something new."""
        return "IDLE" in self._abilities

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Wait until the server says something, at most so long; till then it is looked at ``stopping`` each second."""
        end = time.monotonic() + seconds
        with self._everyday("waiting"), self._box.idle:
            # what it says is read when waiting ends; so is the end of a line that broke
            while not stopping.is_set() and (left := end - time.monotonic()) > 0:
                if _readable(self._client.sock, min(left, 1)):
                    break


def _begin_plainly(access: ImapAccess, context: ssl.SSLContext | None) -> BaseMailBox:
    box = MailBoxUnencrypted(access.host, access.port, TIMEOUT)
    if context is not None:
        try:
            box.client.starttls(context)
        except BaseException:
            with suppress(OSError):
                box.client.shutdown()
            raise
    return box


def _readable(sock: Any, seconds: float) -> bool:
    poll = select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _sizes(lines: Iterable[Any]) -> Iterator[tuple[str, int]]:
    for line in lines:
        text = line if isinstance(line, bytes) else b""
        uid, size = re.search(rb"\bUID (\d+)", text), re.search(rb"\bRFC822\.SIZE (\d+)", text)
        if uid and size:
            yield uid[1].decode(), int(size[1])
