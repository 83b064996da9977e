"""Ticket numbers."""

from __future__ import annotations

import pytest

from novantic_core.services import number_ticket
from novantic_core.services.number_ticket import free_number, normalise_number


@pytest.mark.parametrize(
    "typed, number",
    [("983177", "983177"), ("#983 177", "983177"), ("n° 983.177 !", "983177"), ("", ""), ("٣", ""), ("abc", "")],
)
def test_a_number_is_its_digits(typed, number):
    assert normalise_number(typed) == number


def test_a_number_that_is_taken_is_passed_over(novantic_app, open_ticket, monkeypatch):
    taken = open_ticket()
    candidates = iter([taken] * 7 + ["123456"])
    monkeypatch.setattr(number_ticket, "_candidate", lambda length: next(candidates))
    with novantic_app.transaction() as session:
        assert free_number(session) == "123456"


def test_where_six_digits_are_full_there_are_seven(novantic_app, open_ticket, monkeypatch):
    taken = open_ticket()
    monkeypatch.setattr(number_ticket, "_candidate", lambda length: taken if length == 6 else "1234567")
    with novantic_app.transaction() as session:
        assert free_number(session) == "1234567"


def test_a_number_taken_meanwhile_is_tried_again(portal, open_ticket, monkeypatch):
    taken = open_ticket()
    answers = iter([taken, "777777"])
    monkeypatch.setattr("novantic_core.services.open_ticket.free_number", lambda session: next(answers))
    assert open_ticket(subject="Une autre panne") == "777777"
