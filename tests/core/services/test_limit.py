"""Limits, counted in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from novantic_core.models import Rate
from novantic_core.services.limit import forget_old_limits, network_of, within_limit

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_so_many_tries_and_no_more(novantic_app):
    with novantic_app.transaction() as session:
        tries = [within_limit(session, "3 per hour", NOW, "x", "claire") for _time in range(5)]
    assert tries == [True, True, True, False, False]


def test_a_window_ends(novantic_app):
    with novantic_app.transaction() as session:
        for _time in range(4):
            within_limit(session, "3 per hour", NOW, "x", "claire")
        assert within_limit(session, "3 per hour", NOW + timedelta(minutes=61), "x", "claire")


def test_others_and_other_things_have_limits_of_their_own(novantic_app):
    with novantic_app.transaction() as session:
        assert within_limit(session, "1 per hour", NOW, "x", "claire")
        assert within_limit(session, "1 per hour", NOW, "x", "hugo")
        assert within_limit(session, "1 per hour", NOW, "y", "claire")
        assert not within_limit(session, "1 per hour", NOW, "x", "Claire")


def test_one_of_several_over_the_limit_is_enough(novantic_app):
    with novantic_app.transaction() as session:
        assert within_limit(session, "1 per hour", NOW, "x", "claire", "192.0.2.1")
        assert not within_limit(session, "1 per hour", NOW, "x", "hugo", "192.0.2.1")


def test_several_rates_hold_together(novantic_app):
    with novantic_app.transaction() as session:
        tries = [within_limit(session, "5 per day; 2 per minute", NOW, "x", "claire") for _time in range(3)]
    assert tries == [True, True, False]


def test_addresses_are_not_kept_in_the_table(novantic_app):
    with novantic_app.transaction() as session:
        within_limit(session, "1 per hour", NOW, "x", "claire@lefevre.example.com")
        assert all("claire" not in key for key in session.scalars(select(Rate.key)))


def test_what_was_rolled_back_was_not_tried(novantic_app):
    with novantic_app.site.database.session(write=True) as session:
        within_limit(session, "1 per hour", NOW, "x", "claire")
        session.rollback()
        assert within_limit(session, "1 per hour", NOW, "x", "claire")
        session.rollback()


def test_old_counters_are_forgotten(novantic_app):
    with novantic_app.transaction() as session:
        within_limit(session, "1 per hour", NOW, "x", "claire")
        forget_old_limits(session, NOW + timedelta(hours=2))
        assert session.scalars(select(Rate)).all() == []


@pytest.mark.parametrize(
    "client, network",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("claire@example.com", "claire@example.com"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_as_its_network(client, network):
    assert network_of(client) == network
