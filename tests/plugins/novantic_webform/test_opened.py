"""After the form: the greeting, the number, the advice, and no second ticket."""

from __future__ import annotations

import pytest

from novantic_core.testing.tables import Ticket

pytestmark = pytest.mark.usefixtures("portal_theme")
KEEP = (
    "Keep this number: you will be asked for it when you want to see the answers to your request. Each of our answers "
    "is also sent by e-mail to ${email}, and with this number you can read the whole discussion whenever you like."
)


def test_the_page_greets_by_name_and_gives_the_number(english, open_ticket, words):
    number = open_ticket(name="Hugo Mouret")
    page = english.get("/tickets/opened")
    said = " ".join(page.html.find(id="main").text.split())
    assert "Hello Hugo Mouret," in said
    assert number in said
    assert words(KEEP, email="claire@lefevre.example.com") in said
    assert words("Thank you for contacting us.") in said


def test_reloading_opens_nothing(portal, open_ticket, count):
    number = open_ticket()
    for _time in range(3):
        assert number in portal.get("/tickets/opened")
    assert count(Ticket) == 1


def test_the_number_is_shown_to_nobody_else(novantic_app, open_ticket):
    open_ticket()
    stranger = novantic_app.client()
    assert stranger.get("/tickets/opened", status=303).location.endswith("/tickets/new")


def test_numbers_are_six_digits_and_not_in_sequence(open_ticket):
    numbers = [int(open_ticket(subject=str(n))) for n in range(4)]
    assert all(100_000 <= number <= 999_999 for number in numbers)
    assert len(set(numbers)) == 4
    assert sorted(numbers) != list(range(min(numbers), min(numbers) + 4))


def test_the_page_says_to_which_address_the_answers_go(english, open_ticket):
    open_ticket(email="claire@lefevre.example.com")
    assert "<b>claire@lefevre.example.com</b>" in english.get("/tickets/opened")
