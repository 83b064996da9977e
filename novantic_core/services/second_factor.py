"""The second factor: time-based codes (RFC 6238), and the recovery codes that stand in for a lost telephone."""

from __future__ import annotations

import logging
import re
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from novantic_core.models import RecoveryCode, Technician
from novantic_core.seal import BrokenSealError, seal, unseal
from novantic_core.services.grant_access import token_hash
from novantic_core.site import Site

log = logging.getLogger(__name__)

REQUIRED = "second_factor.required"
"""The preference: whether nobody works without a second factor."""
PURPOSE = "totp"
STEP = 30
DRIFT = 1
"""Steps that a telephone's clock may be wrong by, one way or the other (RFC 6238, section 5.2)."""
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Letters and digits that nobody mistakes for one another."""
RECOVERY_LENGTH = 16
"""Characters: 79 random bits, so that a plain hash can't be guessed back."""


def is_required(site: Site) -> bool:
    """Whether an administrator wants everybody to have a second factor."""
    return site.preferences.values.get(REQUIRED) is True


def new_secret() -> str:
    """A secret for an authenticator app: 160 bits in base 32."""
    return pyotp.random_base32()


def app_address(secret: str, email: str, issuer: str) -> str:
    """The ``otpauth:`` address that an app reads from the QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=issuer)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, with the clock's drift allowed for; None for a wrong code."""
    totp, current = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    found = None
    # all of them, whichever is right: the time it takes tells nothing
    for step in range(current - DRIFT, current + DRIFT + 1):
        if secrets.compare_digest(totp.at(step * STEP), code):
            found = step
    return found


def turn_on(site: Site, technician: Technician, secret: str, code: str, now: datetime) -> bool:
    """Set the second factor up if the app shows the right code: so nobody is locked out by a picture badly read."""
    step = matching_step(secret, digits(code), now)
    if step is None:
        return False
    technician.totp_secret = seal(site, PURPOSE, secret)
    technician.totp_step = step
    return True


def turn_off(session: Session, technician: Technician) -> None:
    """Take the second factor and its recovery codes away."""
    technician.totp_secret = None
    technician.totp_step = 0
    session.execute(delete(RecoveryCode).where(RecoveryCode.technician_id == technician.id))


def accept_code(site: Site, session: Session, technician: Technician, code: str, now: datetime) -> str | None:
    """Use a code up: ``app`` or ``recovery`` for a good one, None for a wrong or used one."""
    if technician.totp_secret is None:
        return None
    typed = digits(code)
    if re.fullmatch(r"[0-9]{6}", typed):
        return "app" if _accept_app_code(site, session, technician, typed, now) else None
    return "recovery" if _accept_recovery_code(session, technician, code, now) else None


def _accept_app_code(site: Site, session: Session, technician: Technician, code: str, now: datetime) -> bool:
    try:
        secret = unseal(site, PURPOSE, technician.totp_secret or "")
    except BrokenSealError:
        log.error("the second factor of technician %s was sealed with another novantic.secret", technician.id)
        return False
    step = matching_step(secret, code, now)
    if step is None:
        return False
    # of two requests with one code the database lets one through
    used = update(Technician).where(Technician.id == technician.id, Technician.totp_step < step).values(totp_step=step)
    return session.scalar(used.returning(Technician.id)) is not None


def _accept_recovery_code(session: Session, technician: Technician, code: str, now: datetime) -> bool:
    mine = RecoveryCode.technician_id == technician.id
    used = (
        update(RecoveryCode)
        .where(mine, RecoveryCode.code_hash == _recovery_hash(code), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
    )
    return session.scalar(used.returning(RecoveryCode.id)) is not None


def digits(code: str) -> str:
    """A code without the spaces that apps show it with."""
    return re.sub(r"\s", "", code)


def make_recovery_codes(session: Session, technician: Technician) -> list[str]:
    """Ten new codes; the earlier ones are worth nothing any more. Only their hashes are kept."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.technician_id == technician.id))
    codes = []
    for _number in range(RECOVERY_CODES):
        code = "".join(secrets.choice(RECOVERY_ALPHABET) for _place in range(RECOVERY_LENGTH))
        session.add(RecoveryCode(technician_id=technician.id, code_hash=_recovery_hash(code)))
        codes.append("-".join(code[place : place + 4] for place in range(0, RECOVERY_LENGTH, 4)))
    return codes


def _recovery_hash(code: str) -> str:
    return token_hash(re.sub(r"[\s-]", "", code).lower())


def codes_left(session: Session, technician_id: int) -> int:
    """How many recovery codes are still good."""
    mine = (RecoveryCode.technician_id == technician_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0
