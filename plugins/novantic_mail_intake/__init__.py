"""Requests and answers by e-mail: from standard input, from IMAP, by LMTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import click
from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy.orm import Session

from novantic_core.plugin import (
    ActionKind,
    Brand,
    ContactInfo,
    DeliveryInfo,
    IntakeChannel,
    MessageInfo,
    MessageLink,
    MessagePart,
    NavigationItem,
    Notice,
    OwnSettings,
    PagePart,
    ReturnAddresses,
    Route,
    Setting,
    TicketDraft,
    TicketEvent,
    TicketInfo,
    WorkerTask,
    _,
    hookimpl,
)
from novantic_mail_intake import back, desk, people, refused
from novantic_mail_intake.command import add_command
from novantic_mail_intake.compose import CHANNEL
from novantic_mail_intake.desk import beside, copied
from novantic_mail_intake.forget import forget_old_mails
from novantic_mail_intake.limits import LIMITS
from novantic_mail_intake.mailboxes import SETTINGS, mailbox_named
from novantic_mail_intake.sources import source_tasks
from novantic_mail_intake.sources.settings import SOURCE_SETTINGS
from novantic_mail_intake.work import take_up

novantic_api = ">=1.3,<2"

HOUR = 3600


@hookimpl
def novantic_settings_schema() -> Iterable[Setting]:
    """The mailboxes, and what is made of what comes into them."""
    return (*SETTINGS, *SOURCE_SETTINGS, *LIMITS)


@hookimpl
def novantic_intake_channels() -> Iterable[IntakeChannel]:
    """The channel named ``mail``."""
    return [IntakeChannel(CHANNEL, _("by e-mail"))]


@hookimpl
def novantic_route(draft: TicketDraft, own_settings: Mapping[str, Any]) -> Route | None:
    """The team of the mailbox that a mail came into."""
    if draft.channel != CHANNEL:
        return None
    team = mailbox_named(own_settings, draft.origin).team
    return Route(team=team, reason=_("by the mailbox it came into")) if team else None


@hookimpl
def novantic_notifications(event: TicketEvent) -> Iterable[Notice]:
    """To who sent a mail: which of its files were not taken in."""
    return refused.notices(event)


@hookimpl
def novantic_return_addresses(
    desk: Any, delivery: DeliveryInfo, own_settings: Mapping[str, Any]
) -> ReturnAddresses | None:
    """A signed address for answers, and one that names the delivery for what servers send back."""
    return back.return_addresses(desk, delivery, own_settings)


@hookimpl
def novantic_worker_tasks(own_settings: OwnSettings, brands: Mapping[str, Brand]) -> Iterable[WorkerTask]:
    """Each mailbox that is emptied by IMAP, and LMTP; taking up what was kept and left, and forgetting what is old."""
    return [
        *source_tasks(own_settings, brands),
        WorkerTask("mail", take_up, _("Mails that were kept are taken up"), every=5, late=0),
        WorkerTask("forget mails", forget_old_mails, _("Old mails are removed"), every=HOUR, late=0),
    ]


@hookimpl
def novantic_commands(
    cli: click.Group, open_desk: Callable[[], AbstractContextManager[Any]], own_settings: Mapping[str, Any]
) -> None:
    """``novantic mail receive``."""
    add_command(cli, open_desk, own_settings)


@hookimpl
def novantic_contact_export(contact: ContactInfo, session: Session) -> Mapping[str, Any] | None:
    """The mails that somebody sent."""
    return people.mails_of(contact, session)


@hookimpl
def novantic_contact_erase(contact: ContactInfo, session: Session) -> None:
    """The originals of their mails, and of those on their tickets."""
    people.forget_person(contact, session)


@hookimpl
def novantic_configure(config: Configurator) -> None:
    """The back office's pages of what came in."""
    desk.set_up(config)


@hookimpl
def novantic_navigation(request: Request) -> Iterable[NavigationItem]:
    """Where technicians find it, with how much waits for them."""
    return [beside.menu(request)]


@hookimpl
def novantic_action_kinds() -> Iterable[ActionKind]:
    """What is decided on mails, for the audit trail."""
    return desk.ACTIONS


@hookimpl
def novantic_page_parts(request: Request, place: str, subject: Any) -> Iterable[PagePart]:
    """What waits for a decision, on the dashboard and beside the ticket that it names."""
    draw = beside.PARTS.get(place)
    return [] if draw is None else draw(request, subject)


@hookimpl
def novantic_message_links(
    request: Request, ticket: TicketInfo, messages: Iterable[MessageInfo]
) -> Iterable[MessageLink]:
    """The original of each message that came by mail."""
    return beside.links(request, ticket, messages)


@hookimpl
def novantic_message_parts(
    request: Request, ticket: TicketInfo, messages: Iterable[MessageInfo]
) -> Iterable[MessagePart]:
    """Whom each message that came by mail went to, who was in copy, and who of them may be made a follower."""
    return copied.parts(request, ticket, messages)
