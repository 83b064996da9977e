"""The critical situation: the highest priority with its reason, a mark, a call-back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.plugin import Priority, TicketDraft
from novantic_core.testing.tables import Ticket
from novantic_critical import novantic_propose_priority

pytestmark = pytest.mark.usefixtures("portal_theme")

LEVELS = [Priority("low", "Low", 1), Priority("worst", "Worst", 99), Priority("high", "High", 50)]


def draft(**values):
    return TicketDraft("web", "a@b.example.com", "A", "x", "<p>x</p>", **values)


def test_the_highest_level_is_proposed_with_a_reason_and_a_call():
    proposal = novantic_propose_priority(draft(critical=True), LEVELS)
    assert (proposal.priority, proposal.call_back) == ("worst", True)
    assert proposal.reason


def test_any_other_draft_is_no_business_of_it():
    assert novantic_propose_priority(draft(), LEVELS) is None


@pytest.mark.parametrize("sent", ["true", "on", "1", "yes"])
def test_a_ticked_box_makes_the_ticket_critical_whatever_the_browser_sends(portal, novantic_app, sent):
    form = portal.get("/tickets/new").forms["ticket"]
    values = {
        "topic": "printer", "company": "x", "email": "a@b.example.com", "name": "A", "phone": "01 44 55 66 77",
        "subject": "x", "priority": "low", "message": "x", "critical": sent, "csrf_token": form["csrf_token"].value,
    }  # fmt: skip
    portal.post("/tickets/new", values, status=303)
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.critical, ticket.priority, ticket.call_back) == (True, "urgent", True)
        assert [(reason["plugin"], reason["value"]) for reason in ticket.reasons if reason["what"] == "priority"] == [
            ("", "low"), ("critical", "urgent"),
        ]  # fmt: skip


def test_the_mark_is_in_words(english, visit, words):
    assert visit(critical=True).html.find(class_="tag alarm").text.strip() == words("Critical situation")
    assert words("Critical situation") in english.get("/tickets/new").html.find(id="ticket-critical-field").text
