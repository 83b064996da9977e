"""Which ticket a mail is about, and whether its sender may speak on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from novantic_core.plugin import Actor, Desk, TicketInfo
from novantic_mail_intake import addresses, bounces
from novantic_mail_intake.compose import known_id
from novantic_mail_intake.copies import was_copied
from novantic_mail_intake.mail import Mail

MOST_ANSWERS = 50
"""How far back in a mail's References a ticket is looked for."""

STRANGER = "its sender is neither the requester nor does anybody of that address follow the ticket"
IN_COPY = "its sender was in copy of a mail on this ticket, but doesn't follow it"
"""Why a mail is held."""

_NUMBER = re.compile(r"\[#\s*([0-9]{4,18})\s*\]")
_ROOT = re.compile(r"([0-9]{4,18})@([^@]+)")


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket that a mail is about."""

    ticket: TicketInfo
    writer: Actor | None
    """As whom its sender speaks there; None for a stranger, or for a technician who doesn't prove to be one."""
    why_not: str = ""
    """Why its sender isn't believed, for technicians."""
    proved: bool = False
    """Whether it was sent to the address that was made for its sender: only who reads their mail knows it."""


def find_thread(desk: Desk, mail: Mail, came_to: tuple[str, ...]) -> Thread | None:
    """What a mail goes on with; None for one that begins something.

    By what it answers, then by the signed address that it was sent to, then by a number in its subject.

    :param came_to: all addresses that it was sent to
    """
    signed = [one for one in addresses.read(came_to) if one.kind == addresses.REPLY]
    ticket = next(_tickets(desk, mail, signed), None)
    if ticket is None:
        return _of_return_path(desk, mail, came_to)
    if mail.several:
        return Thread(ticket, None, "it names several senders, of whom only one can have sent it")
    named = [one for one in signed if (found := desk.ticket(one.id)) is not None and found.id == ticket.id]
    if any(addresses.is_signed(desk, one, mail.sender, "technician") for one in named):
        technician = desk.technician_who_writes(ticket, mail.sender)
        if technician is not None:
            return Thread(ticket, technician, proved=True)
    client = desk.client_who_writes(ticket, mail.sender)
    if client is not None:
        proved = any(addresses.is_signed(desk, one, mail.sender, "requester") for one in named)
        return Thread(ticket, client, proved=proved)
    if desk.technician_who_writes(ticket, mail.sender) is not None:
        return Thread(ticket, None, "a technician's address, but nothing proves that it is theirs")
    return Thread(ticket, None, IN_COPY if was_copied(desk, ticket, mail.sender) else STRANGER)


def _of_return_path(desk: Desk, mail: Mail, came_to: tuple[str, ...]) -> Thread | None:
    """The ticket of the notice to whose return path a client writes, as programs do that answer for them (RFC 3834).

    Whatever else comes there, as the question whether we are a robot, is no word of theirs on it.
    """
    told = bounces.returned(desk, came_to) if not mail.several else None
    client = desk.client_who_writes(told.ticket, mail.sender) if told is not None and told.ticket is not None else None
    return Thread(told.ticket, client) if told is not None and told.ticket is not None and client is not None else None


def _tickets(desk: Desk, mail: Mail, signed: list[addresses.Signed]) -> Iterator[TicketInfo]:
    hosts = {urlsplit(brand.site_url).hostname for brand in desk.site.brands.values()}
    for message_id in map(known_id, mail.answers[:MOST_ANSWERS]):
        told = desk.delivery(message_id=message_id)
        root = _ROOT.fullmatch(message_id.lower())
        found = (
            (told.ticket if told is not None else None)
            or (desk.ticket(root[1]) if root is not None and root[2] in hosts else None)
            or desk.ticket_of_mail(message_id)
        )
        if found is not None:
            yield found
    # what has the form of a signed address names a ticket, whoever it was made for, as a number in the subject does
    for number in (*(one.id for one in signed), *_NUMBER.findall(mail.subject)):
        found = desk.ticket(number)
        if found is not None:
            yield found
