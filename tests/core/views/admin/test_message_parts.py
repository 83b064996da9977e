"""What plugins put below the messages of a ticket: they are asked once, and cost the page nothing where they fail."""

from __future__ import annotations

import types

import pytest

from novantic_core.plugin import MessagePart, hookimpl

ASKED = []


def putting(parts):
    """A plugin that puts these pieces below the messages, with a template of the core's."""
    module = types.ModuleType("putting")

    @hookimpl
    def novantic_message_parts(ticket, messages):
        ASKED.append((ticket.number, [one.kind for one in messages]))
        return parts(messages)

    module.novantic_message_parts = novantic_message_parts
    return module


def setting(parts):
    return pytest.mark.novantic(
        plugins=["webform", "categories", "email", "local_storage", "putting"],
        extra_plugins={"putting": putting(parts)}, settings={"novantic.debug": "false"},
    )  # fmt: skip


@setting(lambda messages: [MessagePart(0, "none.pt"), MessagePart(messages[0].id, "none.pt")])
def test_one_that_cannot_be_drawn_costs_the_page_nothing(desk, open_ticket, say):
    number = open_ticket()
    say(number, "<p>Bonjour</p>")
    say(number, "<p>Entre nous</p>", note=True)
    ASKED.clear()
    page = desk.get(f"/admin/tickets/{number}")
    assert [(number, ["message", "reply", "note"])] == ASKED
    assert len(page.html.find_all("article")) == 3


@setting(lambda messages: 1 / 0)
def test_the_page_stands_without_them(desk, open_ticket):
    assert desk.get(f"/admin/tickets/{open_ticket()}").html.find("article")
