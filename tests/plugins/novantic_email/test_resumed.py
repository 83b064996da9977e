"""A ticket that waited for its client, and was never closed."""

from __future__ import annotations


def test_an_answer_to_a_waiting_ticket_does_not_open_it_again(english, open_ticket, mailbox, small_desk):
    number = open_ticket()
    small_desk.set_status(number, "waiting")
    page = english.get(mailbox.link(mailbox.messages[-1])).follow()
    page.forms["reply"]["message"] = "La voici."
    page = page.forms["reply"].submit().follow()
    assert "We go on with your ticket" in page
    assert "opened again" not in page
    assert mailbox.text(mailbox.messages[-1]).startswith("We are working on your ticket again")
