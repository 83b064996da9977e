"""Notification by e-mail: who is written to at which event, and the channel that carries it through pyramid_mailer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from novantic_core.plugin import Channel, Notice, Recipient, TicketEvent, _, hookimpl
from novantic_email.channel import EmailChannel

CHANNEL = "email"
"""Named with each notice: another channel that stands before this one must not carry what is written for it."""


@hookimpl
def novantic_notification_channels(settings: Mapping[str, Any]) -> Iterable[Channel]:
    """The channel named ``email``."""
    channel = EmailChannel(settings)
    return [Channel(CHANNEL, _("E-mail"), channel.send, channel.check)]


@hookimpl
def novantic_notifications(event: TicketEvent) -> Iterable[Notice]:
    """To the client: opened, answered, each change of status. To the technicians: new tickets and clients' answers.

    Who follows a ticket from outside is told what its client is; a technician who follows it, what technicians are.
    """
    by_requester = event.actor.kind == "requester"
    before, status = event.changes.get("status", (None, None))
    if event.kind == "opened":
        yield Notice("ticket_opened", _requester(event), CHANNEL, data={"on_behalf": not by_requester})
        yield from (Notice("technician_opened", one, CHANNEL) for one in _technicians(event))
    elif event.kind == "replied" and by_requester:
        yield from (Notice("technician_replied", one, CHANNEL) for one in _technicians(event))
        for one in _clients(event):
            if not _acts(event, one):
                yield Notice("ticket_answered", one, CHANNEL, data={"by": event.actor.name, "opened": status == "open"})
            elif status == "open":
                yield Notice(_opened_again(before), one, CHANNEL)
    elif event.kind == "replied":
        yield from (Notice("ticket_replied", one, CHANNEL, data={"closed": status == "closed"}) for one in _clients(event))
    elif event.kind == "status_changed":
        kinds = {"closed": "ticket_closed", "open": _opened_again(before), "waiting": "ticket_waiting"}
        for one in _clients(event):
            yield Notice(kinds[status], one, CHANNEL, data={"by_requester": by_requester and _acts(event, one)})
        if by_requester:
            yield from (
                Notice("technician_status", one, CHANNEL, data={"status": status}) for one in _technicians(event)
            )
    elif event.kind in {"followed", "merged", "unmerged"}:
        yield from _about_readers(event)


def _about_readers(event: TicketEvent) -> Iterable[Notice]:
    """Somebody reads another discussion than before: who was invited, and those whose ticket goes on elsewhere."""
    if event.kind == "followed":
        _before, address = event.changes.get("address", (None, None))
        new = (one for one in event.followers if one.address == address)
        yield from (Notice("follower_added", one, CHANNEL, data={"by": event.actor.name}) for one in new)
        return
    before, after = event.changes.get("merged_into", (None, None))
    if event.kind == "merged" and after:
        data = {"into": after, "shared": "shared" in event.changes}
        yield from (Notice("ticket_merged", one, CHANNEL, data=data) for one in _clients(event))
    elif before:
        yield from (Notice("ticket_unmerged", one, CHANNEL, data={"from": before}) for one in _clients(event))


def _opened_again(before: str) -> str:
    """A ticket that only waited for the client's answer was never closed."""
    return "ticket_resumed" if before == "waiting" else "ticket_reopened"


def _requester(event: TicketEvent) -> Recipient:
    return Recipient(event.ticket.email, event.ticket.name, event.ticket.locale)


def _clients(event: TicketEvent) -> list[Recipient]:
    """The requester, and who follows the ticket from outside."""
    return [_requester(event), *(one for one in event.followers if one.role == "requester")]


def _technicians(event: TicketEvent) -> list[Recipient]:
    """Those concerned and those who follow, each once; nobody needs a mail about what they did themselves."""
    following = [one for one in event.followers if one.role == "technician"]
    found = {one.address.casefold(): one for one in (*event.technicians, *following)}
    return [one for one in found.values() if not _acts(event, one)]


def _acts(event: TicketEvent, one: Recipient) -> bool:
    return one.address.casefold() == event.actor.email.casefold()
