"""One mail out of one parcel, handed to the mail server or written to a folder."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import tempfile
from collections.abc import Mapping
from email.utils import formatdate, quote
from pathlib import Path
from typing import Any

from pyramid_mailer.mailer import Mailer
from pyramid_mailer.message import Message
from repoze.sendmail.encoding import encode_message

from novantic_core.plugin import Parcel, PermanentFailure, SettingsError, parse_bool
from novantic_email.server import MailServer

AUTOMATIC = {
    # RFC 3834, and what Exchange and older list software look at: nobody's robot should answer a notice
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    "Precedence": "bulk",
}

ABOUT_THE_SERVER = {530, 534, 535, 538}
"""Answers that ask for a sign-in or for encryption: somebody will put the settings right, the mail can wait for it."""


class EmailChannel:
    """``novantic.mailer = smtp`` sends by pyramid_mailer's ``mail.*`` settings, ``files`` writes ``*.eml``."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.sender = settings.get("mail.default_sender", "")
        self.folder: Path | None = None
        if settings.get("novantic.mailer", "smtp") == "files":
            self.folder = Path(settings.get("mail.top_level_directory", "var/mail"))
        else:
            port = str(settings.get("mail.port", "25")).strip()
            if not port.isdecimal():
                raise SettingsError(f"mail.port = {port}: it takes the number of a port")
            for name in ("mail.tls", "mail.ssl"):
                _look_at_switch(name, str(settings.get(name, "false")))
            self.server = MailServer(Mailer.from_settings(dict(settings), "mail.").smtp_mailer)
            self.mailer = Mailer(smtp_mailer=self.server)

    def send(self, parcel: Parcel) -> None:
        """Send one mail; returns when the server has accepted it."""
        message = self.make(parcel)
        if self.folder is not None:
            _write(self.folder, parcel, message)
            return
        try:
            self.mailer.send_immediately(message)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, words),) = error.recipients.values()
            if code >= 500:
                raise PermanentFailure(f"{code} {_decode(words)}") from error
            raise
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            if error.smtp_code >= 500 and error.smtp_code not in ABOUT_THE_SERVER:
                raise PermanentFailure(f"{error.smtp_code} {_decode(error.smtp_error)}") from error
            raise

    def make(self, parcel: Parcel) -> Message:
        """The mail: text and HTML, from the brand's address, with the headers that stop auto-answers.

        The first line of ``mail/KIND.txt.pt`` is the subject.
        """
        kind = parcel.notice.kind
        subject, _line, text = parcel.render(f"mail/{kind}.txt.pt").partition("\n")
        sender = parcel.brand.get("noreply") or self.sender
        if not sender:
            # somebody will put the settings right, the mail can wait for it
            raise LookupError("no sender: the theme's brand has no noreply address and mail.default_sender is empty")
        headers = {**AUTOMATIC, "Message-ID": parcel.message_id, "Date": formatdate(localtime=True)}
        if parcel.reference:
            headers["References"] = headers["In-Reply-To"] = parcel.reference
        if parcel.ticket is not None and parcel.ticket.critical:
            headers["X-Priority"] = "1"
            headers["Importance"] = "high"
        return Message(
            subject=_one_line(subject),
            sender=_address(str(parcel.brand.get("name", "")), sender),
            recipients=[_address(parcel.notice.to.name, parcel.notice.to.address)],
            body=text.strip() + "\n",
            html=parcel.render(f"mail/{kind}.html.pt"),
            extra_headers=headers,
        )

    def check(self) -> None:
        """Whether the mail server answers, or the folder can be written to."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                return
        with socket.create_connection((self.server.hostname, self.server.port), timeout=5):
            return


def _look_at_switch(name: str, text: str) -> None:
    """Refuse a word that pyramid_mailer would take for "no": mails would go unencrypted."""
    try:
        parse_bool(text)
    except ValueError:
        raise SettingsError(f"{name} = {text}: it takes true or false") from None


def _one_line(text: str) -> str:
    """Nothing that somebody typed can start a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _address(name: str, address: str) -> str:
    local, _at, domain = _one_line(address).rpartition("@")
    # headers and SMTP servers want a domain with accents in its ASCII form
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}".encode("ascii").decode("ascii")
    except UnicodeError as error:
        raise PermanentFailure(f"no mail can be sent to the address {local}@{domain}: {error}") from error
    # encoded when the mail is, in pieces as long as a header's encoded words may be
    return f'"{quote(_one_line(name))}" <{address}>' if name.strip() else address


def _decode(words: Any) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _write(folder: Path, parcel: Parcel, message: Message) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # named by its id, which a repetition has too: the same mail twice is one file
    name = re.sub(r"[^0-9A-Za-z.@_-]", "_", parcel.message_id.strip("<>")) + ".eml"
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as target:
        try:
            target.write(encode_message(message.to_message()))
            target.flush()
            os.fsync(target.fileno())
            Path(target.name).replace(folder / name)
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise
