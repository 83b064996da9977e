"""Technicians: making them, signing them in and out, and the link that makes the first."""

from __future__ import annotations

import functools
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, exists, select
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
SETUP_LIFE = timedelta(days=7)

# argon2id with the library's own parameters (RFC 9106, low memory)
_hasher = PasswordHasher()


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
    if len(password) < SHORTEST_PASSWORD or len(password) > 1024:
        raise FieldError(_("A password takes 12 to 1,024 characters."), "password")
    if session.scalar(select(Technician.id).where(Technician.email_key == email.casefold())) is not None:
        raise FieldError(_("There is a technician with this address already."), "email")
    technician = Technician(
        email=email, email_key=email.casefold(), name=name, role=role, team=settings.default_team,
        locale=settings.default_locale, password_hash=_hasher.hash(password), created_at=now,
    )  # fmt: skip
    session.add(technician)
    session.flush()
    return technician


def check_password(session: Session, login: str, password: str) -> int | None:
    """The id of the technician who has this address and this password; None otherwise, after the same work."""
    technician = session.scalar(
        select(Technician).where(Technician.email_key == login.strip().casefold(), Technician.active)
    )
    nobody = _nobody()
    try:
        _hasher.verify(technician.password_hash if technician else nobody, password[:1024])
    except (VerificationError, InvalidHashError):
        return None
    return technician.id if technician else None


def sign_in(session: Session, technician_id: int, password: str, now: datetime) -> str:
    """A session's token for a technician whose password was checked."""
    technician = session.get_one(Technician, technician_id)
    if _hasher.check_needs_rehash(technician.password_hash):
        technician.password_hash = _hasher.hash(password)
    return start_session(session, technician, now)


def start_session(session: Session, technician: Technician, now: datetime) -> str:
    """Sign a technician in on one browser: the token for its cookie."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(TechnicianSession).where(TechnicianSession.expires_at < now))
    session.add(
        TechnicianSession(
            token_hash=token_hash(token), technician_id=technician.id, created_at=now, expires_at=now + SESSION_LIFE
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """End a browser's session."""
    session.execute(delete(TechnicianSession).where(TechnicianSession.token_hash == token_hash(token)))


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
