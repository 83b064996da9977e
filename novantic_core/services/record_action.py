"""The trail of what is done to the desk itself: settings, technicians, people, organisations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from novantic_core.models import Action
from novantic_core.values import Actor


def record_action(
    session: Session, kind: str, actor: Actor, now: datetime, subject: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:  # fmt: skip
    """Write what somebody did into the trail, in the same transaction.

    :param kind: a word of the audit page, as ``technician_invited``; its sentence stands in ``views/admin/audit.py``
    :param subject: what it was done to, in words that stay true when the row of it is gone
    :param changes: attribute to (before, after), JSON-able; nothing secret
    """
    session.add(
        Action(
            at=now, kind=kind, actor_kind=actor.kind, actor_name=actor.name, subject=subject[:200],
            changes={name: list(pair) for name, pair in (changes or {}).items()},
        )
    )  # fmt: skip
