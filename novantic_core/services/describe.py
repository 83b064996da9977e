"""Rows as the frozen values that plugins and pages get."""

from __future__ import annotations

from types import MappingProxyType

from sqlalchemy.orm import object_session

from novantic_core.models import Delivery, Message, Organisation, Technician, Ticket
from novantic_core.values import DeliveryInfo, MessageInfo, OrganisationInfo, Recipient, StoredFile, TicketInfo


def ticket_info(ticket: Ticket, assignee: str | None = None) -> TicketInfo:
    """A ticket as plain values.

    :param assignee: the address of whom it is assigned to, where that is known already
    """
    session = object_session(ticket)
    if assignee is None and ticket.assignee_id is not None and session is not None:
        assignee = session.get_one(Technician, ticket.assignee_id).email
    return TicketInfo(
        id=ticket.id, number=ticket.number, subject=ticket.subject, status=ticket.status, priority=ticket.priority,
        critical=ticket.critical, call_back=ticket.call_back, category=ticket.category_key, channel=ticket.channel,
        team=ticket.team, assignee=assignee, name=ticket.name, email=ticket.email, phone=ticket.phone,
        company=ticket.company, department=ticket.department, locale=ticket.locale, theme=ticket.theme,
        created_at=ticket.created_at, fields=MappingProxyType(dict(ticket.fields)),
        organisation_id=ticket.organisation_id, brand=ticket.brand, closed_at=ticket.closed_at,
    )  # fmt: skip


def message_info(message: Message, files: tuple[StoredFile, ...] = ()) -> MessageInfo:
    """A message as plain values."""
    return MessageInfo(
        id=message.id, kind=message.kind, author=message.author, html=message.html, text=message.text,  # type: ignore[arg-type]
        created_at=message.created_at, files=files, mail_id=message.mail_id,
    )  # fmt: skip


def delivery_info(delivery: Delivery, ticket: TicketInfo | None) -> DeliveryInfo:
    """A row of the outbox as plain values."""
    to = Recipient(delivery.address, delivery.name, delivery.locale, delivery.role)  # type: ignore[arg-type]
    return DeliveryInfo(
        delivery.id, delivery.message_id, delivery.kind, delivery.channel, to, delivery.state, ticket, delivery.brand
    )


def organisation_info(organisation: Organisation) -> OrganisationInfo:
    """An organisation as plain values."""
    return OrganisationInfo(organisation.id, organisation.name)


def technician_recipient(technician: Technician) -> Recipient:
    """A technician as somebody to tell."""
    return Recipient(technician.email, technician.name, technician.locale, "technician")
