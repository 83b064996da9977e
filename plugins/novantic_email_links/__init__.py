"""Access to one's ticket by a mailed link: no account, no password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from pyramid.config import Configurator
from pyramid.request import Request

from novantic_core.plugin import (
    Desk,
    NavigationItem,
    Notice,
    Recipient,
    TicketEvent,
    TicketInfo,
    _,
    hookimpl,
)

novantic_api = ">=1.2,<2"


@hookimpl
def novantic_navigation(request: Request) -> Iterable[NavigationItem]:
    """The fourth tab; the core turns it into the ticket's own while one is open."""
    return [NavigationItem("ticket_status", _("Check a ticket's status"), order=40)]


@hookimpl
def novantic_configure(config: Configurator) -> None:
    """The page that asks for a link, and the link itself, whose use is noted."""
    for name, pattern in (
        ("ticket_status", "/tickets/status"),
        ("access", "/access/{token}"),
        ("access_renew", "/access/{token}/renew"),
    ):
        config.add_route(name, pattern)
        config.allow(name, "everybody")
    config.set_writing_route("access")
    config.scan("novantic_email_links.views")


@hookimpl
def novantic_notifications(event: TicketEvent) -> Iterable[Notice]:
    """Somebody proved to know address and number of a ticket, theirs or one they follow: mail them the way to it."""
    if event.kind != "access_requested":
        return []
    ticket, asker = event.ticket, event.actor.email.casefold()
    following = (one for one in event.followers if one.role == "requester" and one.address.casefold() == asker)
    return [Notice("access_link", next(following, Recipient(ticket.email, ticket.name, ticket.locale)))]


@hookimpl
def novantic_access_link(desk: Desk, ticket: TicketInfo, recipient: Recipient, kind: str) -> str:
    """A link of the recipient's own: short-lived where they asked for it, longer in a notice that may be read late."""
    hours = desk.site.settings.access_link_hours
    lifetime = timedelta(hours=hours) if kind == "access_link" else None
    return desk.url(f"/access/{desk.grant_access(ticket, recipient.address, lifetime)}")
