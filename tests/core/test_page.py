"""Sentences that wait for the next page: they wait in a cookie, which holds little."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from pyramid.testing import DummySession

from novantic_core.page import MOST_TOLD, Page
from novantic_core.services.record_event import record_event
from novantic_core.testing.desk import HUGO, find


@pytest.fixture
def page():
    return Page(SimpleNamespace(
        session=DummySession(), registry=SimpleNamespace(site=None), locale_name="en",
        localizer=SimpleNamespace(translate=str),
    ))  # fmt: skip


def test_sentences_are_told_once_in_their_order(page):
    page.tell("one")
    page.tell("two")
    assert page.told() == ["one", "two"]
    assert page.request.session.pop_flash("told") == []


def test_of_many_the_latest_are_told(page):
    for number in range(100):
        page.tell(f"{number} " + "x" * 100)
    told = page.told()
    assert told[-1].startswith("99 ")
    assert 5 < len(told) < 15


def test_of_a_long_one_the_beginning_is_told(page):
    page.tell("é" * 5000)
    (told,) = page.told()
    assert told.endswith("é…")
    assert 100 < len(told) < MOST_TOLD


def test_a_reply_is_not_lost_for_all_that_happened_meanwhile(back_office, small_desk, novantic_app):
    number = small_desk.open()
    form = back_office.get(f"/admin/tickets/{number}").forms["reply"]
    with novantic_app.transaction() as session:
        for before, after in ("ab", "bc", "cd"):
            changes = {"minutes": (5, 6), "note": (before * 500, after * 500)}
            ticket = find(session, number)
            record_event(novantic_app.site, session, ticket, "time_noted", HUGO, datetime.now(UTC), changes=changes)
    form["message"] = "<p>Bonjour</p>"
    assert "aaaa" in form.submit(status=303).follow()
    assert small_desk.said(number)[-1].startswith("Bonjour")
