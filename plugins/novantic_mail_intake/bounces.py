"""What servers say of our notices: tied to the delivery, shown on its message, and never a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from novantic_core.plugin import DeliveryInfo, Desk, html_to_text
from novantic_mail_intake import addresses, models
from novantic_mail_intake.compose import known_id
from novantic_mail_intake.mail import Mail
from novantic_mail_intake.models import IncomingMail

TEMPORARY = "not delivered yet; its server goes on trying"
REPORT = "message/delivery-status"
UNKNOWN = "about a mail that isn't one of ours, or is known no more"


def take(desk: Desk, row: IncomingMail, mail: Mail, came_to: Iterable[str]) -> bool:
    """Note what a server says; False for a mail that is none of these.

    The delivery is that of the return path it came to, which nobody can make up; else that of the mail it quotes.
    """
    told = returned(desk, came_to)
    if mail.bounce is None:
        # somebody's robot may answer to the return path too, and so may a person's odd mail program
        if told is None or row.envelope_from not in {"", None} or not _looks_undelivered(mail):
            return False
        row.state, row.delivery_id = models.BOUNCE, told.id
        row.ticket_id = told.ticket.id if told.ticket is not None else None
        desk.note_bounce(told, f"{mail.subject}\n{html_to_text(mail.html)}"[:500])
        return True
    told = told or (desk.delivery(message_id=known_id(mail.bounce.message_id)) if mail.bounce.message_id else None)
    row.state = models.BOUNCE
    row.fault = "" if mail.bounce.permanent else TEMPORARY
    if told is None:
        row.fault = UNKNOWN
        return True
    row.delivery_id, row.ticket_id = told.id, told.ticket.id if told.ticket is not None else None
    if mail.bounce.permanent:
        status, words = mail.bounce.status, mail.bounce.words
        # most servers' words begin with it
        words = words if status in words else f"{status} {words}"
        desk.note_bounce(told, words.strip() or mail.subject)
    return True


def returned(desk: Desk, came_to: Iterable[str]) -> DeliveryInfo | None:
    """The notice to whose return path a mail came; None for one that came elsewhere."""
    for one in addresses.read(came_to):
        if one.kind == addresses.BOUNCE and addresses.is_signed(desk, one):
            return desk.delivery(id=int(one.id))
    return None


def _looks_undelivered(mail: Mail) -> bool:
    """Whether words alone say so: a server's that keeps to no standard, at an address that only servers are given."""
    sender = mail.sender.casefold()
    if any(file.media_type == REPORT for file in mail.files):
        # it was read as what it is, and says that the notice was delivered, or handed on
        return False
    return not sender or sender.startswith(("mailer-daemon@", "postmaster@"))
