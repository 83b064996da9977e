"""Who was in copy of a mail: they are kept with its message, and some follow the ticket by themselves.

Whoever follows a ticket reads all of it and is written to. So two things have to be sure: that the mail is its
sender's, and that those in copy are people to whom one may write. Where they aren't, a technician decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from novantic_core.plugin import Actor, Desk, FieldError, TicketInfo, one_line
from novantic_mail_intake import loops, models
from novantic_mail_intake.addresses import plain
from novantic_mail_intake.limits import COLLEAGUES, FOLLOW
from novantic_mail_intake.mail import Mail
from novantic_mail_intake.models import Copy, IncomingMail
from novantic_mail_intake.reading import is_list, is_robot

MOST_KEPT = 50
"""How many of those in copy are kept; the original has them all."""

OURS, ROBOT = NEVER = ("ours", "robot")
"""Who never follows: an address of the desk's, and one that nobody reads."""
LIST, OTHER, MANY, LIMIT, FULL, REFUSED, UNPROVED, UNKNOWN = (
    "list", "other", "many", "limit", "full", "refused", "unproved", "unknown",
)  # fmt: skip
"""Why somebody doesn't follow by themselves, where a technician may decide otherwise: it is a list's address; they
aren't of the client's house; the mail had too many in copy; they were written to often lately; the ticket has as many
followers as it may; the address isn't one; nothing proves who sent the mail; none of its addresses is known as the
desk's own, so one of them may lead here."""


def take(desk: Desk, row: IncomingMail, mail: Mail, ticket: TicketInfo, writer: Actor, why_not: str | None) -> None:
    """Keep who was in copy of a mail that became a message, and let follow who does so by themselves.

    :param why_not: why nobody does, whatever the settings say; None where they may
    """
    settings = desk.plugin_settings("mail_intake")
    copies = _keep(desk, row, mail, settings)
    asked = [one for one in copies if not one.why]
    if not asked or settings["copies"] not in {COLLEAGUES, FOLLOW}:
        return
    roles = desk.roles_of(ticket, [one.address for one in asked])
    asked = [one for one in asked if one.address_key not in roles]
    if why_not is None and all(one.why != OURS for one in copies):
        why_not = UNKNOWN
    if why_not is None and len(asked) > settings["copies_most"]:
        why_not = MANY
    for one in asked:
        one.why = _let_follow(desk, one, ticket, writer, settings) if why_not is None else why_not
    desk.session.flush()


def _keep(desk: Desk, row: IncomingMail, mail: Mail, settings: Mapping[str, Any]) -> Sequence[Copy]:
    own = own_addresses(desk, settings) | {plain(one) for one in (*mail.delivered, row.envelope_to) if one}
    copies = []
    for place, (name, address) in enumerate(mail.copies[:MOST_KEPT]):
        ours = plain(address) in own
        # what stands behind a plus of ours proves who somebody is: nobody else may read it
        shown = storable(plain(address) if ours else address, 320)
        why = OURS if ours else ROBOT if is_robot(address) else LIST if is_list(address) else ""
        field, called = "cc" if (name, address) in mail.in_copy else "to", str(one_line(name) or "")
        copies.append(
            Copy(
                mail_id=row.id, place=place, field=field, name=storable(called, 120).strip(), address=shown,
                address_key=shown.casefold()[:320], why=why,
            )
        )  # fmt: skip
    desk.session.add_all(copies)
    row.copied = len(mail.copies)
    return copies


def own_addresses(desk: Desk, settings: Mapping[str, Any]) -> set[str]:
    """The addresses that lead here: the desk's, and where its brands say that they can be written to.

    Who writes from the latter may be a person of the house all the same, and is no loop.
    """
    words = [desk.site.brand_words(brand, brand.locale) for brand in desk.site.brands.values()]
    return loops.own_addresses(desk, settings) | {plain(str(one["email"])) for one in words if one.get("email")}


def storable(text: str, most: int) -> str:
    """A text as a column of that length takes it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _let_follow(desk: Desk, one: Copy, ticket: TicketInfo, writer: Actor, settings: Mapping[str, Any]) -> str:
    """Let somebody follow; why they don't, empty if they do."""
    if settings["copies"] == COLLEAGUES and not desk.are_colleagues(ticket.email, one.address):
        return OTHER
    # they are told at once: nobody must be able to have us flood somebody
    if not loops.may_acknowledge(desk, settings, one.address):
        return LIMIT
    try:
        let_follow(desk, ticket, one.address, one.name, writer)
    except FieldError as error:
        return FULL if error.field is None else REFUSED
    return ""


def let_follow(desk: Desk, ticket: TicketInfo, address: str, name: str, actor: Actor) -> None:
    """Let somebody follow a ticket, under the name that is known of them and in their language.

    :raises FieldError: if they can't, in words
    """
    contact = desk.contact(address)
    latest = desk.latest_ticket(contact) if contact is not None else None
    locale = latest.locale if latest is not None else desk.site.brand(ticket.brand).locale
    name = name or (contact.name if contact is not None else "") or address.rpartition("@")[0]
    desk.let_follow(ticket, address, name[:120], actor, locale)


def was_copied(desk: Desk, ticket: TicketInfo, address: str) -> bool:
    """Whether somebody was in copy of a mail that became a message of a ticket."""
    found = (
        select(Copy.id)
        .join(IncomingMail, IncomingMail.id == Copy.mail_id)
        .where(
            Copy.address_key == address.strip().casefold(), IncomingMail.state == models.KEPT,
            IncomingMail.ticket_id.in_(desk.ticket_ids(ticket)),
        )
    )  # fmt: skip
    return desk.session.scalar(found.limit(1)) is not None


def copies_of(desk: Desk, mails: Iterable[int]) -> Sequence[Copy]:
    """Who was in copy of some mails, in the order of their headers."""
    query = select(Copy).where(Copy.mail_id.in_(list(mails))).order_by(Copy.mail_id, Copy.place)
    found: Sequence[Copy] = desk.session.scalars(query).all()
    return found
