"""The form of a new ticket as it is first seen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("portal_theme")


def test_the_form_has_its_three_buttons(portal):
    form = portal.get("/tickets/new").html.find(id="ticket")
    buttons = [(one.name, one.get("type") or one.get("href")) for one in form.find(class_="acts").find_all(True)]
    assert buttons == [("button", "submit"), ("button", "reset"), ("a", "/")]


def test_the_form_tells_the_limits_beforehand(english):
    told = english.get("/tickets/new").html.find(id="ticket-attachments-help").text
    assert " ".join(told.split()) == "At most 5 files of 2 MB each."


def test_the_form_has_the_seven_topics_and_asks_for_one(portal):
    topic = portal.get("/tickets/new").forms["ticket"]["topic"]
    assert topic.value == ""
    assert [value for value, _selected, _label in topic.options] == [
        "", "mailbox", "printer", "internet", "workstation", "server", "telephony", "other",
    ]  # fmt: skip


def test_the_priority_is_normal_unless_changed(portal):
    assert portal.get("/tickets/new").forms["ticket"]["priority"].value == "normal"


def test_required_fields_say_so(portal):
    required = [one["name"] for one in portal.get("/tickets/new").html.find(id="ticket").find_all(required=True)]
    assert set(required) <= {"topic", "company", "email", "name", "phone", "subject"}
    assert {"company", "email", "name", "phone", "subject"} <= set(required)
