"""Mails that reach a desk, and what becomes of them."""

from __future__ import annotations

import email.policy
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select

from novantic_core.plugin import Actor, Desk, Parcel
from novantic_core.testing import BUILT_IN, App
from novantic_core.testing.tables import Delivery
from novantic_mail_intake.decide import ticket_of
from novantic_mail_intake.keep import Arrival, keep_mail
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.work import take_up, work_off

CLAIRE, HUGO, SUPPORT = "claire@lefevre.example.com", "hugo@novantic.example", "support@novantic.example"
PLUGINS = list(dict.fromkeys([*BUILT_IN, "mail_intake"]))
MAILBOX = {
    "novantic.mail_intake.mailbox.support.address": SUPPORT,
    "novantic.mail_intake.mailbox.support.plus": "true",
}
_numbers = itertools.count(1)


def write(
    words: str = "Bonjour, mon imprimante ne répond plus.", *, sender: str = f"Claire Lefèvre <{CLAIRE}>",
    to: str = SUPPORT, subject: str = "Imprimante", **headers: str,
) -> EmailMessage:  # fmt: skip
    """A mail as a mail program writes it; ``In_Reply_To="…"`` for a header."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{next(_numbers)}@mail.example.com>"
    mail["Date"] = "Mon, 16 Mar 2026 09:12:00 +0100"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    return mail


def answer(mail: EmailMessage, words: str = "Merci, voici la suite.", **headers: str) -> EmailMessage:
    """What a mail program makes of "Reply" to a mail."""
    given: dict[str, Any] = {
        "to": str(mail["Reply-To"] or SUPPORT), "sender": str(mail["To"]), "subject": f"RE: {mail['Subject']}",
        "In_Reply_To": str(mail["Message-ID"]),
        "References": f"{mail['References'] or ''} {mail['Message-ID']}".strip(),
    }  # fmt: skip
    return write(words, **{**given, **headers})


@dataclass
class Post:
    """What brings mails to the desk."""

    app: App
    stopping: threading.Event = field(default_factory=threading.Event)
    answers: int = 0
    later: timedelta = timedelta()
    """How far the clock of the desk is set forward."""

    @contextmanager
    def open_desk(self) -> Iterator[Desk]:
        with self.app.transaction() as session:
            yield Desk(self.app.site, session, datetime.now(UTC) + self.later)

    def answered(self) -> None:
        self.answers += 1

    def keep(self, mail: EmailMessage | bytes, box: str = "support", **arrival: Any) -> int:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        return keep_mail(self.open_desk, Arrival(box, "command", raw, **arrival))[0]

    def bring(self, mail: EmailMessage | bytes, box: str = "support", **arrival: Any) -> IncomingMail:
        """A mail comes in and is worked off: its row afterwards."""
        id_ = self.keep(mail, box, **arrival)
        work_off(self.open_desk, id_)
        return self.row(id_)

    def take_up(self) -> None:
        take_up(self)

    def row(self, id_: int) -> IncomingMail:
        with self.app.transaction() as session:
            return session.get_one(IncomingMail, id_)

    def decide(self, what: Any, id_: int) -> Any:
        """A technician's decision on a mail."""
        with self.open_desk() as desk:
            row = desk.session.get_one(IncomingMail, id_)
            return what(desk, row, Actor("technician", "Hugo", HUGO))

    def number(self, row: IncomingMail) -> str:
        """The number of a mail's ticket."""
        with self.open_desk() as desk:
            ticket = ticket_of(desk, row)
            assert ticket is not None
            return ticket.number

    def parcel(self, address: str) -> Parcel:
        """What was told last to an address."""
        with self.app.transaction() as session:
            told = select(Delivery).where(Delivery.address == address).order_by(Delivery.id.desc()).limit(1)
            return self.app.parcel(session, session.scalars(told).one())

    def said(self, number: str) -> list[tuple[str, str, str]]:
        """Kind, author and text of all that was said on a ticket."""
        with self.open_desk() as desk:
            ticket = desk.ticket(number)
            assert ticket is not None
            return [(one.kind, one.author, one.text.strip()) for one in desk.discussion(ticket)]
