"""Notification by e-mail: who is written to at which event, and the channel that carries it through pyramid_mailer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from novantic_core.plugin import (
    AccountEvent,
    Channel,
    DeskAlarm,
    Notice,
    OwnSettings,
    Recipient,
    Setting,
    TicketEvent,
    _,
    hookimpl,
    parse_bool,
    parse_certificates,
    parse_count,
)
from novantic_email.channel import EmailChannel
from novantic_email.server import WHOLE_SECONDS

novantic_api = ">=1.3,<2"

CHANNEL = "email"
"""Named with each notice: another channel that stands before this one must not carry what is written for it."""


@hookimpl
def novantic_settings_schema() -> Iterable[Setting]:
    """How many mails the server takes, and whether it is who it says."""
    return [
        Setting(
            "per_hour", _("a whole number, 0 for as many as there are"), parse_count, 0, label=_("Mails per hour"),
            help=_(
                "What the mail server's host allows. What is beyond waits; links that somebody asked for go first."
            ),
        ),
        Setting(
            "verify", _("true or false"), parse_bool, True, label=_("Look at the mail server's certificate"),
            help=_("Without it, whoever stands between the site and the mail server can read all mails."),
        ),
        Setting(
            "ca_file", _("a file of certificates to trust (PEM)"), parse_certificates, "",
            label=_("Certificates to trust"), help=_("For a mail server whose certificate is of your own making."),
        ),
    ]  # fmt: skip


@hookimpl
def novantic_notification_channels(outgoing: Mapping[str, str], own_settings: OwnSettings) -> Iterable[Channel]:
    """The channel named ``email``."""
    channel = EmailChannel(outgoing, own_settings)
    return [Channel(CHANNEL, _("E-mail"), channel.send, channel.check, WHOLE_SECONDS, channel.per_hour)]


@hookimpl
def novantic_notifications(event: TicketEvent) -> Iterable[Notice]:
    """To the client: opened, answered, each change of status, another ticket in which theirs goes on.

    To the technicians: new tickets, clients' answers, tickets that somebody else gave them. Who follows a ticket from
    outside is told what its client is; a technician who follows it, what technicians are.
    """
    told = _TOLD.get(event.kind)
    return told(event) if told is not None else ()


def _opened(event: TicketEvent) -> Iterable[Notice]:
    on_behalf = event.actor.kind == "technician"
    yield Notice("ticket_opened", _requester(event), CHANNEL, data={"on_behalf": on_behalf})
    yield from (Notice("technician_opened", one, CHANNEL) for one in _technicians(event))


def _replied(event: TicketEvent) -> Iterable[Notice]:
    before, status = event.changes.get("status", (None, None))
    if event.actor.kind != "requester":
        data = {"closed": status == "closed", "waiting": status == "waiting"}
        yield from (Notice("ticket_replied", one, CHANNEL, data=data) for one in _clients(event))
        return
    yield from (Notice("technician_replied", one, CHANNEL) for one in _technicians(event))
    for one in _clients(event):
        if not _acts(event, one):
            yield Notice("ticket_answered", one, CHANNEL, data={"by": event.actor.name, "opened": status == "open"})
        elif status == "open":
            yield Notice(_opened_again(before), one, CHANNEL)


def _status_changed(event: TicketEvent) -> Iterable[Notice]:
    by_requester = event.actor.kind == "requester"
    before, status = event.changes["status"]
    kinds = {"closed": "ticket_closed", "open": _opened_again(before), "waiting": "ticket_waiting"}
    for one in _clients(event):
        yield Notice(kinds[status], one, CHANNEL, data={"by_requester": by_requester and _acts(event, one)})
    if by_requester:
        for one in _technicians(event):
            yield Notice("technician_status", one, CHANNEL, data={"status": status})


def _assigned(event: TicketEvent) -> Iterable[Notice]:
    _before, assignee = event.changes.get("assignee", (None, None))
    # who takes a ticket knows it
    told = [one for one in event.technicians if one.address == assignee != event.actor.email]
    return [Notice("technician_assigned", one, CHANNEL, data={"by": event.actor.name}) for one in told]


def _followed(event: TicketEvent) -> Iterable[Notice]:
    _before, address = event.changes.get("address", (None, None))
    new = [one for one in event.followers if one.address == address]
    # a client lets somebody follow who was in copy of their mail
    data = {"by": event.actor.name, "by_client": event.actor.kind == "requester"}
    return [Notice("follower_added", one, CHANNEL, data=data) for one in new]


def _merged(event: TicketEvent) -> Iterable[Notice]:
    """Those whose ticket goes on elsewhere, or by itself again; nothing changes for who reads the other one."""
    before, after = event.changes.get("merged_into", (None, None))
    if after:
        data = {"into": after, "shared": "shared" in event.changes}
        yield from (Notice("ticket_merged", one, CHANNEL, data=data) for one in _clients(event))
    elif before:
        yield from (Notice("ticket_unmerged", one, CHANNEL, data={"from": before}) for one in _clients(event))


_TOLD: Mapping[str, Callable[[TicketEvent], Iterable[Notice]]] = {
    "opened": _opened, "replied": _replied, "status_changed": _status_changed, "assigned": _assigned,
    "followed": _followed, "merged": _merged, "unmerged": _merged,
}  # fmt: skip


@hookimpl
def novantic_account_notices(event: AccountEvent) -> Iterable[Notice]:
    """A technician gets the link by which a password is chosen."""
    kinds = {"invited": "technician_invitation", "reset": "technician_reset"}
    data = {"by": event.by, "hours": event.link_hours}
    return [Notice(kinds[event.kind], event.technician, CHANNEL, data=data)]


@hookimpl
def novantic_alarm_notices(alarm: DeskAlarm) -> Iterable[Notice]:
    """An administrator hears what needs looking after, and that it is over."""
    told = {"began": alarm.began, "over": alarm.over, "still": alarm.still}
    data = {name: [[one.words, one.path] for one in some] for name, some in told.items()}
    return [Notice("desk_alarm", alarm.to, CHANNEL, data=data)]


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
