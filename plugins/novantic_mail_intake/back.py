"""Where what comes back of a notice goes: an answer to a signed address, a server's word to the delivery's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from novantic_core.plugin import DeliveryInfo, Desk, ReturnAddresses, TicketInfo
from novantic_mail_intake import addresses
from novantic_mail_intake.mailboxes import Mailbox, read_mailboxes
from novantic_mail_intake.models import IncomingMail
from novantic_mail_intake.refused import EMAIL


def return_addresses(desk: Desk, delivery: DeliveryInfo, settings: Mapping[str, Any]) -> ReturnAddresses | None:
    """Those of a notice by e-mail; None where no mailbox could take what comes back."""
    if delivery.channel != EMAIL:
        return None
    box = _mailbox(desk, delivery, settings)
    if box is None:
        return None
    if not box.plus:
        # a technician's answer would prove nothing there, and wait for a decision: they aren't asked for one
        told = delivery.ticket is not None and delivery.to.role == "requester"
        return ReturnAddresses(reply_to=box.address if told else "")
    reply_to = ""
    if delivery.ticket is not None:
        whom = delivery.to.address, delivery.to.role
        reply_to = addresses.make(desk, box.address, addresses.REPLY, delivery.ticket.number, *whom)
    back = addresses.make(desk, box.address, addresses.BOUNCE, str(delivery.id))
    return ReturnAddresses(reply_to, back if back != box.address else "")


def _mailbox(desk: Desk, delivery: DeliveryInfo, settings: Mapping[str, Any]) -> Mailbox | None:
    """The mailbox that took the ticket in, else the first of its brand; for technicians, who are of none, any."""
    boxes = read_mailboxes(settings)
    ticket = delivery.ticket
    if ticket is not None:
        came_by = boxes.get(_came_by(desk, ticket))
        if came_by is not None:
            return came_by
    brand = ticket.brand if ticket is not None else delivery.brand
    own = next((box for box in boxes.values() if desk.site.brand(box.brand_key).key == brand), None)
    # another brand's address is none of a client's business
    return own or (next(iter(boxes.values()), None) if delivery.to.role == "technician" else None)


def _came_by(desk: Desk, ticket: TicketInfo) -> str:
    if ticket.channel != "mail":
        return ""
    first = select(IncomingMail.mailbox).where(IncomingMail.ticket_id == ticket.id, IncomingMail.state == "kept")
    return desk.session.scalar(first.order_by(IncomingMail.id).limit(1)) or ""
