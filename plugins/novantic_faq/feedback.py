"""What readers say of an article, and how often it is read, without keeping who they are."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from novantic_core.plugin import Desk, insert_or
from novantic_faq.models import Answer, Article

REMEMBERED = timedelta(days=90)
"""How long a second answer of one visitor is known for one."""


def visitor_key(desk: Desk, article: int, address: str, browser: str) -> str:
    """What tells two answers of one visitor on one article: a keyed hash, from which nobody gets an address back.

    Another article gives another key: who answered what can't be put together.
    """
    said = "\n".join((str(article), address, browser))
    return hmac.new(desk.secret("faq.answer").encode(), said.encode(), hashlib.sha256).hexdigest()


def answer(session: Session, article: int, visitor: str, useful: bool, now: datetime) -> None:
    """Count what a visitor says of an article; who has said something already changes their answer."""
    values = {"article_id": article, "visitor": visitor, "useful": useful, "at": now}
    first = insert_or(session, Answer).values(values).on_conflict_do_nothing().returning(Answer.article_id)
    if session.scalar(first) is not None:
        _count(session, article, **{"useful" if useful else "useless": 1})
        return
    changed = (
        update(Answer)
        .where(Answer.article_id == article, Answer.visitor == visitor, Answer.useful != useful)
        .values(useful=useful, at=now)
        .returning(Answer.article_id)
    )
    if session.scalar(changed) is not None:
        _count(session, article, useful=1 if useful else -1, useless=-1 if useful else 1)


def count_view(session: Session, article: int) -> None:
    """One more reading of an article."""
    _count(session, article, views=1)


def forget_answers(session: Session) -> None:
    """Forget whose answers were counted a while ago; the counts stay."""
    session.execute(delete(Answer).where(Answer.at < datetime.now(UTC) - REMEMBERED))


def _count(session: Session, article: int, **more: int) -> None:
    # by the database: two readers at once are both counted
    added = {getattr(Article, name): getattr(Article, name) + number for name, number in more.items()}
    session.execute(update(Article).where(Article.id == article).values(added))
