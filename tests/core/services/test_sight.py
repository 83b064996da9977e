"""What of the tickets a plugin shows to a technician: nothing of a private team that isn't theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import literal, select

from novantic_core.models import Team, Technician, Ticket
from novantic_core.plugin import FieldError
from novantic_core.testing.desk import HUGO


@pytest.fixture
def desk(novantic_app, small_desk):
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
    novantic_app.site.preferences_cache.forget()
    return small_desk


@pytest.fixture
def look(novantic_app):
    """``look(technician)``: what they may see, as ``(numbers that the condition lets through, ask)``."""

    def ask(technician, what):
        with novantic_app.desk() as desk:
            sight = desk.visible_to(desk.session.get_one(Technician, technician))
            return what(desk, sight)

    return ask


def seen(desk, sight):
    """The numbers of all tickets that the condition lets through; the same by each of the other ways."""
    condition = sight.sees(Ticket.id)
    rows = desk.session.execute(select(Ticket.id, Ticket.number).where(True if condition is None else condition)).all()
    every = desk.session.execute(select(Ticket.id, Ticket.number)).all()
    assert sight.numbers(row.id for row in every) == {row.id: row.number for row in rows}
    assert {row.number for row in every if sight.ticket(row.number)} == {row.number for row in rows}
    assert {row.number for row in every if sight.ticket_of(row.id)} == {row.number for row in rows}
    return {row.number for row in rows}


def test_what_belongs_to_a_private_team_is_its_own_and_whose_it_is_assigned_to(novantic_app, desk, look):
    usual, hidden, mine = desk.open(), desk.open(), desk.open()
    hugo, ada = (novantic_app.add_technician(f"{name}@novantic.example", name, role)
                 for name, role in (("hugo", "technician"), ("ada", "administrator")))  # fmt: skip
    desk.change(hidden, team="board")
    desk.change(mine, team="board", assignee_id=hugo)
    assert look(hugo, seen) == {usual, mine}
    assert look(ada, seen) == {usual, hidden, mine}
    assert look(hugo, lambda _desk, sight: (sight.team("board"), sight.team(""))) == (False, True)
    assert look(ada, lambda _desk, sight: (sight.team("board"), sight.sees(Ticket.id))) == (True, None)
    assert look(hugo, lambda _desk, sight: (sight.ticket("no"), sight.ticket_of(999), sight.numbers(()))) == (
        None,
        None,
        {},
    )


def test_what_goes_on_in_a_hidden_ticket_is_hidden_however_often_it_was_merged(novantic_app, desk, look):
    first, second, third = (desk.open() for _ in range(3))
    hugo = novantic_app.add_technician()
    desk.merge(first, second)
    desk.merge(second, third)
    assert look(hugo, seen) == {first, second, third}
    desk.change(third, team="board")
    assert look(hugo, seen) == set()
    assert (
        look(hugo, lambda desk, sight: desk.session.scalar(select(literal(1)).where(sight.sees(literal(None))))) is None
    )


def test_a_ticket_and_what_was_merged_into_it(novantic_app, desk):
    first, second, other = (desk.open() for _ in range(3))
    desk.merge(first, second)
    ids = {number: desk.look(number).id for number in (first, second, other)}
    with novantic_app.desk() as held:
        found = set(held.session.scalars(held.ticket_ids(held.ticket(first))))
    assert found == {ids[first], ids[second]}


def test_somebody_outside_is_let_follow(novantic_app, desk):
    number = desk.open()
    with novantic_app.desk() as held:
        held.let_follow(held.ticket(number), "compta@petit.example", "Comptabilité", HUGO)
    assert desk.followers(number) == ["compta@petit.example"]
    with novantic_app.desk() as held, pytest.raises(FieldError, match="follows the ticket already"):
        held.let_follow(held.ticket(number), "compta@petit.example", "Comptabilité", HUGO)
