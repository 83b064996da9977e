"""What a ticket is about, and what the fields of plugins say about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from novantic_core.models import Ticket
from novantic_core.services.keep_category import keep_category
from novantic_core.services.record_event import record_event
from novantic_core.site import Site
from novantic_core.values import Actor


def change_category(
    site: Site, session: Session, ticket: Ticket, key: str | None, actor: Actor, now: datetime,
    fields: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Give a ticket another category, with the values of fields that it asks for, as one change.

    :param key: a category that is offered, a hidden one too; None for none
    :param fields: the fields to set, by name; None or "" empties one. Those left out stay as they are
    :return: whether anything changed
    :raises ValueError: for a key that is no category of this site
    """
    if key == ticket.category_key:
        return change_fields(site, session, ticket, fields or {}, actor, now)
    if key is not None:
        if key not in site.all_categories:
            raise ValueError(key)
        keep_category(site, session, key)
    changes = {"category": (ticket.category_key, key), **_set_fields(ticket, fields or {})}
    ticket.category_key, ticket.updated_at = key, now
    record_event(site, session, ticket, "category_changed", actor, now, changes=changes)
    return True


def change_fields(
    site: Site, session: Session, ticket: Ticket, fields: Mapping[str, Any], actor: Actor, now: datetime
) -> bool:
    """Set fields that plugins added; each that changed is in the event as ``fields.NAME``.

    :param fields: as for :func:`change_category`
    :return: whether anything changed
    """
    changes = _set_fields(ticket, fields)
    if not changes:
        return False
    ticket.updated_at = now
    record_event(site, session, ticket, "fields_changed", actor, now, changes=changes)
    return True


def _set_fields(ticket: Ticket, fields: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    changes: dict[str, tuple[Any, Any]] = {}
    kept = dict(ticket.fields)
    for name, value in fields.items():
        if name == "critical":
            # it is the ticket's own, whichever plugin asks for it
            if bool(value) != ticket.critical:
                changes[name] = (ticket.critical, bool(value))
                ticket.critical = bool(value)
            continue
        before, after = kept.pop(name, None), None if value == "" else value
        if after is not None:
            kept[name] = after
        if before != after and not (_is_empty(before) and _is_empty(after)):
            changes[f"fields.{name}"] = (before, after)
    if any(name != "critical" for name in changes):
        ticket.fields = kept
    return changes


def _is_empty(value: Any) -> bool:
    """A box that nobody ticked is as good as one that was never shown."""
    return value is None or value is False
