"""Taking in a mail: its bytes lie in the storage and its row is committed before anything is made of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import select

from novantic_core.plugin import Desk, insert_or
from novantic_mail_intake.models import FAULTY, NEW, IncomingMail

OpenDesk = Callable[[], AbstractContextManager[Desk]]


def holder(mailbox: str, key: str) -> str:
    """By what name a mail holds its bytes in the storage."""
    return f"mail_intake.{mailbox}.{key}"[:120]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as it came in by one of the three ways."""

    mailbox: str
    """The mailbox's name."""
    source: str
    """``command``, ``imap`` or ``lmtp``."""
    raw: bytes
    envelope_from: str | None = None
    """From whom it came on the wire: empty for a server's word; None where that isn't known."""
    envelope_to: str = ""
    fault: str = ""
    """Why it is set aside as it comes, for administrators: of one that is too large only the headers are there."""


def keep_mail(open_desk: OpenDesk, arrival: Arrival) -> tuple[int, bool]:
    """Keep a mail; committed when this returns. Its id, and whether it is new here.

    :raises OSError: if the storage can't take it
    :raises SQLAlchemyError: if the database can't
    """
    with open_desk() as desk:
        file = desk.keep_raw(io.BytesIO(arrival.raw), "mail.eml", "message/rfc822")
        desk.hold_files(holder(arrival.mailbox, file.key), [file.key])
        row = {
            "mailbox": arrival.mailbox, "source": arrival.source, "key": file.key, "size": file.size,
            "envelope_from": _fit(arrival.envelope_from), "envelope_to": _fit(arrival.envelope_to),
            "received_at": desk.now,
            "state": FAULTY if arrival.fault else NEW, "fault": arrival.fault, "tries": 0, "begun": 0,
            "next_try_at": desk.now, "message_id": "", "sender": "", "sender_name": "", "subject": "", "decided_by": "",
            "copied": 0,
        }  # fmt: skip
        added = desk.session.execute(
            insert_or(desk.session, IncomingMail).values(row).on_conflict_do_nothing().returning(IncomingMail.id)
        ).scalar()
        if added is not None:
            return added, True
        before = select(IncomingMail.id).where(IncomingMail.mailbox == arrival.mailbox, IncomingMail.key == file.key)
        return desk.session.scalars(before).one(), False


def _fit(address: str | None) -> str | None:
    """An address as a column takes it: on the wire it may be longer, and hold what is no text."""
    return address and address.encode("utf-8", "replace").decode().replace("\0", "")[:320]
