"""A mail to somebody who stopped following the ticket: it isn't sent, also where a worker had taken it already."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from novantic_core.delivery import outbox
from novantic_core.models import Delivery
from novantic_core.testing.desk import MARC


def test_it_is_withdrawn(small_desk, mailbox):
    number = small_desk.open()
    small_desk.follow(number, MARC)
    small_desk.say(number, "Bonjour")
    small_desk.unfollow(number, MARC)
    assert mailbox.to(MARC) == []


def test_a_worker_that_holds_it_is_not_disturbed(small_desk, novantic_app):
    number = small_desk.open()
    small_desk.follow(number, MARC)
    now = datetime.now(UTC)
    with novantic_app.transaction() as session:
        outbox.give_sign(session, "w", "host", 1, now)
        outbox.claim(session, "w", now)
        key = session.scalars(select(Delivery.id).where(Delivery.address == MARC)).one()
    small_desk.unfollow(number, MARC)
    with novantic_app.transaction() as session:
        outbox.mark_refused(session, key, "w", "no", now, permanent=False)
        outbox.mark_sent(session, key, now)
        assert session.get(Delivery, key) is None
