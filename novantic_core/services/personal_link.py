"""Links by which technicians choose a password: the invitation of a new one, the reset of a forgotten one.

As with access links, a link's token is made when its mail is, and only its hash is kept
(docs/adr/0003-links-are-made-when-mailed.md).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, PasswordRequest, PersonalLink, Technician
from novantic_core.services.describe import technician_recipient
from novantic_core.services.grant_access import token_hash
from novantic_core.services.record_action import record_action
from novantic_core.services.record_event import queue_account
from novantic_core.services.sign_in import set_password
from novantic_core.site import Site
from novantic_core.values import AccountEvent, Actor

INVITATION, RESET = "invitation", "reset"
INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=1)
NOT_AGAIN_WITHIN = timedelta(minutes=5)
"""After a mail with a link. Whoever asks again and again must not fill somebody's mailbox."""


def purpose_of(technician: Technician) -> str:
    """What a link is for: whoever has no password yet was invited, even if they say that they forgot it."""
    return RESET if technician.password_hash else INVITATION


def send_link(site: Site, session: Session, technician: Technician, now: datetime, theme: str, by: str = "") -> int:
    """Queue the mail that carries a link: to how many channels, 0 if no plugin tells technicians anything.

    :param by: who invites
    """
    invited = purpose_of(technician) == INVITATION
    life = INVITATION_LIFE if invited else RESET_LIFE
    event = AccountEvent(
        "invited" if invited else "reset", now, technician_recipient(technician), by,
        link_hours=int(life / timedelta(hours=1)),
    )  # fmt: skip
    notices = site.plugins.collect_items("novantic_account_notices", session=session, event=event)
    return queue_account(site, session, technician.id, notices, theme, now)


def make_link(session: Session, technician: Technician, now: datetime) -> str:
    """A token by which a technician chooses a password, once; the only copy is the returned one."""
    token, purpose = secrets.token_urlsafe(32), purpose_of(technician)
    life = INVITATION_LIFE if purpose == INVITATION else RESET_LIFE
    session.execute(delete(PersonalLink).where(PersonalLink.expires_at < now))
    session.add(
        PersonalLink(
            token_hash=token_hash(token), technician_id=technician.id, purpose=purpose, created_at=now,
            expires_at=now + life,
        )
    )  # fmt: skip
    return token


def find_link(session: Session, token: str, now: datetime) -> tuple[PersonalLink, Technician] | None:
    """The link of a token and whose it is, while it is good. Looking doesn't use it up."""
    found = session.execute(
        select(PersonalLink, Technician)
        .join(Technician, PersonalLink.technician_id == Technician.id)
        .where(
            PersonalLink.token_hash == token_hash(token), PersonalLink.used_at.is_(None),
            PersonalLink.expires_at > now, Technician.active,
        )
        .with_for_update()
    ).first()  # fmt: skip
    return (found[0], found[1]) if found else None


def use_link(session: Session, link: PersonalLink, technician: Technician, password: str, now: datetime) -> None:
    """Choose a password by a link: it, all others and all sessions end.

    :raises FieldError: if the password is too short or too long; the link stays good
    """
    set_password(session, technician, password)
    link.used_at = now
    end_links(session, technician.id)
    kind = "invitation_accepted" if link.purpose == INVITATION else "password_reset"
    record_action(session, kind, Actor("technician", technician.name, technician.email), now, technician.name)


def end_links(session: Session, technician_id: int) -> None:
    """Make all links of a technician dead that nobody used."""
    session.execute(
        delete(PersonalLink).where(PersonalLink.technician_id == technician_id, PersonalLink.used_at.is_(None))
    )


# ------------------------------------------------------------------ forgotten passwords


def request_password(session: Session, email: str, theme: str, now: datetime) -> None:
    """Note that somebody has forgotten a password. The same one row is written whatever was typed."""
    session.add(PasswordRequest(email=email[:254], theme=theme, created_at=now))


def answer_password_requests(site: Site, session: Session, now: datetime, limit: int = 100) -> int:
    """Queue a link for each request with a technician's address, and forget the requests; how many there were."""
    query = select(PasswordRequest).order_by(PasswordRequest.id).limit(limit)
    requests = session.scalars(query.with_for_update(skip_locked=True)).all()
    for request in requests:
        technician = session.scalar(
            select(Technician).where(Technician.email_key == request.email.casefold(), Technician.active)
        )
        if technician is not None and not _told_lately(session, technician, now):
            send_link(site, session, technician, now, request.theme)
        session.delete(request)
    return len(requests)


def _told_lately(session: Session, technician: Technician, now: datetime) -> bool:
    lately = (Delivery.technician_id == technician.id, Delivery.created_at > now - NOT_AGAIN_WITHIN)
    return session.scalar(select(Delivery.id).where(*lately).limit(1)) is not None
