"""What technicians do with their own account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from novantic_core.html import clean_html, is_blank
from novantic_core.models import Technician, TechnicianSession
from novantic_core.services import second_factor
from novantic_core.services.record_action import record_action
from novantic_core.services.sign_in import end_sessions, set_password
from novantic_core.site import Site
from novantic_core.values import Actor


def change(session: Session, technician: Technician, values: Mapping[str, Any], now: datetime) -> None:
    """Change one's name, language and signature, which is cleaned."""
    signature = clean_html(values["signature"])
    if is_blank(signature):
        signature = ""
    new = {"name": values["name"], "locale": values["locale"], "signature": signature}
    before = {name: getattr(technician, name) for name in new}
    if new == before:
        return
    for name, value in new.items():
        setattr(technician, name, value)
    technician.version += 1
    # whole signatures would make the trail unreadable: that it is another one is enough
    told = {name: (before[name], new[name]) for name in ("name", "locale") if before[name] != new[name]}
    _record(session, "account_changed", technician, now, told)


def change_password(
    session: Session, technician: Technician, password: str, keep: TechnicianSession, now: datetime
) -> None:
    """Choose another password; every session ends but this one.

    :raises FieldError: if it is too short or too long
    """
    set_password(session, technician, password, keep)
    _record(session, "password_changed", technician, now)


def turn_second_factor_on(
    site: Site, session: Session, technician: Technician, secret: str, code: str, keep: TechnicianSession, now: datetime
) -> list[str] | None:
    """Set the second factor up: the recovery codes, or None for a wrong code.

    The other sessions end: they were opened without it.
    """
    if not second_factor.turn_on(site, technician, secret, code, now):
        return None
    end_sessions(session, technician.id, keep)
    _record(session, "second_factor_on", technician, now)
    return second_factor.make_recovery_codes(session, technician)


def turn_second_factor_off(session: Session, technician: Technician, now: datetime) -> None:
    """Take one's second factor away."""
    second_factor.turn_off(session, technician)
    _record(session, "second_factor_off", technician, now)


def make_recovery_codes(session: Session, technician: Technician, now: datetime) -> list[str]:
    """Ten other recovery codes, to be shown once."""
    _record(session, "recovery_codes_made", technician, now)
    return second_factor.make_recovery_codes(session, technician)


def _record(
    session: Session, kind: str, technician: Technician, now: datetime, changes: Mapping[str, Any] | None = None
) -> None:
    actor = Actor("technician", technician.name, technician.email)
    record_action(session, kind, actor, now, f"{technician.name} <{technician.email}>", changes)
