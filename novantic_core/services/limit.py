"""Limits on how often something is tried, counted in the database: all processes and machines share them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from limits import parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Rate


class DatabaseStorage(Storage):
    """Counters for the ``limits`` library in the caller's transaction: what is rolled back was not tried."""

    STORAGE_SCHEME = None

    def __init__(self, session: Session, now: datetime) -> None:
        super().__init__()
        self.session = session
        self.now = now

    @property
    def base_exceptions(self) -> type[Exception]:
        return LookupError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more try; a window that has ended starts again at this one."""
        end = self.now + timedelta(seconds=expiry)
        statement = insert_or(self.session, Rate).values(key=key, count=amount, expires_at=end)
        over = Rate.expires_at <= self.now
        statement = statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((over, amount), else_=Rate.count + amount),
                "expires_at": case((over, statement.excluded.expires_at), else_=Rate.expires_at),
            },
        )
        return int(self.session.scalar(statement.returning(Rate.count)) or 0)

    def get(self, key: str) -> int:
        return int(self.session.scalar(select(Rate.count).where(Rate.key == key, Rate.expires_at > self.now)) or 0)

    def get_expiry(self, key: str) -> float:
        end = self.session.scalar(select(Rate.expires_at).where(Rate.key == key))
        return (end or self.now).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return None

    def clear(self, key: str) -> None:
        self.session.execute(delete(Rate).where(Rate.key == key))


def within_limit(session: Session, rate: str, now: datetime, what: str, *whom: str) -> bool:
    """Count a try for each of ``whom``; False if any of them has tried too often.

    :param rate: in the words of the ``limits`` library, as ``20 per hour``
    :param what: what is tried, so that limits of different things don't add up
    :param whom: who tries, in as many ways as they can be told (an address, an IP)
    """
    limiter = FixedWindowRateLimiter(DatabaseStorage(session, now))
    allowed = True
    for one in whom:
        # people's addresses don't belong into a table of counters
        digest = hashlib.sha256(one.casefold().encode()).hexdigest()[:24]
        for item in parse_many(rate):
            allowed = limiter.hit(item, what, digest) and allowed
    return allowed


def forget_old_limits(session: Session, now: datetime) -> None:
    """Remove counters whose window has ended."""
    session.execute(delete(Rate).where(Rate.expires_at < now))
