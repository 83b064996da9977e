"""One delivery with all that is known of it: how it went, try by try, and what was sent."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from novantic_core.delivery.outbox import GIVE_UP_AFTER
from novantic_core.i18n import _
from novantic_core.models import Delivery, Message, Ticket
from novantic_core.models.delivery import FAILED, PENDING
from novantic_core.page import LANGUAGES
from novantic_core.security import is_allowed
from novantic_core.services.find_deliveries import BOUNCED, sent_words, state_of
from novantic_core.services.keep_trace import find_attempts
from novantic_core.services.tell_brands import brand_label, has_brands
from novantic_core.values import Text
from novantic_core.views.admin.base import draw
from novantic_core.views.admin.operations.deliveries import brake_words, describe, find
from novantic_core.views.admin.operations.framed import framed, framing

LONGEST_HEADER = 2000


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, taken apart to be shown."""

    headers: tuple[tuple[str, str], ...]
    subject: str
    text: str
    html: str


@view_config(route_name="admin_delivery", request_method="GET")
def delivery(request: Request) -> Response:
    """All that is known of one."""
    session, found = request.dbsession, find(request, held=False)
    ticket = session.get(Ticket, found.ticket_id) if found.ticket_id is not None else None
    raw = sent_words(session, found)
    row = describe(found, ticket.number if ticket is not None else None, request.desk.now)
    page = draw(
        request, "admin/operations/delivery.pt", **row, title=row["kind"], ticket=ticket,
        mail=read_mail(raw) if raw else None, facts=list(_facts(request, found)),
        attempts=find_attempts(session, found), explained=[*explain(found, request.desk.now), *_braked(request, found)],
        may=is_allowed(request, "admin_delivery_retry"), message=_message(request, found),
        list_path=request.route_path("admin_deliveries") if is_allowed(request, "admin_deliveries") else None,
        frame=request.route_path("admin_delivery_html", id=found.id),
        file=request.route_path("admin_delivery_file", id=found.id),
    )  # fmt: skip
    return framing(page)


@view_config(route_name="admin_delivery_html", request_method="GET")
def html(request: Request) -> Response:
    """What the frame shows: the HTML that was sent."""
    return framed(read_mail(_raw(request)).html)


@view_config(route_name="admin_delivery_file", request_method="GET")
def file(request: Request) -> Response:
    """What was sent, as a file that mail programs open."""
    response = Response(_raw(request), content_type="message/rfc822", charset=None)
    response.headers["Content-Disposition"] = f'attachment; filename="delivery-{request.matchdict["id"]}.eml"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _raw(request: Request) -> bytes:
    raw = sent_words(request.dbsession, find(request, held=False))
    if raw is None:
        raise HTTPNotFound
    return raw


# ---------------------------------------------------------------------- in words


def read_mail(raw: bytes) -> Sent:
    """Take a mail apart. What is no mail, since a channel of another kind sent it, is a text."""
    mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
    if mail["Message-ID"] is None:
        return Sent((), "", raw.decode("utf-8", "replace"), "")
    headers = tuple((name, " ".join(str(value).split())[:LONGEST_HEADER]) for name, value in mail.items())
    return Sent(headers, " ".join(str(mail["Subject"] or "").split()), _part(mail, "plain"), _part(mail, "html"))


def _part(mail: Any, kind: str) -> str:
    part = mail.get_body((kind,))
    try:
        return str(part.get_content()).replace("\r\n", "\n").strip() if part is not None else ""
    except (KeyError, LookupError, UnicodeError):
        return ""


def explain(delivery: Delivery, now: datetime) -> Iterator[Text]:
    """How a delivery stands, and what happens next, for who doesn't know how a worker works."""
    state = state_of(delivery)
    lasted = (delivery.given_up_at or now) - (delivery.trying_since or now) > GIVE_UP_AFTER
    if state == PENDING and delivery.claimed_by is not None:
        yield _("A worker is sending it at this moment.")
    elif state == PENDING and not delivery.attempts:
        yield _("No worker has tried it yet.")
    elif state == PENDING and lasted:
        yield _("It has been tried for two days: if it fails once more, it is given up.")
    elif state == PENDING:
        yield _("It is tried again by itself, after longer and longer, for two days in all.")
    elif state == FAILED and lasted:
        yield _("It was tried for two days in vain. Nothing more happens unless somebody has it tried again.")
    elif state == FAILED:
        yield _("It was refused for good. Look at what the server said; when the reason is gone, have it tried again.")
    elif state == BOUNCED:
        yield _(
            "The mail server took it, and one farther on sent it back: whoever it was for has not read it. As a rule "
            "the address is wrong, or the mailbox is full."
        )


def _braked(request: Request, found: Delivery) -> Iterator[Text]:
    if found.state != PENDING or found.next_attempt_at > request.desk.now:
        return
    yield from (words for channel, words in brake_words(request) if channel == found.channel)


def _facts(request: Request, found: Delivery) -> Iterable[tuple[Text, Any, str]]:
    """Label, value, and of what kind the value is: ``text``, ``time``, ``code`` or ``error``."""
    site = request.registry.site
    channel = site.channels.get(found.channel)
    yield _("To"), f"{found.name} <{found.address}>" if found.name else found.address, "text"
    yield _("Channel"), channel[1].label if channel is not None else found.channel, "text"
    if has_brands(site):
        yield _("Brand"), brand_label(site, found.brand, request.locale_name), "text"
    yield _("Language"), LANGUAGES.get(found.locale, found.locale), "text"
    yield _("Message-ID"), f"<{found.message_id}>", "code"
    yield _("Made on"), found.created_at, "time"
    if found.state == PENDING and found.claimed_by is None:
        yield _("Next try"), found.next_attempt_at, "time"
    yield _("Tries"), found.attempts, "text"
    for label, at in (
        (_("Sent on"), found.sent_at), (_("Given up on"), found.given_up_at if found.state == FAILED else None),
        (_("Came back on"), found.bounced_at),
    ):  # fmt: skip
        if at is not None:
            yield label, at, "time"
    for label, words in ((_("What the server farther on said"), found.bounce), (_("Last error"), found.last_error)):
        if words:
            yield label, words, "error"


def _message(request: Request, found: Delivery) -> str | None:
    """Where on its ticket's page the message stands that it tells of."""
    if found.message_row_id is None:
        return None
    # a merge may have taken it elsewhere
    number = request.dbsession.scalar(
        select(Ticket.number).join(Message, Message.ticket_id == Ticket.id).where(Message.id == found.message_row_id)
    )
    return str(request.route_path("admin_ticket", number=number, _anchor=f"m{found.message_row_id}"))
