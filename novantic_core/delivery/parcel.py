"""Making what a channel delivers out of a row of the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import false, literal, select, true, union_all
from sqlalchemy.orm import Session

from novantic_core.delivery.hiding import secret_of_address, secret_of_link
from novantic_core.delivery.letter import Letter
from novantic_core.delivery.trial import TEST, trial_parcel
from novantic_core.desk import Desk
from novantic_core.models import Attachment, Delivery, Message, Technician, Ticket
from novantic_core.services.describe import delivery_info, message_info, ticket_info
from novantic_core.services.personal_link import make_link
from novantic_core.site import Site
from novantic_core.values import (
    MAIN,
    MessageInfo,
    Notice,
    Parcel,
    PermanentFailure,
    Recipient,
    ReturnAddresses,
    StoredFile,
    TicketInfo,
)

MOST_REFERENCES = 20


def make_parcel(site: Site, session: Session, delivery: Delivery, now: datetime) -> Parcel:
    """Gather a delivery's ticket, message and link, and what draws its words.

    The link's token is made here, at each attempt, and committed before the channel is called: so no token ever lies
    in the outbox, and each mail that reaches somebody has a link that works.
    """
    recipient = Recipient(delivery.address, delivery.name, delivery.locale, delivery.role)  # type: ignore[arg-type]
    ticket = _ticket(session, delivery)
    back = _return_addresses(site, session, delivery, ticket, now)
    if delivery.kind == TEST:
        return trial_parcel(site, delivery, back.return_path)
    notice = Notice(delivery.kind, recipient, delivery.channel, delivery.data)
    secret = _account_link(site, session, delivery, now) or _client_link(site, session, ticket, notice, now)
    references, again = _references(session, delivery)
    letter = Letter(
        notice=notice,
        brand=delivery.brand,
        theme=delivery.theme,
        message_id=delivery.message_id,
        ticket=ticket,
        message=_message(session, delivery),
        link=secret or _technicians_link(site, ticket, recipient),
        reference=_reference(delivery),
        references=references,
        again=again,
        back=back,
        secrets=(secret_of_link(secret), secret_of_address(back.reply_to)),
    )
    return letter.parcel(site)


def _ticket(session: Session, delivery: Delivery) -> TicketInfo | None:
    ticket = session.get(Ticket, delivery.ticket_id) if delivery.ticket_id else None
    if ticket is None:
        return None
    assignee = session.get(Technician, ticket.assignee_id) if ticket.assignee_id else None
    return ticket_info(ticket, assignee.email if assignee else None)


def _message(session: Session, delivery: Delivery) -> MessageInfo | None:
    if delivery.message_row_id is None:
        return None
    message = session.get(Message, delivery.message_row_id)
    if message is None or (message.kind == "note" and delivery.role == "requester"):
        # a note is never told to a client, whatever a plugin asked for
        return None
    rows = session.scalars(select(Attachment).where(Attachment.message_id == message.id).order_by(Attachment.id))
    return message_info(message, tuple(StoredFile(row.key, row.filename, row.media_type, row.size) for row in rows))


def _account_link(site: Site, session: Session, delivery: Delivery, now: datetime) -> str | None:
    if delivery.technician_id is None:
        return None
    technician = session.get_one(Technician, delivery.technician_id)
    # between the request and the sending they may have left, or been given another address
    if not technician.active or technician.email != delivery.address:
        raise PermanentFailure("the account was switched off, or has another address by now")
    return f"{site.brand(MAIN).site_url}/admin/password/{make_link(session, technician, now)}"


def _technicians_link(site: Site, ticket: TicketInfo | None, recipient: Recipient) -> str | None:
    """Where a technician sees the ticket, once signed in: no secret."""
    if ticket is None or recipient.role != "technician":
        return None
    return f"{site.brand(MAIN).site_url}/admin/tickets/{ticket.number}"


def _client_link(site: Site, session: Session, ticket: TicketInfo | None, notice: Notice, now: datetime) -> str | None:
    recipient = notice.to
    if ticket is None or recipient.role == "technician":
        return None
    desk = Desk(site, session, now, ticket.brand)
    answer = site.plugins.first(
        "novantic_access_link", session=session, desk=desk, ticket=ticket, recipient=recipient,
        kind=notice.kind,
    )  # fmt: skip
    return str(answer[1]) if answer else None


def _return_addresses(
    site: Site, session: Session, delivery: Delivery, ticket: TicketInfo | None, now: datetime
) -> ReturnAddresses:
    desk = Desk(site, session, now, delivery.brand)
    info = delivery_info(delivery, ticket)
    answer = site.plugins.first("novantic_return_addresses", session=session, desk=desk, delivery=info)
    return answer[1] if answer else ReturnAddresses()


def _reference(delivery: Delivery) -> str | None:
    """The id that all mails of a ticket refer to, so that mail programs show them as one conversation."""
    if delivery.ticket_id is None:
        return None
    number, _event, _rest = delivery.message_id.split(".", 2)
    return f"<{number}@{delivery.message_id.rpartition('@')[2]}>"


def _references(session: Session, delivery: Delivery) -> tuple[tuple[str, ...], bool]:
    """What came before in the conversation with this recipient, the ticket's own id first, then the newest.

    Outlook, Gmail and Apple Mail put a mail where one of these is: beside what the recipient wrote themselves, or
    beside what they were sent before. A technician's own mail to the desk is in no client's mailbox.

    :return: with whether they were sent anything
    """
    root = _reference(delivery)
    if root is None:
        return (), False
    written = select(Message.mail_id, Message.created_at.label("at"), false().label("ours")).where(
        Message.ticket_id == delivery.ticket_id, Message.mail_id != literal("", literal_execute=True),
        *(() if delivery.role == "technician" else (Message.kind == "message",)),
    )  # fmt: skip
    sent = select(Delivery.message_id, Delivery.sent_at.label("at"), true().label("ours")).where(
        Delivery.ticket_id == delivery.ticket_id, Delivery.address == delivery.address, Delivery.sent_at.is_not(None),
        Delivery.channel == delivery.channel, Delivery.id != delivery.id,
    )  # fmt: skip
    both = union_all(written, sent).subquery()
    newest = session.execute(
        select(both.c.mail_id, both.c.ours).order_by(both.c.at.desc()).limit(MOST_REFERENCES - 1)
    ).all()
    ids = dict.fromkeys(f"<{row.mail_id}>" for row in reversed(newest))
    # where so much was said, the reader has been told of some of it
    again = len(newest) == MOST_REFERENCES - 1 or any(row.ours for row in newest)
    return (root, *(one for one in ids if one != root)), again
