"""What stands on other pages: the menu's entry with its count, the dashboard's card, and what belongs to a ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pyramid.request import Request

from novantic_core.plugin import MessageInfo, MessageLink, NavigationItem, PagePart, Text, TicketInfo, _, plural
from novantic_mail_intake.desk.find import counts_on, held_for, mails_of_messages
from novantic_mail_intake.models import BRAKED, FAULTY, HELD
from novantic_mail_intake.threads import IN_COPY

DECIDE = plural("${n} mail waits for a decision", "${n} mails wait for a decision")
UNREAD = plural("${n} mail couldn't be read", "${n} mails couldn't be read")
MOST = 5
"""How many mails the card beside a ticket names."""


def menu(request: Request) -> NavigationItem:
    """The entry of the back office's menu, with how many mails wait for a technician."""
    return NavigationItem(
        "admin_mail", _("Incoming mail"), 45, "admin", "steering", count=sum(counts_on(request).values())
    )


def dashboard(request: Request, _period: Any) -> Sequence[PagePart]:
    """What waits for a technician; nothing where nothing does."""
    counts = counts_on(request, now=True)
    lines: list[tuple[str, str]] = []
    for states, words in (((HELD, BRAKED), DECIDE), ((FAULTY,), UNREAD)):
        count = sum(counts.get(state, 0) for state in states)
        if count:
            query = {"state": states[0]} if len([one for one in states if counts.get(one)]) == 1 else None
            lines.append((request.route_path("admin_mail", _query=query), request.localizer.plural(words, count)))
    return [PagePart("admin/mail/figures.pt", {"lines": lines}, order=10)] if lines else []


def card(request: Request, ticket: TicketInfo) -> Sequence[PagePart]:
    """Beside a ticket: the mails of others that name it."""
    held = held_for(request, ticket)
    if not held:
        return []
    values = {
        "held": held[:MOST], "more": len(held) - MOST, "ticket": ticket, "copied": lambda mail: mail.fault == IN_COPY
    }  # fmt: skip
    return [PagePart("admin/mail/card.pt", values, order=10)]


def links(request: Request, ticket: TicketInfo, messages: Iterable[MessageInfo]) -> Iterable[MessageLink]:
    """To the original of each message that came by mail; with its sender's address, if that isn't the requester's."""
    said = {message.id: message for message in messages}
    for row in mails_of_messages(request, ticket, said.values()):
        path = request.route_path("admin_mail_one", id=row.id)
        others = said[row.message_row_id].kind == "message" and row.sender.casefold() != ticket.email.casefold()
        words: Text = _("Original mail")
        if others and row.sender:
            words = _("Original mail, from ${address}", mapping={"address": row.sender})
        yield MessageLink(row.message_row_id, words, path)


PARTS: Mapping[str, Callable[[Request, Any], Sequence[PagePart]]] = {"admin_dashboard": dashboard, "admin_ticket": card}
"""What is added to pages, by the place."""
