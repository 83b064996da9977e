"""Followers: who is told of a ticket besides its requester and its assignee, and no longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pyramid_retry import RetryableException
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import AccessGrant, Delivery, Follower, Technician, Ticket
from novantic_core.models.delivery import SENT
from novantic_core.services.check_email import check_email
from novantic_core.services.family import merged_into
from novantic_core.services.record_event import record_event
from novantic_core.services.visibility import may_see
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

MAX_FOLLOWERS = 20
TOO_MANY = _("A ticket has at most ${n} followers.", mapping={"n": MAX_FOLLOWERS})


def followers_of(session: Session, ticket: Ticket) -> list[Follower]:
    """Who follows a ticket, in the order they came."""
    return list(session.scalars(select(Follower).where(Follower.ticket_id == ticket.id).order_by(Follower.id)))


def follow(
    site: Site, session: Session, ticket: Ticket, technician: Technician, actor: Actor, now: datetime
) -> Follower:
    """Let a technician be told of a ticket. Who follows it already goes on doing so.

    :raises FieldError: if they may not see it, or it has too many followers
    """
    if not may_see(site, technician, ticket):
        raise FieldError(_("${name} may not see this ticket.", mapping={"name": technician.name}), "technician")
    before = _find(session, ticket, technician.email)
    if before is not None and before.technician_id is not None:
        return before
    if before is not None:
        unfollow(site, session, ticket, before, actor, now)
    return _add(
        site, session, ticket, actor, now, {"follower": (None, technician.name)}, technician_id=technician.id,
        email=technician.email, name=technician.name, locale=technician.locale,
    )  # fmt: skip


def follow_from_outside(
    site: Site, session: Session, ticket: Ticket, email: str, name: str, locale: str, actor: Actor, now: datetime
) -> Follower:
    """Let somebody outside read a ticket and answer on it, by a link of their own, and be told as its requester is.

    :raises FieldError: naming what is wrong with what
    """
    email, name = email.strip(), " ".join(name.split())
    check_email(email)
    if not name or len(name) > 120:
        raise FieldError(_("Please give a name of at most 120 characters."), "name")
    if email.casefold() == ticket.email.casefold():
        raise FieldError(_("This is the requester's address: they are told anyway."), "email")
    if _find(session, ticket, email) is not None:
        raise FieldError(_("This address follows the ticket already."), "email")
    colleague = session.scalar(select(Technician.name).where(Technician.email_key == email.casefold()))
    if colleague is not None:
        raise FieldError(
            _("This is the address of ${name}: choose them from the technicians.", mapping={"name": colleague}), "email"
        )
    changes = {"follower": (None, name), "address": (None, email)}
    return _add(site, session, ticket, actor, now, changes, email=email, name=name, locale=locale)


def _find(session: Session, ticket: Ticket, email: str) -> Follower | None:
    return session.scalar(
        select(Follower).where(Follower.ticket_id == ticket.id, Follower.email_key == email.casefold())
    )


def _add(
    site: Site, session: Session, ticket: Ticket, actor: Actor, now: datetime, changes: dict[str, Any], **values: Any
) -> Follower:
    if len(followers_of(session, ticket)) >= MAX_FOLLOWERS:
        raise FieldError(TOO_MANY)
    follower = Follower(ticket_id=ticket.id, email_key=values["email"].casefold(), created_at=now, **values)
    session.add(follower)
    try:
        session.flush()
    except IntegrityError as error:
        raise RetryableException("the same address was added twice at once") from error
    record_event(site, session, ticket, "followed", actor, now, changes=changes)
    return follower


def unfollow(
    site: Site, session: Session, ticket: Ticket, follower: Follower, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """End it: their links are dead at once, and what was still to be sent to them isn't.

    :raises FieldError: for the requester of a ticket that goes on in this one, who would lose their own words
    """
    theirs = [one.number for one in merged_into(session, ticket) if one.email.casefold() == follower.email_key]
    if theirs and follower.technician_id is None:
        raise FieldError(
            _("${name} opened ticket #${number}, which goes on here: undo that merge, and they read theirs only.",
              mapping={"name": follower.name, "number": theirs[0]})
        )  # fmt: skip
    changes: dict[str, Any] = {"follower": (follower.name, None)}
    if follower.technician_id is None:
        changes["address"] = (follower.email, None)
    forget(session, ticket, [follower], now)
    record_event(site, session, ticket, "unfollowed", actor, now, changes=changes)


def forget(session: Session, ticket: Ticket, followers: Iterable[Follower], now: datetime) -> None:
    """Remove followers without an event of their own, with their links and what was still to be sent to them."""
    for follower in followers:
        outside = follower.technician_id is None
        session.delete(follower)
        if not outside:
            continue
        # first, as in change_contact: a mail that is tried (again) after this would bring a fresh link with it
        session.execute(
            delete(Delivery).where(
                Delivery.ticket_id == ticket.id, func.lower(Delivery.address) == follower.email.lower(),
                Delivery.state != SENT,
            )
        )  # fmt: skip
        session.execute(
            update(AccessGrant)
            .where(
                AccessGrant.ticket_id == ticket.id, func.lower(AccessGrant.email) == follower.email.lower(),
                AccessGrant.revoked_at.is_(None),
            )
            .values(revoked_at=now)
        )  # fmt: skip
    session.flush()
