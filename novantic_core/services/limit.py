"""Limits on how often something is tried, counted in the database: all processes and machines share them."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from limits import RateLimitItem, parse_many
from sqlalchemy import TextClause, bindparam, delete, text
from sqlalchemy.orm import Session

from novantic_core.models import Rate, UTCDateTime


def within_limits(session: Session, now: datetime, tries: Iterable[tuple[str, str, str]]) -> bool:
    """Count tries in the caller's transaction: what is rolled back was not tried. False if one of them is one too many.

    Each is counted whatever becomes of the others, all in one statement.

    :param tries: for each a rate in the words of the ``limits`` library, as ``20 per hour``; what is tried, so that
        limits of different things don't add up; and who tries (an address, an IP)
    """
    wanted: dict[str, RateLimitItem] = {}
    for rate, what, who in tries:
        # people's addresses don't belong into a table of counters
        digest = hashlib.sha256(network_of(who).casefold().encode()).hexdigest()[:24]
        wanted |= {item.key_for(what, digest): item for item in _items(rate)}
    if not wanted:
        return True
    values: dict[str, Any] = {"now": now}
    # always in the same order: two transactions that count the same things wait for one another, and never in a circle
    for place, (key, item) in enumerate(sorted(wanted.items())):
        values |= {f"key{place}": key, f"end{place}": now + timedelta(seconds=item.get_expiry())}
    counted = session.connection().execute(_count_up(len(wanted)), values)
    return all(count <= wanted[key].amount for key, count in counted)


def within_limit(session: Session, rate: str, now: datetime, what: str, *whom: str) -> bool:
    """Count a try for each of ``whom`` at one rate; False if any of them has tried too often."""
    return within_limits(session, now, [(rate, what, who) for who in whom])


def network_of(client: str) -> str:
    """Whom an IP address is counted as: whoever has one of IPv6 has at least the 2**64 around it. Other text stays."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address.packed, 64), strict=False))


@functools.cache
def _items(rate: str) -> list[RateLimitItem]:
    return list(parse_many(rate))


@functools.cache
def _count_up(rows: int) -> TextClause:
    """One more try for so many counters; a window that has ended starts again at this one.

    Both engines understand these words. SQLAlchemy keeps nothing of an INSERT of several rows that it put together
    itself: it would do so again for each ticket, while SQLite's only writer waits.
    """
    values = ", ".join(f"(:key{row}, 1, :end{row})" for row in range(rows))
    words = f"""
        INSERT INTO rate ("key", count, expires_at) VALUES {values}
        ON CONFLICT ("key") DO UPDATE SET
            count = CASE WHEN rate.expires_at <= :now THEN 1 ELSE rate.count + 1 END,
            expires_at = CASE WHEN rate.expires_at <= :now THEN excluded.expires_at ELSE rate.expires_at END
        RETURNING "key", count
    """  # noqa: S608 - nothing of it was typed by anybody
    moments = [bindparam(name, type_=UTCDateTime()) for name in ("now", *(f"end{row}" for row in range(rows)))]
    return text(words).bindparams(*moments)


def forget_old_limits(session: Session, now: datetime) -> None:
    """Remove counters whose window has ended."""
    session.execute(delete(Rate).where(Rate.expires_at < now))
