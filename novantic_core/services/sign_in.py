"""Technicians: making them, signing them in and out, and the link that makes the first."""

from __future__ import annotations

import functools
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import SetupLink, Technician, TechnicianSession
from novantic_core.models.technician import ADMINISTRATOR, ROLES
from novantic_core.services.check_email import check_email
from novantic_core.services.grant_access import token_hash
from novantic_core.settings import Settings
from novantic_core.values import FieldError

SHORTEST_PASSWORD = 12
SESSION_LIFE = timedelta(hours=12)
PENDING_LIFE = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used."""
FRESH = timedelta(minutes=10)
"""For how long after signing in nobody is asked for their password again."""
SETUP_LIFE = timedelta(days=7)

# argon2id with the library's own parameters (RFC 9106, low memory)
_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from: the client's address, and what the browser calls itself."""

    client: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session's token, for the cookie; ``pending`` if the second factor is still to come."""

    token: str
    pending: bool


@functools.cache
def _nobody() -> str:
    """What the password of an address that isn't a technician's is compared to.

    Made at the first sign-in, whoever signs in, not at each start of a process: it takes a twentieth of a second.
    """
    return _hasher.hash(secrets.token_hex(16))


def add_technician(
    session: Session, settings: Settings, email: str, name: str, role: str, password: str, now: datetime
) -> Technician:
    """Make a technician who can sign in.

    :raises FieldError: naming what is wrong with what
    """
    email, name = email.strip(), " ".join(name.split())
    check_email(email)
    if not name or len(name) > 120:
        raise FieldError(_("Please give a name of at most 120 characters."), "name")
    if role not in ROLES:
        raise FieldError(_("The role is technician or administrator."), "role")
    check_new_password(password)
    check_free(session, email)
    technician = Technician(
        email=email, email_key=email.casefold(), name=name, role=role, team=settings.default_team,
        locale=settings.default_locale, password_hash=_hasher.hash(password), created_at=now,
    )  # fmt: skip
    session.add(technician)
    session.flush()
    return technician


def check_new_password(password: str) -> None:
    """Whether somebody may choose this password.

    :raises FieldError: if it is too short or too long
    """
    if len(password) < SHORTEST_PASSWORD or len(password) > 1024:
        raise FieldError(_("A password takes 12 to 1,024 characters."), "password")


def check_free(session: Session, email: str, own_id: int | None = None) -> None:
    """Whether nobody else has this address.

    :raises FieldError: if somebody has
    """
    found = session.scalar(select(Technician.id).where(Technician.email_key == email.casefold()))
    if found is not None and found != own_id:
        raise FieldError(_("There is a technician with this address already."), "email")


def set_password(
    session: Session, technician: Technician, password: str, keep: TechnicianSession | None = None
) -> None:
    """Give a technician another password; every session ends but the one to keep.

    :raises FieldError: if it is too short or too long
    """
    check_new_password(password)
    technician.password_hash = _hasher.hash(password)
    end_sessions(session, technician.id, keep)


def check_password(session: Session, login: str, password: str) -> int | None:
    """The id of the technician who has this address and this password; None otherwise, after the same work."""
    technician = session.scalar(
        select(Technician).where(Technician.email_key == login.strip().casefold(), Technician.active)
    )
    # who was invited and has chosen no password yet signs in no more than nobody does
    known = technician if technician is not None and technician.password_hash else None
    nobody = _nobody()
    try:
        _hasher.verify(known.password_hash if known else nobody, password[:1024])
    except (VerificationError, InvalidHashError):
        return None
    return known.id if known else None


def is_own_password(technician: Technician, password: str) -> bool:
    """Whether this is the password of somebody who is signed in."""
    try:
        return _hasher.verify(technician.password_hash, password[:1024])
    except (VerificationError, InvalidHashError):
        return False


# ------------------------------------------------------------------ sessions


def sign_in(session: Session, technician: Technician, password: str, now: datetime, browser: Browser) -> SignedIn:
    """A session for a technician whose password was checked; it waits for the second factor where one is set up."""
    if _hasher.check_needs_rehash(technician.password_hash):
        technician.password_hash = _hasher.hash(password)
    return start_session(session, technician, now, browser)


def start_session(session: Session, technician: Technician, now: datetime, browser: Browser) -> SignedIn:
    """Let a technician in on one browser, as far as the second factor where they have one."""
    token, pending = secrets.token_urlsafe(32), technician.totp_secret is not None
    if not pending:
        technician.last_seen_at = now
    session.execute(delete(TechnicianSession).where(TechnicianSession.expires_at < now))
    session.add(
        TechnicianSession(
            token_hash=token_hash(token), technician_id=technician.id, created_at=now,
            expires_at=now + (PENDING_LIFE if pending else SESSION_LIFE), pending=pending, last_seen_at=now,
            client=browser.client[:45], browser=browser.agent[:255],
        )
    )  # fmt: skip
    return SignedIn(token, pending)


def find_pending(session: Session, token: str, now: datetime) -> tuple[TechnicianSession, Technician] | None:
    """The session that waits for the second factor, and whose it is."""
    found = session.execute(_signed_in(token, now).where(TechnicianSession.pending)).first()
    return (found[0], found[1]) if found else None


def find_session(session: Session, token: str, now: datetime) -> tuple[TechnicianSession, Technician] | None:
    """The session of a token, and whose it is; one that waits for the second factor is good for nothing yet."""
    found = session.execute(_signed_in(token, now).where(TechnicianSession.pending.is_(False))).first()
    return (found[0], found[1]) if found else None


def _signed_in(token: str, now: datetime) -> Any:
    return (
        select(TechnicianSession, Technician)
        .join(Technician, TechnicianSession.technician_id == Technician.id)
        .where(TechnicianSession.token_hash == token_hash(token), TechnicianSession.expires_at > now, Technician.active)
    )


def complete(row: TechnicianSession, technician: Technician, now: datetime) -> str:
    """The second factor was right: a new token, so that one seen before it is worth nothing."""
    token = secrets.token_urlsafe(32)
    technician.last_seen_at = now
    row.token_hash, row.pending = token_hash(token), False
    row.created_at = row.last_seen_at = now
    row.expires_at = now + SESSION_LIFE
    return token


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Write down that a session is used, unless another request of the last minute did."""
    stale = or_(TechnicianSession.last_seen_at.is_(None), TechnicianSession.last_seen_at <= now - SEEN_EVERY)
    seen = update(TechnicianSession).where(TechnicianSession.id == session_id, stale).values(last_seen_at=now)
    technician_id = session.scalar(seen.returning(TechnicianSession.technician_id))
    session.execute(update(Technician).where(Technician.id == technician_id).values(last_seen_at=now))


def sign_out(session: Session, token: str) -> None:
    """End a browser's session."""
    session.execute(delete(TechnicianSession).where(TechnicianSession.token_hash == token_hash(token)))


def own_sessions(session: Session, technician_id: int, now: datetime) -> list[TechnicianSession]:
    """The browsers that a technician is signed in with, the one used last first."""
    mine = (TechnicianSession.technician_id == technician_id, TechnicianSession.expires_at > now)
    rows = select(TechnicianSession).where(*mine, TechnicianSession.pending.is_(False))
    return list(session.scalars(rows.order_by(TechnicianSession.last_seen_at.desc(), TechnicianSession.id.desc())))


def end_session(session: Session, technician_id: int, session_id: int) -> None:
    """End one session of a technician's own."""
    mine = (TechnicianSession.technician_id == technician_id, TechnicianSession.id == session_id)
    session.execute(delete(TechnicianSession).where(*mine))


def end_sessions(session: Session, technician_id: int, keep: TechnicianSession | None = None) -> None:
    """End all sessions of a technician but the one to keep; those that wait for the second factor too."""
    ended = delete(TechnicianSession).where(TechnicianSession.technician_id == technician_id)
    session.execute(ended.where(TechnicianSession.id != keep.id) if keep is not None else ended)


# ------------------------------------------------------------------ the first administrator


def needs_first_administrator(session: Session) -> bool:
    """Whether nobody can administer the site yet."""
    return not session.scalar(select(exists().where(Technician.role == ADMINISTRATOR, Technician.active)))


def make_setup_link(session: Session, now: datetime) -> str:
    """A token that makes the first administrator, once; earlier ones are dead."""
    session.execute(delete(SetupLink))
    token = secrets.token_urlsafe(32)
    session.add(SetupLink(token_hash=token_hash(token), expires_at=now + SETUP_LIFE))
    return token


def find_setup_link(session: Session, token: str, now: datetime) -> SetupLink | None:
    """The link of a token, if it still makes the first administrator."""
    if not needs_first_administrator(session):
        return None
    return session.scalar(
        select(SetupLink)
        .where(SetupLink.token_hash == token_hash(token), SetupLink.used_at.is_(None), SetupLink.expires_at > now)
        .with_for_update()
    )
