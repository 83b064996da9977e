"""Links to the form of a new ticket that fill in what it is about."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("portal_theme")


def test_a_link_may_say_what_a_ticket_is_about(portal):
    form = portal.get("/tickets/new", {"topic": "printer", "subject": "Elle\n<b>fume</b>"}).forms["ticket"]
    assert (form["topic"].value, form["subject"].value) == ("printer", "Elle <b>fume</b>")


@pytest.mark.parametrize("query", ["topic=forged", "subject=", "subject=%00", "topic=&subject=+", "company=Lefevre"])
def test_a_link_says_nothing_that_the_form_doesnt_take(portal, query):
    form = portal.get(f"/tickets/new?{query}").forms["ticket"]
    assert (form["topic"].value, form["subject"].value, form["company"].value) == ("", "", "")


def test_a_link_says_no_more_than_fits(portal):
    assert len(portal.get("/tickets/new", {"subject": "é" * 5000}).forms["ticket"]["subject"].value) == 200
