"""Who may no longer read a ticket gets no way to it any more: not by what was to be sent, nor by what is sent again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from novantic_core.models import AccessGrant, Contact, Delivery
from novantic_core.models.delivery import CANCELLED, FAILED, SENT
from novantic_core.services.change_contact import change_contact
from novantic_core.services.grant_access import grant_access
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find


@pytest.fixture
def give_to_marc(novantic_app, small_desk):
    small_desk.open(MARC)

    def give(number):
        with novantic_app.transaction() as session:
            marc = session.scalars(select(Contact).where(Contact.email == MARC)).one()
            change_contact(novantic_app.site, session, find(session, number), marc, HUGO, datetime.now(UTC))

    return give


@pytest.fixture
def deliveries(novantic_app):
    """``deliveries(CLAIRE, state)``: what was or is to be told to an address; ``state`` is given to all of it first."""

    def told(address, state=None):
        with novantic_app.transaction() as session:
            rows = session.scalars(select(Delivery).where(Delivery.address == address)).all()
            for row in rows:
                row.state = state or row.state
            return [row.state for row in rows]

    return told


@pytest.mark.parametrize("state", [FAILED, CANCELLED])
def test_what_could_be_sent_again_to_the_requester_before(small_desk, give_to_marc, deliveries, state):
    number = small_desk.open()
    assert deliveries(CLAIRE, state)
    give_to_marc(number)
    assert deliveries(CLAIRE) == []


def test_what_was_sent_is_still_told(small_desk, give_to_marc, deliveries):
    number = small_desk.open()
    told = deliveries(CLAIRE, SENT)
    give_to_marc(number)
    assert deliveries(CLAIRE) == told


@pytest.mark.parametrize("state", [FAILED, CANCELLED])
def test_what_could_be_sent_again_to_who_followed(small_desk, deliveries, state):
    number = small_desk.open()
    small_desk.follow(number, MARC)
    assert deliveries(MARC, state)
    small_desk.unfollow(number, MARC)
    assert deliveries(MARC) == []


@pytest.mark.parametrize("leave", ["requester", "follower"])
def test_a_link_that_a_worker_makes_at_this_moment_is_dead_too(novantic_app, small_desk, give_to_marc, leave):
    number = small_desk.open(CLAIRE)
    who = CLAIRE if leave == "requester" else "ines@roux.example.com"
    if leave == "follower":
        small_desk.follow(number, who)
    step = give_to_marc if leave == "requester" else (lambda number: small_desk.unfollow(number, who))
    thread = threading.Thread(target=step, args=(number,))
    with novantic_app.transaction() as session:
        # as a worker prepares a mail: the row is held, the link made
        session.scalars(select(Delivery).where(Delivery.address == who).with_for_update()).all()
        grant_access(session, find(session, number).id, who, datetime.now(UTC), timedelta(days=1))
        session.flush()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(60)
    with novantic_app.transaction() as session:
        assert session.scalars(select(AccessGrant.revoked_at).where(AccessGrant.email == who)).one() is not None
