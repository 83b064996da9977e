"""What plugins put beside the messages of a ticket: they are asked once, and cost the page nothing where they fail."""

from __future__ import annotations

import types

import pytest

from novantic_core.plugin import MessageLink, hookimpl

ASKED = []


def linking(links):
    """A plugin that makes these links out of the messages."""
    module = types.ModuleType("linking")

    @hookimpl
    def novantic_message_links(ticket, messages):
        ASKED.append((ticket.number, [(one.kind, len(one.files)) for one in messages]))
        return links(messages)

    module.novantic_message_links = novantic_message_links
    return module


def setting(links):
    return pytest.mark.novantic(
        plugins=["webform", "categories", "email", "local_storage", "linking"],
        extra_plugins={"linking": linking(links)}, settings={"novantic.debug": "false"},
    )  # fmt: skip


@setting(lambda messages: [MessageLink(one.id, "The <original>", f"/of/{one.id}") for one in messages])
def test_one_call_for_all_of_them_notes_too(desk, open_ticket, say):
    number = open_ticket()
    say(number, "<p>Bonjour</p>")
    say(number, "<p>Entre nous</p>", note=True)
    ASKED.clear()
    page = desk.get(f"/admin/tickets/{number}")
    assert [(number, [("message", 0), ("reply", 0), ("note", 0)])] == ASKED
    links = page.html.select(".beside-head a")
    assert [link.text for link in links] == ["The <original>"] * 3
    assert links[0]["href"] == f"/of/{page.html.find('article')['id'][1:]}"


@setting(lambda messages: [MessageLink(0, "Nowhere", "/x"), MessageLink(messages[0].id, "There", "/y")])
def test_one_of_a_message_that_isnt_there_is_nowhere(desk, open_ticket):
    page = desk.get(f"/admin/tickets/{open_ticket()}")
    assert [link["href"] for link in page.html.select(".beside-head a")] == ["/y"]


@setting(lambda messages: 1 / 0)
def test_the_page_stands_without_them(desk, open_ticket):
    page = desk.get(f"/admin/tickets/{open_ticket()}")
    assert page.html.find("article")
    assert not page.html.select(".beside-head")
