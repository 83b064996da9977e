"""Adding, changing, ordering and removing canned replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novantic_core.html import html_to_text
from novantic_core.models import CannedReply
from novantic_core.services.record_action import record_action
from novantic_core.services.set_preference import changed
from novantic_core.services.set_up_categories import category_row, moved
from novantic_core.site import Site
from novantic_core.values import Actor

LONGEST_KEPT = 2000
"""Characters of a text that the trail keeps: enough to write it anew."""


def all_canned_replies(session: Session) -> list[CannedReply]:
    """In the desk's order."""
    return list(session.scalars(select(CannedReply).order_by(CannedReply.position, CannedReply.id)))


def save_canned_reply(
    site: Site, session: Session, reply: CannedReply | None, values: dict[str, Any], actor: Actor, now: datetime
) -> CannedReply:  # fmt: skip
    """Add a canned reply at the end, or change one.

    :param values: ``title``, ``category_key`` (empty for all tickets) and ``html``, which is clean
    """
    category = values["category_key"] or None
    if category is not None:
        # a category that no ticket had yet has no row to refer to
        category_row(site, session, category)
    if reply is None:
        last = session.scalar(select(func.max(CannedReply.position))) or 0
        reply = CannedReply(title=values["title"], html=values["html"], category_key=category, position=last + 1)
        session.add(reply)
        record_action(session, "canned_reply_added", actor, now, reply.title)
        return reply
    before = _known(reply)
    reply.title, reply.html, reply.category_key = values["title"], values["html"], category
    reply.version += 1
    record_action(session, "canned_reply_changed", actor, now, reply.title, changed(before, _known(reply)))
    return reply


def remove_canned_reply(session: Session, reply: CannedReply, actor: Actor, now: datetime) -> None:
    """Remove one. Its text stays in the trail, for who regrets it."""
    record_action(session, "canned_reply_removed", actor, now, reply.title, changed(_known(reply), {}))
    session.delete(reply)


def move_canned_reply(session: Session, reply: CannedReply, step: int, actor: Actor, now: datetime) -> None:
    """Let one change places with its neighbour above (``step`` -1) or below (1)."""
    replies = {str(one.id): one for one in all_canned_replies(session)}
    for place, key in enumerate(moved(list(replies), str(reply.id), step)):
        replies[key].position = place
    record_action(session, "canned_reply_moved", actor, now, reply.title)


def _known(reply: CannedReply) -> dict[str, Any]:
    text = html_to_text(reply.html)[:LONGEST_KEPT]
    return {"title": reply.title, "category": reply.category_key, "text": text}
