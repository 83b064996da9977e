"""What was sent, as it was sent: docs/adr/0021-an-archive-opens-nothing.md.

The worker writes it with its note; ``find_deliveries.sent_words`` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from novantic_core.models import Delivery, DeliveryArchive
from novantic_core.site import Site

MOST_REMOVED = 5_000
"""So many are removed at once: SQLite's only writer is held meanwhile."""


def forget_old_archives(site: Site, session: Session, now: datetime) -> int:
    """Remove what is older than ``novantic.archive_days``: how many; at most :data:`MOST_REMOVED` a time."""
    before = now - timedelta(days=site.settings.archive_days)
    old = select(DeliveryArchive.delivery_id).where(DeliveryArchive.at <= before).order_by(DeliveryArchive.at)
    gone = delete(DeliveryArchive).where(DeliveryArchive.delivery_id.in_(old.limit(MOST_REMOVED)))
    return session.execute(gone).rowcount  # type: ignore[attr-defined,no-any-return]


def forget_archives_of(session: Session, tickets: Iterable[int] = (), addresses: Iterable[str] = ()) -> None:
    """Remove what was sent about tickets, and to addresses: it repeats what somebody wrote who is erased.

    :param addresses: in small letters
    """
    theirs = or_(Delivery.ticket_id.in_(list(tickets)), func.lower(Delivery.address).in_(list(addresses)))
    session.execute(
        delete(DeliveryArchive).where(DeliveryArchive.delivery_id.in_(select(Delivery.id).where(theirs))),
        execution_options={"synchronize_session": False},
    )
