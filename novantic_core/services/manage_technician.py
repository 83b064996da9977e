"""What administrators do with technicians: invite, change, switch off and on, help who lost a telephone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from novantic_core.i18n import _
from novantic_core.models import Technician
from novantic_core.models.technician import ADMINISTRATOR
from novantic_core.services import second_factor
from novantic_core.services.check_email import check_email
from novantic_core.services.personal_link import end_links, send_link
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import set_preference
from novantic_core.services.sign_in import check_free, end_sessions
from novantic_core.site import Site
from novantic_core.values import Actor, FieldError

CHANGEABLE = ("name", "email", "role", "team", "locale")

LAST = _("This is the last administrator who can sign in. Make somebody else one first.")


def invite(
    site: Site, session: Session, values: Mapping[str, str], actor: Actor, now: datetime, theme: str
) -> tuple[Technician, int]:
    """Make a technician who is to choose a password by a mailed link: they, and how many channels carry the link.

    :param values: ``name``, ``email``, ``role``, ``team``, ``locale``
    :raises FieldError: naming what is wrong with what
    """
    check_email(values["email"])
    check_free(session, values["email"])
    technician = Technician(
        **{name: values[name] for name in CHANGEABLE}, email_key=values["email"].casefold(), password_hash="",
        created_at=now,
    )  # fmt: skip
    session.add(technician)
    session.flush()
    record_action(session, "technician_invited", actor, now, _named(technician), {"role": (None, technician.role)})
    return technician, send_link(site, session, technician, now, theme, actor.name)


def invite_again(site: Site, session: Session, technician: Technician, actor: Actor, now: datetime, theme: str) -> int:
    """Mail another link in the place of those before; to how many channels."""
    end_links(session, technician.id)
    record_action(session, "technician_link_sent", actor, now, _named(technician))
    return send_link(site, session, technician, now, theme, actor.name)


def change(session: Session, technician: Technician, values: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Change name, address, role, team, language.

    :raises FieldError: for an address that somebody else has, or if nobody could administer the site any more
    """
    changes: dict[str, tuple[Any, Any]] = {
        name: (getattr(technician, name), values[name])
        for name in CHANGEABLE
        if getattr(technician, name) != values[name]
    }
    if not changes:
        return
    if "email" in changes:
        check_email(values["email"])
        check_free(session, values["email"], technician.id)
        # a link that was mailed to the old address is not the new one's
        end_links(session, technician.id)
    if "role" in changes and technician.role == ADMINISTRATOR:
        _check_not_last(session, technician, "role")
    for name, (_before, after) in changes.items():
        setattr(technician, name, after)
    technician.email_key = technician.email.casefold()
    technician.version += 1
    record_action(session, "technician_changed", actor, now, _named(technician), changes)


def switch_off(session: Session, technician: Technician, actor: Actor, now: datetime) -> None:
    """Let somebody in no more: sessions and links end at once. What they did stays theirs.

    :raises FieldError: if nobody could administer the site any more
    """
    if not technician.active:
        return
    _check_not_last(session, technician, None)
    technician.active = False
    technician.version += 1
    end_sessions(session, technician.id)
    end_links(session, technician.id)
    record_action(session, "technician_off", actor, now, _named(technician))


def switch_on(session: Session, technician: Technician, actor: Actor, now: datetime) -> None:
    """Let somebody in again, with the password they had."""
    if not technician.active:
        technician.active = True
        technician.version += 1
        record_action(session, "technician_on", actor, now, _named(technician))


def end_all_sessions(session: Session, technician: Technician, actor: Actor, now: datetime) -> None:
    """Sign somebody out everywhere."""
    end_sessions(session, technician.id)
    record_action(session, "technician_signed_out", actor, now, _named(technician))


def reset_second_factor(session: Session, technician: Technician, actor: Actor, now: datetime) -> None:
    """Take somebody's second factor away, who has lost the telephone and the recovery codes; they are signed out."""
    if technician.totp_secret is not None:
        second_factor.turn_off(session, technician)
        end_sessions(session, technician.id)
        record_action(session, "second_factor_reset", actor, now, _named(technician))


def require_second_factor(site: Site, session: Session, required: bool, actor: Actor, now: datetime) -> None:
    """Want a second factor of everybody, or leave it to each."""
    before = second_factor.is_required(site)
    if required != before:
        set_preference(site, session, second_factor.REQUIRED, required or None)
        record_action(session, "second_factor_required", actor, now, changes={"required": (before, required)})


def _check_not_last(session: Session, technician: Technician, field: str | None) -> None:
    """Refuse to take away the only administrator who can sign in.

    All are locked: two administrators who demote each other at the same time must not both succeed.
    """
    if technician.role != ADMINISTRATOR:
        return
    rows = select(Technician).where(Technician.role == ADMINISTRATOR, Technician.active).order_by(Technician.id)
    others = session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()
    if not any(other.id != technician.id and other.password_hash for other in others):
        raise FieldError(LAST, field)


def _named(technician: Technician) -> str:
    return f"{technician.name} <{technician.email}>"
