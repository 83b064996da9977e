"""Tickets that have to do with one another."""

from __future__ import annotations

import pytest

from novantic_core.models import Event, TicketLink


@pytest.fixture
def pair(small_desk):
    return small_desk.open(), small_desk.open()


def test_linked_by_number_and_noted_on_both(press, pair, count, novantic_app):
    one, other = pair
    press(f"/admin/tickets/{one}/links", other=f"#{other}")
    assert count(TicketLink) == 1
    with novantic_app.transaction() as session:
        from sqlalchemy import select

        found = session.scalars(select(Event.changes).where(Event.kind == "linked").order_by(Event.id)).all()
        assert found == [{"linked": [None, other]}, {"linked": [None, one]}]


def test_twice_or_from_the_other_side_is_once(press, pair, count):
    one, other = pair
    press(f"/admin/tickets/{one}/links", other=other)
    press(f"/admin/tickets/{other}/links", other=one)
    assert count(TicketLink) == 1


@pytest.mark.parametrize("other", ["", "999999", "itself"])
def test_what_is_no_other_ticket_gets_its_sentence(press, pair, count, other):
    page = press(f"/admin/tickets/{pair[0]}/links", status=422, other=pair[0] if other == "itself" else other)
    assert page.html.find(id="link-other-error").text
    assert count(TicketLink) == 0


def test_one_that_may_not_be_seen_is_none(press, hugo, pair, hide, count):
    hide(pair[1])
    press(f"/admin/tickets/{pair[0]}/links", status=422, client=hugo, other=pair[1])
    assert count(TicketLink) == 0


def test_removed_from_either_side(press, pair, count):
    one, other = pair
    press(f"/admin/tickets/{one}/links", other=other)
    press(f"/admin/tickets/{other}/links/{one}/remove")
    assert count(TicketLink) == 0
    press(f"/admin/tickets/{other}/links/{one}/remove")
    press(f"/admin/tickets/{other}/links/999999/remove", status=404)


def test_the_form_stands_by_itself_too(back_office, pair):
    assert back_office.get(f"/admin/tickets/{pair[0]}/links").forms["link"]["other"].value == ""


def test_a_link_of_a_merged_ticket_is_one_of_the_other(press, small_desk, pair, count, novantic_app):
    from novantic_core.services.link_tickets import linked_tickets
    from novantic_core.testing.desk import find

    one, other = pair
    third = small_desk.open()
    press(f"/admin/tickets/{one}/links", other=third)
    small_desk.merge(one, other)
    with novantic_app.transaction() as session:
        assert [ticket.number for ticket in linked_tickets(session, find(session, other))] == [third]
        assert [ticket.number for ticket in linked_tickets(session, find(session, third))] == [other]
    press(f"/admin/tickets/{third}/links/{other}/remove")
    assert count(TicketLink) == 0
