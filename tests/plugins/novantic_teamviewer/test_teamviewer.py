"""The TeamViewer ID: nine or ten digits, however they are typed, shown in groups."""

from __future__ import annotations

import pytest

from novantic_core.plugin import FieldError
from novantic_teamviewer import parse, show


@pytest.mark.parametrize("typed", ["123456789", "123 456 789", "123.456.789", "123-456-789", "123\u00a0456\u202f789"])
def test_an_id_is_kept_without_what_stands_between_its_digits(typed):
    assert parse(typed) == "123456789"


@pytest.mark.parametrize("typed", ["12345678", "12345678901", "12345678a", "١٢٣٤٥٦٧٨٩", "-", "123 456 789 x"])
def test_anything_else_is_refused(typed):
    with pytest.raises(FieldError):
        parse(typed)


@pytest.mark.parametrize("digits, shown", [("123456789", "123 456 789"), ("1234567890", "1 234 567 890")])
def test_an_id_is_shown_as_teamviewer_shows_it(digits, shown):
    assert show(digits) == shown


def test_the_form_says_where_to_find_it(english):
    field = english.get("/tickets/new").html.find(id="ticket-teamviewer_id")
    assert field["inputmode"] == "numeric"
    assert "TeamViewer" in english.get("/tickets/new").html.find(id=field["aria-describedby"]).text
