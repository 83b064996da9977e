"""Times in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from novantic_core.models import Rate


def test_a_time_comes_back_in_utc_whatever_zone_it_had(novantic_app):
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    with novantic_app.transaction() as session:
        session.add(Rate(key="x", count=1, expires_at=noon))
    with novantic_app.transaction() as session:
        kept = session.scalars(select(Rate.expires_at)).one()
    assert (kept, kept.tzinfo, kept.hour) == (noon, UTC, 10)


def test_a_time_without_a_zone_is_refused(novantic_app):
    with novantic_app.site.database.session(write=True) as session:
        session.add(Rate(key="x", count=1, expires_at=datetime(2026, 7, 1)))  # noqa: DTZ001 - what is refused
        with pytest.raises(StatementError, match="without a zone"):
            session.flush()
