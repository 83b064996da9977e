"""The channel: a mail is handed to the mail server or written to a folder."""

from __future__ import annotations

import os
import re
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyramid_mailer.mailer import Mailer
from pyramid_mailer.message import Message

from novantic_core.plugin import Parcel, SettingsError, parse_bool
from novantic_email import letter
from novantic_email.server import MailServer


class EmailChannel:
    """``novantic.mailer = smtp`` sends by pyramid_mailer's ``mail.*`` settings, ``files`` writes ``*.eml``.

    :param settings: how the site sends mail
    :param own: the plugin's own settings as they are whenever one is read
    """

    def __init__(self, settings: Mapping[str, str], own: Mapping[str, Any] | None = None) -> None:
        self.own: Mapping[str, Any] = {} if own is None else own
        self.sender = settings.get("mail.default_sender", "")
        if self.sender and not letter.plain_address(self.sender):
            # the brand's name is put before it
            raise SettingsError(f"mail.default_sender = {self.sender}: it takes an e-mail address alone")
        self.folder: Path | None = None
        if settings.get("novantic.mailer", "smtp") == "files":
            self.folder = Path(settings.get("mail.top_level_directory", "var/mail"))
        else:
            port = str(settings.get("mail.port", "25")).strip()
            if not port.isdecimal():
                raise SettingsError(f"mail.port = {port}: it takes the number of a port")
            for name in ("mail.tls", "mail.ssl"):
                _look_at_switch(name, str(settings.get(name, "false")))
            self.certificate = (settings.get("mail.certfile", ""), settings.get("mail.keyfile") or None)
            self.server = MailServer(Mailer.from_settings(dict(settings), "mail.").smtp_mailer, self.trust)

    def send(self, parcel: Parcel) -> bytes:
        """Send one mail; returns when the server has accepted it.

        :return: what was sent, without what opens something
        """
        mail = letter.write(parcel, self.sender)
        if self.folder is not None:
            _write(self.folder, parcel, mail.data)
        else:
            self.server.send(mail)
        return mail.archived

    def make(self, parcel: Parcel) -> Message:
        """The mail as it would be sent."""
        return letter.make(parcel, self.sender)

    def per_hour(self) -> int:
        """How many mails the server takes in an hour, as the settings say now; 0 for as many as there are."""
        return int(self.own.get("per_hour", 0))

    def check(self) -> None:
        """Whether the mail server answers, trusts us and is to be trusted, or the folder can be written to."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                return
        self.server.connect(seconds=5).say_goodbye()

    def trust(self) -> ssl.SSLContext:
        """Whose certificate the server may show, and which one is shown to it."""
        try:
            context = ssl.create_default_context(cafile=self.own.get("ca_file") or None)
        except FileNotFoundError as error:
            raise OSError(f"novantic.email.ca_file = {self.own['ca_file']}: there is no such file") from error
        if not self.own.get("verify", True):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        certfile, keyfile = self.certificate
        if certfile:
            context.load_cert_chain(certfile, keyfile)
        return context


def _look_at_switch(name: str, text: str) -> None:
    """Refuse a word that pyramid_mailer would take for "no": mails would go unencrypted."""
    try:
        parse_bool(text)
    except ValueError:
        raise SettingsError(f"{name} = {text}: it takes true or false") from None


def _write(folder: Path, parcel: Parcel, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # named by its id, which a repetition has too: the same mail twice is one file
    name = re.sub(r"[^0-9A-Za-z.@_-]", "_", parcel.message_id.strip("<>")) + ".eml"
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as target:
        try:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
            Path(target.name).replace(folder / name)
        finally:
            # what has its name by now is no more under this one
            Path(target.name).unlink(missing_ok=True)
