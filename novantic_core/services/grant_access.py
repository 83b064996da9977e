"""A requester's way to their ticket without an account: links that expire, can be renewed and revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from novantic_core.models import AccessGrant, AccessRequest, Contact, Follower, Ticket
from novantic_core.services.number_ticket import normalise_number
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def token_hash(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def grant_access(session: Session, ticket_id: int, email: str, now: datetime, lifetime: timedelta) -> str:
    """Make a link's token for one ticket and one address; the only copy is the returned one."""
    token = secrets.token_urlsafe(32)
    session.add(
        AccessGrant(
            token_hash=token_hash(token), ticket_id=ticket_id, email=email, created_at=now, expires_at=now + lifetime
        )
    )
    return token


def find_grant(session: Session, token: str) -> AccessGrant | None:
    """The grant of a token, alive or dead; None for a token that never was."""
    return session.scalar(select(AccessGrant).where(AccessGrant.token_hash == token_hash(token)))


def is_alive(grant: AccessGrant, now: datetime) -> bool:
    """Whether a grant opens its ticket now."""
    return grant.revoked_at is None and now < grant.expires_at


def use_grant(session: Session, grant: AccessGrant, now: datetime) -> Ticket:
    """Note that a link was opened; it stays good, because mail scanners open links before people do.

    :return: the ticket that it was made for, even if that one was merged
    """
    grant.use_count += 1
    grant.last_used_at = now
    ticket = session.get_one(Ticket, grant.ticket_id)
    if grant.first_used_at is None:
        grant.first_used_at = now
        # of the address, not of the ticket's contact: another address of theirs may have been merged into it
        mine = (Contact.email_key == grant.email.casefold(), Contact.verified_at.is_(None))
        session.execute(update(Contact).where(*mine).values(verified_at=now))
    return ticket


def revoke_access(session: Session, ticket_id: int, now: datetime) -> None:
    """Make all links of a ticket dead at once; sessions opened by them end too."""
    session.execute(
        update(AccessGrant)
        .where(AccessGrant.ticket_id == ticket_id, AccessGrant.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def renew(session: Session, token: str, locale: str, now: datetime) -> None:
    """Ask for a new link in the place of an old one, to the address that the old one was for."""
    grant = find_grant(session, token)
    ticket = session.get(Ticket, grant.ticket_id) if grant is not None else None
    if grant is not None and ticket is not None:
        request_access(session, grant.email, ticket.number, locale, now)


def request_access(session: Session, email: str, number: str, locale: str, now: datetime) -> None:
    """Note that somebody asks for a link.

    A worker looks whether address and number belong together: here the same one row is written whatever was typed, so
    the time that the answer takes tells nothing.
    """
    session.add(AccessRequest(email=email, number=normalise_number(number)[:20], locale=locale, created_at=now))


def answer_access_requests(site: Site, session: Session, now: datetime, limit: int = 100) -> int:
    """Queue a link for each request that matches a ticket, and forget the requests; how many there were."""
    query = select(AccessRequest).order_by(AccessRequest.id).limit(limit)
    requests = session.scalars(query.with_for_update(skip_locked=True)).all()
    told: set[tuple[int, str]] = set()
    for request in requests:
        ticket = session.scalar(select(Ticket).where(Ticket.number == request.number))
        asker = _asker(session, ticket, request.email) if ticket is not None else None
        # several at once are one impatient person, or somebody who wants to fill another's mailbox
        if ticket is not None and asker is not None and (ticket.id, asker.email.casefold()) not in told:
            told.add((ticket.id, asker.email.casefold()))
            record_event(site, session, ticket, "access_requested", asker, now)
        session.delete(request)
    return len(requests)


def _asker(session: Session, ticket: Ticket, email: str) -> Actor | None:
    """Who asks for a link to a ticket: its requester, or somebody outside who follows it."""
    if ticket.email.casefold() == email.casefold():
        return Actor("requester", ticket.name, ticket.email)
    follower = session.scalar(
        select(Follower).where(
            Follower.ticket_id == ticket.id, Follower.email_key == email.casefold(), Follower.technician_id.is_(None)
        )
    )
    return Actor("requester", follower.name, follower.email) if follower is not None else None
