"""A merge, and somebody else at the same moment."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from novantic_core.plugin import Actor, FieldError
from novantic_core.services.merge_tickets import merge_tickets
from novantic_core.testing.desk import CLAIRE, HUGO, find


@pytest.fixture
def meanwhile(novantic_app):
    """Merge, and do something else before that is committed: what the other one raised."""

    def run(one, other, step):
        raised = []

        def try_it():
            try:
                step()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
                raised.append(error)

        thread = threading.Thread(target=try_it)
        with novantic_app.transaction() as session:
            merge_tickets(novantic_app.site, session, find(session, one), find(session, other), HUGO, datetime.now(UTC))
            thread.start()
            thread.join(0.5)
            assert thread.is_alive()
        thread.join(60)
        return raised

    return run


def test_an_answer_is_not_left_behind(small_desk, meanwhile):
    one, other = small_desk.open(), small_desk.open()
    client = Actor("requester", "Claire Lefèvre", CLAIRE)
    assert meanwhile(one, other, lambda: small_desk.say(one, "pendant ce temps", client)) == []
    assert small_desk.said(one) == []
    assert small_desk.said(other)[-1] == "pendant ce temps"


def test_the_other_way_round_is_refused(small_desk, meanwhile):
    one, other = small_desk.open(), small_desk.open()
    (error,) = meanwhile(one, other, lambda: small_desk.merge(other, one))
    assert isinstance(error, FieldError)
    assert small_desk.look(other).merged_into_id is None


def test_undone_twice_is_undone_once(small_desk, novantic_app):
    one, other = small_desk.open(), small_desk.open()
    small_desk.merge(one, other)
    done = []
    threads = [threading.Thread(target=lambda: done.append(small_desk.unmerge(one))) for _time in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [False, True]
