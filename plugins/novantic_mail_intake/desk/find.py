"""Looking through the mails that came in, as far as a technician may see them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from sqlalchemy import ColumnElement, and_, func, or_, select

from novantic_core.plugin import MessageInfo, TicketInfo
from novantic_mail_intake.compose import CHANNEL
from novantic_mail_intake.mailboxes import read_mailboxes
from novantic_mail_intake.models import HELD, NEW, TO_DECIDE, IncomingMail

PAGE = 50
PLUGIN = "mail_intake"
COUNTS = "novantic_mail_intake.counts"
"""Where an application keeps for each technician how much waits for them."""
FRESH_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which mails; empty for all."""

    states: tuple[str, ...] = ()
    mailbox: str = ""
    sender: str = ""
    """A part of an address or a name."""
    number: str = ""
    """A ticket's."""


def visible(request: Request) -> list[ColumnElement[bool]]:
    """What the technician may see, as conditions on ``IncomingMail``.

    A mail of a ticket is for whoever sees the ticket; one that is of none is for whoever sees its mailbox's team. Of
    one that wasn't read yet nobody knows whose it is: only who sees all tickets sees it.
    """
    sight = request.desk.visible_to(request.technician)
    seen = sight.sees(IncomingMail.ticket_id)
    if seen is None:
        return []
    boxes = read_mailboxes(request.desk.plugin_settings(PLUGIN)).values()
    hidden = [box.name for box in boxes if box.team and not sight.team(box.team)]
    of_none = and_(
        IncomingMail.ticket_id.is_(None), IncomingMail.mailbox.not_in(hidden), IncomingMail.state != NEW
    )  # fmt: skip
    return [or_(seen, of_none)]


def find_mails(
    request: Request, wanted: Wanted, before: int | None = None
) -> tuple[Sequence[IncomingMail], int | None]:
    """A page of them, the newest first; and where the next page begins.

    :param before: the id that the page before this one ended with
    """
    query = select(IncomingMail).where(*visible(request)).order_by(IncomingMail.id.desc()).limit(PAGE + 1)
    if wanted.states:
        query = query.where(IncomingMail.state.in_(wanted.states))
    if wanted.mailbox:
        query = query.where(IncomingMail.mailbox == wanted.mailbox)
    if wanted.sender:
        parts = (IncomingMail.sender, IncomingMail.sender_name)
        query = query.where(or_(*(part.icontains(wanted.sender, autoescape=True) for part in parts)))
    if wanted.number:
        ticket = request.desk.visible_to(request.technician).ticket(wanted.number)
        if ticket is None:
            return [], None
        query = query.where(IncomingMail.ticket_id.in_(request.desk.ticket_ids(ticket)))
    if before is not None:
        query = query.where(IncomingMail.id < before)
    rows = request.dbsession.scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def count_to_decide(request: Request) -> dict[str, int]:
    """How many wait for a technician, by their state: those that wait for none aren't counted."""
    state = IncomingMail.state
    query = select(state, func.count()).where(state.in_(TO_DECIDE), *visible(request)).group_by(state)
    return {row[0]: row[1] for row in request.dbsession.execute(query)}


def counts_on(request: Request, *, now: bool = False) -> dict[str, int]:
    """The same for the menu and the cards of any page, as it was some seconds ago; nothing on pages of the portal.

    :param now: for a page that is about it
    """
    if request.matched_route is None or not request.matched_route.name.startswith("admin") or not request.technician:
        return {}
    kept: dict[int, tuple[float, dict[str, int]]] = request.registry[COUNTS]
    until, counts = kept.get(request.technician.id, (0.0, {}))
    if now or time.monotonic() > until:
        counts = count_to_decide(request)
        kept[request.technician.id] = (time.monotonic() + FRESH_SECONDS, counts)
    return counts


def forget_counts(request: Request) -> None:
    """Something was decided here: whoever looks next counts anew."""
    request.registry[COUNTS].clear()


def find_mail(request: Request, *, lock: bool = False) -> IncomingMail:
    """The mail of the address.

    :param lock: whether nobody else may change it until the transaction ends
    :raises HTTPNotFound: if there is none that this technician may see; which of the two is not told
    """
    query = select(IncomingMail).where(IncomingMail.id == int(request.matchdict["id"]), *visible(request))
    if lock:
        query = query.with_for_update(of=IncomingMail).execution_options(populate_existing=True)
    found: IncomingMail | None = request.dbsession.scalar(query)
    if found is None or not _sees_notice(request, found):
        raise HTTPNotFound
    return found


def _sees_notice(request: Request, mail: IncomingMail) -> bool:
    """Whether the notice that came back is about a ticket they may see; a mail that is about none is."""
    if mail.delivery_id is None or mail.ticket_id is not None:
        return True
    notice = request.desk.delivery(id=mail.delivery_id)
    sight = request.desk.visible_to(request.technician)
    return notice is None or notice.ticket is None or sight.ticket_of(notice.ticket.id) is not None


def mails_of_messages(request: Request, ticket: TicketInfo, messages: Iterable[MessageInfo]) -> Sequence[Any]:
    """Id, message and sender of the mails by which some messages of a ticket came, and how many were in their copy."""
    said = list(messages)
    # a scanner's mail may have no Message-ID: then the ticket tells that it came by one
    if ticket.channel != CHANNEL and not any(message.mail_id for message in said):
        return []
    query = select(
        IncomingMail.id, IncomingMail.message_row_id, IncomingMail.sender, IncomingMail.copied
    )  # fmt: skip
    query = query.where(IncomingMail.message_row_id.in_([message.id for message in said])).order_by(IncomingMail.id)
    found: Sequence[Any] = request.dbsession.execute(query).all()
    return found


def held_for(request: Request, ticket: TicketInfo) -> Sequence[IncomingMail]:
    """The mails of others that name a ticket and wait for a decision, the oldest first."""
    whose = IncomingMail.ticket_id.in_(request.desk.ticket_ids(ticket))
    query = select(IncomingMail).where(whose, IncomingMail.state == HELD).order_by(IncomingMail.id)
    found: Sequence[IncomingMail] = request.dbsession.scalars(query).all()
    return found
