"""How many parcels a channel may carry in an hour, over all workers of the site.

Hosts of mail allow so many an hour and refuse what is beyond, or all that follows. What is carried is counted by the
minute, in the table of the other limits; a worker takes its share when it claims, and gives back what it could not use.
An hour is any sixty minutes, not one on the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from novantic_core.db import insert_or
from novantic_core.models import Delivery, Rate
from novantic_core.models.delivery import is_pending
from novantic_core.site import Site

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
KEPT_FOR_LINKS = 10
"""One of so many is kept for links that somebody waits for."""


@dataclass(frozen=True)
class Room:
    """How many more a channel may carry now."""

    per_hour: int
    used: int
    until: datetime | None
    """When the first of those that it carried is an hour old; None where it carried none."""

    @property
    def for_links(self) -> int:
        """How many links that somebody asked for."""
        return max(self.per_hour - self.used, 0)

    @property
    def for_all(self) -> int:
        """How many of any kind: a few are kept back for links."""
        return max(self.per_hour - self.per_hour // KEPT_FOR_LINKS - self.used, 0)


def brakes(site: Site) -> dict[str, int]:
    """The channels with a brake, and how many parcels each may carry in an hour."""
    found: dict[str, int] = {}
    for name, (plugin, channel) in site.channels.items():
        with site.plugins.guarded(plugin, "per_hour"):
            allowed = int(channel.per_hour() if callable(channel.per_hour) else channel.per_hour)
            if allowed > 0:
                found[name] = allowed
    return found


def room(session: Session, channel: str, per_hour: int, now: datetime, *, hold: bool = False) -> Room:
    """How many more a channel may carry.

    :param hold: keep other workers from taking of it until the end of the transaction
    """
    if hold:
        # a row that is there in any case, so that two workers that begin an hour wait for one another too
        row = insert_or(session, Rate).values(key=_prefix(channel), count=0, expires_at=now + HOUR)
        session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"expires_at": now + HOUR}))
    counted = select(func.sum(Rate.count), func.min(Rate.expires_at)).where(
        Rate.key.startswith(_prefix(channel), autoescape=True), Rate.expires_at > now, Rate.count > 0
    )
    used, until = session.execute(counted).one()
    return Room(per_hour, int(used or 0), until)


def take(session: Session, channel: str, count: int, now: datetime) -> str:
    """Count parcels as carried: the name of the minute in which they are, to give them back."""
    minute = int(now.timestamp() // MINUTE.total_seconds())
    key = f"{_prefix(channel)}{minute}"
    ends = datetime.fromtimestamp((minute + 1) * MINUTE.total_seconds(), UTC) + HOUR
    row = insert_or(session, Rate).values(key=key, count=count, expires_at=ends)
    session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"count": Rate.count + count}))
    return key


def give_back(session: Session, keys: Mapping[str, int]) -> None:
    """Take parcels off the count that were not carried after all."""
    for key in sorted(keys):
        count = keys[key]
        session.execute(update(Rate).where(Rate.key == key, Rate.count >= count).values(count=Rate.count - count))


def _prefix(channel: str) -> str:
    return f"carried:{channel}:"


# ------------------------------------------------------------------ what is said of it


@dataclass(frozen=True)
class Braked:
    """A channel that carries no more for now: all but links that somebody asked for wait until ``until``."""

    channel: str
    per_hour: int
    waiting: int
    """Deliveries that would be due."""
    until: datetime


def braked(site: Site, session: Session, now: datetime) -> list[Braked]:
    """The channels whose brake keeps something waiting."""
    found = []
    for name, per_hour in brakes(site).items():
        left = room(session, name, per_hour, now)
        if left.for_all or left.until is None:
            continue
        due = select(func.count()).select_from(Delivery)
        waiting = session.scalar(due.where(is_pending, Delivery.channel == name, Delivery.next_attempt_at <= now)) or 0
        if waiting:
            found.append(Braked(name, per_hour, waiting, left.until))
    return found
