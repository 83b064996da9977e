"""Below each message that came by mail: whom it went to, who was in copy, and who may be made a follower."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pyramid.request import Request
from sqlalchemy import select

from novantic_core.plugin import MessageInfo, MessagePart, Text, TicketInfo, _, plural
from novantic_mail_intake import copies
from novantic_mail_intake.addresses import plain
from novantic_mail_intake.desk.find import PLUGIN, mails_of_messages
from novantic_mail_intake.limits import ASK, OFF
from novantic_mail_intake.models import Copy, IncomingMail

SHOWN = 6
"""How many are shown; the others are a press away."""

OTHERS = plural("and ${n} other", "and ${n} others")

MOST_AT_ONCE = 10
"""How many may be made followers with one press: more than that nobody looks at."""

ROLES: Mapping[str, Text] = {
    "requester": _("the client"), "follower": _("follows the ticket"), "technician": _("technician"),
}  # fmt: skip
WHY: Mapping[str, Text] = {
    copies.LIST: _("An address that looks like a list's doesn't follow by itself."),
    copies.OTHER: _("Who isn't of the client's organisation doesn't follow by themselves."),
    copies.MANY: _("Too many people were in copy for them to follow by themselves."),
    copies.LIMIT: _("Who was written to often lately doesn't follow by themselves."),
    copies.FULL: _("The ticket had as many followers as it may have: not everybody in copy follows it."),
    copies.REFUSED: _("An address that mail can't be sent to can't follow."),
    copies.UNPROVED: _("Nothing proves that its sender wrote this mail: who is in copy doesn't follow by themselves."),
    copies.UNKNOWN: _(
        "None of these addresses is known as one of ours, so one of them may lead here: nobody follows by themselves."
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in copy, as they are shown."""

    id: int
    name: str
    address: str
    role: Text
    """What they are to the ticket; empty for nothing."""
    offered: bool
    """Whether they can be made a follower."""
    at_once: bool
    """Whether they are among those who can be with one press: a list isn't."""


def parts(request: Request, ticket: TicketInfo, messages: Iterable[MessageInfo]) -> Iterable[MessagePart]:
    """What is known of who was in copy of the messages of a ticket."""
    mails = {row.id: row for row in mails_of_messages(request, ticket, messages) if row.copied}
    found = copies.copies_of(request.desk, mails) if mails else []
    if not found:
        return
    people = dict(zip((one.id for one in found), _people(request, ticket, found), strict=True))
    for mail_id, mail in mails.items():
        own = [one for one in found if one.mail_id == mail_id]
        if own:
            fields = [(field, [people[one.id] for one in own if one.field == field]) for field in ("to", "cc")]
            values = {
                "ticket": ticket, "mail": mail_id, "rows": [(field, _groups(some)) for field, some in fields if some],
                "offered": _at_once([people[one.id] for one in own]), "more": mail.copied - len(own),
                "why": _why(request, own, people), "first": own[0] is found[0], "others": partial(_others, request),
            }  # fmt: skip
            yield MessagePart(mail.message_row_id, "admin/mail/copied.pt", values, order=10)


def _groups(people: Sequence[Person]) -> list[tuple[bool, Sequence[Person]]]:
    """Those who are shown at once, and those who are folded: nobody alone is."""
    if len(people) <= SHOWN + 1:
        return [(False, people)]
    return [(False, people[:SHOWN]), (True, people[SHOWN:])]


def _at_once(people: Iterable[Person]) -> int:
    """How many may be made followers with one press; 0 where that is no use, or too many."""
    found = sum(one.at_once for one in people)
    return found if 1 < found <= MOST_AT_ONCE else 0


def _others(request: Request, count: int) -> str:
    return str(request.localizer.plural(OTHERS, count))


def _people(request: Request, ticket: TicketInfo, found: Sequence[Copy]) -> Iterable[Person]:
    desk, settings = request.desk, request.desk.plugin_settings(PLUGIN)
    roles = desk.roles_of(ticket, [one.address for one in found if one.why not in copies.NEVER])
    own = copies.own_addresses(desk, settings)
    for one in found:
        role = roles.get(one.address_key, "")
        never = one.why in copies.NEVER or one.why == copies.REFUSED or plain(one.address) in own
        offered = not role and not never and settings["copies"] != OFF
        at_once = offered and one.why != copies.LIST
        yield Person(one.id, one.name, one.address, ROLES.get(role, ""), offered, at_once)


def _why(request: Request, own: Sequence[Copy], people: Mapping[int, Person]) -> list[Text]:
    """Why some don't follow by themselves, each sentence once; nothing of those who do by now."""
    if request.desk.plugin_settings(PLUGIN)["copies"] in {ASK, OFF}:
        return []
    return list(dict.fromkeys(WHY[one.why] for one in own if one.why in WHY and not people[one.id].role))


def offered_on(request: Request, ticket: TicketInfo, mail_id: int) -> list[Person]:
    """Who of those in copy of a mail may be made a follower; nobody, where it isn't a message of that ticket."""
    message = request.dbsession.scalar(select(IncomingMail.message_row_id).where(IncomingMail.id == mail_id))
    if message is None or message not in {one.id for one in request.desk.discussion(ticket)}:
        return []
    found = copies.copies_of(request.desk, [mail_id])
    return [one for one in _people(request, ticket, found) if one.offered]
