"""Two tickets become one: whose words, whose eyes, whose promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Event, Message
from novantic_core.plugin import Actor, FieldError
from novantic_core.services.change_status import change_status
from novantic_core.services.discuss import add_note
from novantic_core.services.family import family
from novantic_core.services.merge_tickets import merge_tickets, plan_merge
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find


@pytest.fixture
def pair(small_desk):
    """Two tickets of one person; the first is the one to merge."""
    return small_desk.open(message="<p>un</p>"), small_desk.open(message="<p>deux</p>")


def events(app, number, kind):
    with app.transaction() as session:
        rows = select(Event).where(Event.ticket_id == find(session, number).id, Event.kind == kind)
        return [event.changes for event in session.scalars(rows)]


def test_what_was_said_moves_in_the_order_of_time(small_desk, pair):
    one, other = pair
    small_desk.say(other, "trois")
    small_desk.say(one, "quatre")
    small_desk.merge(one, other)
    assert small_desk.said(other) == ["un", "deux", "trois", "quatre"]
    assert small_desk.said(one) == []


def test_each_message_knows_where_it_was_said(small_desk, pair, novantic_app):
    one, other = pair
    small_desk.merge(one, other)
    with novantic_app.transaction() as session:
        origins = {message.text: message.moved_from_id for message in session.scalars(select(Message))}
        assert origins == {"un": find(session, one).id, "deux": None}


def test_the_merged_one_is_closed_and_leads_to_the_other(small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    assert small_desk.look(one).status == "closed"
    assert small_desk.look(one).merged_into_id == small_desk.look(other).id


def test_both_say_so_in_their_trail(small_desk, pair, novantic_app):
    one, other = pair
    small_desk.merge(one, other)
    assert events(novantic_app, one, "merged") == [{"merged_into": [None, other], "status": ["open", "closed"]}]
    assert events(novantic_app, other, "merged") == [{"merged": [None, one]}]


def test_the_last_word_is_the_last_of_both(small_desk, pair):
    one, other = pair
    small_desk.say(one, "Nous regardons.")
    small_desk.merge(one, other)
    assert (small_desk.look(other).last_author, small_desk.look(other).last_kind) == ("Hugo", "reply")


def test_a_ticket_is_not_merged_into_itself(small_desk, pair):
    with pytest.raises(FieldError) as caught:
        small_desk.merge(pair[0], pair[0])
    assert caught.value.field == "into"


def test_nor_in_a_circle(small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    with pytest.raises(FieldError):
        small_desk.merge(other, one)


def test_nor_twice(small_desk, pair, novantic_app):
    one, other = pair
    third = small_desk.open()
    small_desk.merge(one, other)
    with pytest.raises(FieldError):
        small_desk.merge(one, third)


def test_a_merged_ticket_as_the_target_means_the_one_in_which_it_goes_on(small_desk, pair):
    one, other = pair
    third = small_desk.open()
    small_desk.merge(one, other)
    assert small_desk.merge(third, one) == other


def test_of_two_people_the_other_one_follows(small_desk):
    one, other = small_desk.open(MARC), small_desk.open(CLAIRE)
    small_desk.merge(one, other)
    assert small_desk.followers(other) == [MARC]


def test_of_one_person_nobody_has_to(small_desk, pair):
    small_desk.merge(*pair)
    assert small_desk.followers(pair[1]) == []


def test_its_followers_come_along_each_once(small_desk, pair):
    one, other = pair
    small_desk.follow(one, "ines@roux.example.com")
    small_desk.follow(one, MARC)
    small_desk.follow(other, MARC)
    small_desk.merge(one, other)
    assert sorted(small_desk.followers(other)) == ["ines@roux.example.com", MARC]


def test_more_followers_than_a_ticket_has_are_refused(small_desk, pair):
    one, other = pair
    for n in range(15):
        small_desk.follow(one, f"a{n}@x.example.com")
        small_desk.follow(other, f"b{n}@x.example.com")
    with pytest.raises(FieldError) as caught:
        small_desk.merge(one, other)
    assert "followers" in str(caught.value.message)


@pytest.mark.parametrize(
    "mine, theirs, becomes",
    [
        ("open", "closed", "open"),
        ("open", "waiting", "open"),
        ("waiting", "closed", "waiting"),
        ("waiting", "open", "open"),
        ("closed", "open", "open"),
        ("closed", "closed", "closed"),
    ],
)
def test_the_other_one_is_as_open_as_the_more_open_of_both(small_desk, pair, mine, theirs, becomes):
    one, other = pair
    small_desk.change(one, status=mine)
    small_desk.change(other, status=theirs)
    small_desk.merge(one, other)
    assert small_desk.look(other).status == becomes


def test_a_promise_made_on_the_one_holds_on_the_other(small_desk, pair):
    one, other = pair
    small_desk.change(one, critical=True, call_back=True, priority="urgent", priority_rank=40)
    small_desk.merge(one, other)
    merged = small_desk.look(other)
    assert (merged.critical, merged.call_back, merged.priority, merged.priority_rank) == (True, True, "urgent", 40)
    assert not small_desk.look(one).call_back


def test_what_is_solved_makes_nothing_urgent(small_desk, pair):
    one, other = pair
    small_desk.change(one, critical=True, priority="urgent", priority_rank=40, status="closed")
    small_desk.merge(one, other)
    assert (small_desk.look(other).critical, small_desk.look(other).priority) == (False, "normal")


def test_a_plan_says_what_would_happen_and_changes_nothing(small_desk, novantic_app):
    one, other = small_desk.open(MARC), small_desk.open(CLAIRE)
    with novantic_app.transaction() as session:
        add_note(novantic_app.site, session, find(session, one), HUGO, "<p>n</p>", datetime.now(UTC))
    with novantic_app.transaction() as session:
        plan = plan_merge(novantic_app.site, session, find(session, one), find(session, other))
        assert (plan.messages, plan.notes, plan.same_requester) == (1, 1, False)
        assert [person.name for person in plan.newcomers] == ["Marc Petit"]
    assert small_desk.look(one).merged_into_id is None
    assert small_desk.followers(other) == []


# ------------------------------------------------------------------ afterwards


def test_what_is_said_on_the_merged_one_is_said_on_the_other(small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    small_desk.say(one, "par l’ancien numéro", Actor("requester", "Claire", CLAIRE))
    assert small_desk.said(other)[-1] == "par l’ancien numéro"
    assert small_desk.look(one).status == "closed"


def test_a_technicians_words_leave_the_status_of_the_one_they_come_to(small_desk, pair):
    one, other = pair
    small_desk.merge(one, other)
    small_desk.say(one, "par une vieille page")
    assert small_desk.look(other).status == "open"


def test_the_merged_one_stays_closed(small_desk, pair, novantic_app):
    one, other = pair
    small_desk.merge(one, other)
    with novantic_app.transaction() as session:
        ticket = find(session, one)
        assert not change_status(novantic_app.site, session, ticket, "open", HUGO, datetime.now(UTC))
    assert small_desk.look(one).status == "closed"


def test_a_family_is_a_ticket_and_all_that_go_on_in_it(small_desk, pair, novantic_app):
    one, other = pair
    third = small_desk.open()
    small_desk.merge(one, other)
    small_desk.merge(other, third)
    with novantic_app.transaction() as session:
        ids = session.scalars(family(find(session, third)))
        assert sorted(ids) == sorted(find(session, number).id for number in (one, other, third))


def test_messages_that_were_read_before_are_read_anew(small_desk, pair, novantic_app):
    one, other = pair
    with novantic_app.transaction() as session:
        message = session.scalars(select(Message).where(Message.text == "un")).one()
        target = merge_tickets(
            novantic_app.site, session, find(session, one), find(session, other), HUGO, datetime.now(UTC)
        )
        assert message.ticket_id == target.id


def test_who_was_erased_follows_nothing(small_desk):
    one, other = small_desk.open(), small_desk.open(MARC)
    small_desk.change(one, email="")
    small_desk.merge(one, other)
    assert small_desk.followers(other) == []
