"""Notification by e-mail: who is written to at which event, and the channel that carries it through pyramid_mailer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from novantic_core.plugin import AccountEvent, Channel, Notice, Recipient, TicketEvent, _, hookimpl
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
    """To the client: opened, answered, each change of status.

    To the technicians: new tickets, clients' answers, tickets that somebody else gave them.
    """
    by_requester = event.actor.kind == "requester"
    before, status = event.changes.get("status", (None, None))
    if event.kind == "opened":
        yield Notice("ticket_opened", _requester(event), CHANNEL)
        yield from (Notice("technician_opened", one, CHANNEL) for one in event.technicians)
    elif event.kind == "replied" and by_requester:
        yield from (Notice("technician_replied", one, CHANNEL) for one in event.technicians)
        if status == "open":
            yield Notice(_opened_again(before), _requester(event), CHANNEL)
    elif event.kind == "replied":
        data = {"closed": status == "closed", "waiting": status == "waiting"}
        yield Notice("ticket_replied", _requester(event), CHANNEL, data=data)
    elif event.kind == "status_changed":
        kinds = {"closed": "ticket_closed", "open": _opened_again(before), "waiting": "ticket_waiting"}
        yield Notice(kinds[status], _requester(event), CHANNEL, data={"by_requester": by_requester})
        if by_requester:
            yield from (Notice("technician_status", one, CHANNEL, data={"status": status}) for one in event.technicians)
    elif event.kind == "assigned":
        _before, assignee = event.changes.get("assignee", (None, None))
        # who takes a ticket knows it
        told = [one for one in event.technicians if one.address == assignee != event.actor.email]
        yield from (Notice("technician_assigned", one, CHANNEL, data={"by": event.actor.name}) for one in told)


@hookimpl
def novantic_account_notices(event: AccountEvent) -> Iterable[Notice]:
    """A technician gets the link by which a password is chosen."""
    kinds = {"invited": "technician_invitation", "reset": "technician_reset"}
    data = {"by": event.by, "hours": event.link_hours}
    return [Notice(kinds[event.kind], event.technician, CHANNEL, data=data)]


def _opened_again(before: str) -> str:
    """A ticket that only waited for the client's answer was never closed."""
    return "ticket_resumed" if before == "waiting" else "ticket_reopened"


def _requester(event: TicketEvent) -> Recipient:
    return Recipient(event.ticket.email, event.ticket.name, event.ticket.locale)
