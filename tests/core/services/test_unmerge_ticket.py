"""A merge undone: each ticket as it was, and what came since where it was said."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from novantic_core.models import AccessGrant, Event, Message
from novantic_core.plugin import Actor
from novantic_core.testing.desk import CLAIRE, MARC, find


@pytest.fixture
def three(small_desk):
    """Three tickets of three people, ``one`` merged into ``two`` and that into ``three``."""
    numbers = [
        small_desk.open(email, message=f"<p>{words}</p>")
        for words, email in (("un", MARC), ("deux", CLAIRE), ("trois", "ines@roux.example.com"))
    ]
    small_desk.merge(numbers[0], numbers[1])
    small_desk.merge(numbers[1], numbers[2])
    return numbers


def test_each_has_its_own_words_again(small_desk):
    one, other = small_desk.open(message="<p>un</p>"), small_desk.open(message="<p>deux</p>")
    small_desk.merge(one, other)
    small_desk.say(other, "depuis")
    assert small_desk.unmerge(one)
    assert small_desk.said(one) == ["un"]
    assert small_desk.said(other) == ["deux", "depuis"]


def test_nothing_is_left_of_it(small_desk, novantic_app):
    one, other = small_desk.open(message="<p>un</p>"), small_desk.open()
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    with novantic_app.transaction() as session:
        assert list(session.scalars(select(Message.moved_from_id))) == [None, None]
    # and it can be merged anew
    assert small_desk.merge(one, other) == other


@pytest.mark.parametrize("status", ["open", "waiting", "closed"])
def test_its_status_is_what_it_was(small_desk, status):
    one, other = small_desk.open(), small_desk.open()
    small_desk.change(one, status=status, call_back=True)
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    assert (small_desk.look(one).status, small_desk.look(one).call_back) == (status, True)


def test_a_ticket_that_was_not_merged_is_left_alone(small_desk):
    assert not small_desk.unmerge(small_desk.open())


def test_both_say_so_in_their_trail(small_desk, novantic_app):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    with novantic_app.transaction() as session:
        rows = session.scalars(select(Event).where(Event.kind == "unmerged").order_by(Event.id))
        found = {event.ticket_id: event.changes for event in rows}
        assert found[find(session, one).id] == {"merged_into": [other, None], "status": ["closed", "open"]}
        assert found[find(session, other).id] == {"merged": [one, None], "followers": [["Marc Petit"], []]}


def test_who_followed_because_of_it_no_longer_does(small_desk):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    assert small_desk.followers(other) == []


def test_who_followed_before_goes_on(small_desk):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.follow(other, MARC)
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    assert small_desk.followers(other) == [MARC]


def test_who_has_another_ticket_there_goes_on(small_desk):
    one, two, other = small_desk.open(MARC), small_desk.open(MARC), small_desk.open()
    small_desk.merge(one, other)
    small_desk.merge(two, other)
    small_desk.unmerge(one)
    assert small_desk.followers(other) == [MARC]
    small_desk.unmerge(two)
    assert small_desk.followers(other) == []


def test_their_links_to_the_other_ticket_are_dead(small_desk, novantic_app, mailbox):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.merge(one, other)
    small_desk.say(other, "Bonjour à tous")
    mailbox.to(MARC)
    small_desk.unmerge(one)
    with novantic_app.transaction() as session:
        grants = session.scalars(select(AccessGrant).where(AccessGrant.email == MARC)).all()
        alive = {grant.ticket_id for grant in grants if grant.revoked_at is None}
        assert alive == {find(session, one).id}
        assert any(grant.revoked_at for grant in grants)


def test_what_is_still_to_be_sent_to_them_is_not(small_desk, mailbox):
    one, other = small_desk.open(MARC), small_desk.open()
    small_desk.merge(one, other)
    small_desk.say(other, "pas pour Marc")
    small_desk.unmerge(one)
    assert not [mail for mail in mailbox.to(MARC) if "pas pour Marc" in mailbox.text(mail)]


# ------------------------------------------------------------------ what the merge had raised


def test_urgency_that_came_by_the_merge_goes_with_it(small_desk):
    one, other = small_desk.open(), small_desk.open()
    small_desk.change(one, critical=True, call_back=True, priority="urgent", priority_rank=40)
    small_desk.change(other, status="closed")
    small_desk.merge(one, other)
    small_desk.unmerge(one)
    row = small_desk.look(other)
    assert (row.critical, row.call_back, row.priority, row.priority_rank) == (False, False, "normal", 20)
    assert row.status == "closed"


def test_what_somebody_decided_since_stays(small_desk):
    one, other = small_desk.open(), small_desk.open()
    small_desk.change(one, priority="high", priority_rank=30)
    small_desk.merge(one, other)
    small_desk.change(other, priority="low", priority_rank=10)
    small_desk.unmerge(one)
    assert small_desk.look(other).priority == "low"


def test_a_ticket_on_which_it_went_on_stays_open(small_desk):
    one, other = small_desk.open(), small_desk.open()
    small_desk.change(other, status="closed")
    small_desk.merge(one, other)
    small_desk.say(other, "J’en suis là.", Actor("requester", "Claire", CLAIRE))
    small_desk.unmerge(one)
    assert small_desk.look(other).status == "open"


# ------------------------------------------------------------------ chains


def test_in_a_chain_the_last_one_has_all(small_desk, three):
    assert small_desk.said(three[2]) == ["un", "deux", "trois"]
    assert sorted(small_desk.followers(three[2])) == sorted([CLAIRE, MARC])


def test_the_middle_one_takes_the_first_with_it(small_desk, three):
    small_desk.unmerge(three[1])
    assert [small_desk.said(number) for number in three] == [[], ["un", "deux"], ["trois"]]
    assert [small_desk.followers(number) for number in three[1:]] == [[MARC], []]


def test_the_first_one_leaves_from_where_the_middle_one_went(small_desk, three):
    small_desk.unmerge(three[0])
    assert [small_desk.said(number) for number in three] == [["un"], [], ["deux", "trois"]]
    assert [small_desk.followers(number) for number in three[1:]] == [[], [CLAIRE]]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_undone_in_any_order_each_has_its_own(small_desk, three, order):
    for place in order:
        small_desk.unmerge(three[place])
    assert [small_desk.said(number) for number in three] == [["un"], ["deux"], ["trois"]]
    assert [small_desk.followers(number) for number in three] == [[], [], []]


def test_what_went_elsewhere_meanwhile_is_not_fetched(small_desk, three):
    small_desk.unmerge(three[0])
    small_desk.merge(three[0], three[2])
    small_desk.unmerge(three[1])
    assert [small_desk.said(number) for number in three] == [[], ["deux"], ["un", "trois"]]
