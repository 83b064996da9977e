"""One mail out of one parcel, handed to the mail server or written to a folder."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import tempfile
from collections.abc import Mapping
from email.utils import formataddr, formatdate
from pathlib import Path
from typing import Any

from pyramid_mailer.mailer import Mailer
from pyramid_mailer.message import Message

from novantic_core.plugin import Parcel, PermanentFailure

AUTOMATIC = {
    # RFC 3834, and what Exchange and older list software look at: nobody's robot should answer a notice
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    "Precedence": "bulk",
}


class EmailChannel:
    """``novantic.mailer = smtp`` sends by pyramid_mailer's ``mail.*`` settings, ``files`` writes ``*.eml``."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.sender = settings.get("mail.default_sender", "")
        self.folder: Path | None = None
        if settings.get("novantic.mailer", "smtp") == "files":
            self.folder = Path(settings.get("mail.top_level_directory", "var/mail"))
        self.mailer = Mailer.from_settings(dict(settings), "mail.")
        self.host = str(settings.get("mail.host", "localhost"))
        self.port = int(settings.get("mail.port", 25))

    def send(self, parcel: Parcel) -> None:
        """Send one mail; returns when the server has accepted it."""
        message = self.make(parcel)
        if self.folder is not None:
            _write(self.folder, parcel, message)
            return
        try:
            self.mailer.send_immediately(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            if all(500 <= code < 600 for code in codes):
                raise PermanentFailure(str(error.recipients)) from error
            raise
        except smtplib.SMTPResponseException as error:
            if 500 <= error.smtp_code < 600 and not isinstance(error, smtplib.SMTPAuthenticationError):
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
            raise PermanentFailure(
                "no sender: the theme's brand has no noreply address and mail.default_sender is empty"
            )
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
        with socket.create_connection((self.host, self.port), timeout=5):
            return


def _one_line(text: str) -> str:
    """Nothing that somebody typed can start a header of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _address(name: str, address: str) -> str:
    local, _at, domain = _one_line(address).rpartition("@")
    # headers and SMTP servers want a domain with accents in its ASCII form
    address = f"{local}@{domain.encode('idna').decode('ascii')}"
    return formataddr((_one_line(name), address), charset="utf-8")


def _decode(words: Any) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _write(folder: Path, parcel: Parcel, message: Message) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # named by its id, which a repetition has too: the same mail twice is one file
    name = re.sub(r"[^0-9A-Za-z.@_-]", "_", parcel.message_id.strip("<>")) + ".eml"
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as target:
        target.write(message.to_message().as_bytes())
        target.flush()
        os.fsync(target.fileno())
    Path(target.name).replace(folder / name)
