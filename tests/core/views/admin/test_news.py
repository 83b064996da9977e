"""What others did meanwhile, as the queue's script asks for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Event, Team, Ticket

NOW = datetime.now(UTC)


def event(novantic_app, number, name="Léa", kind="technician"):
    with novantic_app.transaction() as session:
        key = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
        session.add(Event(ticket_id=key, kind="noted", at=NOW, actor_kind=kind, actor_name=name))


def since(page):
    return page.html.find(attrs={"data-since": True})["data-since"]


def test_nothing_new_is_said_after_one_cheap_statement(desk, make_tickets, novantic_app, statements):
    (number,) = make_tickets({})
    event(novantic_app, number)
    latest = since(desk.get("/admin/tickets"))
    with statements() as sent:
        answer = desk.get(f"/admin/tickets/news?since={latest}")
    assert answer.json == {"latest": int(latest)}
    assert len(sent) == 2, "who asks, and the latest event"
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_others_did_is_news_and_one_s_own_is_not(desk, make_tickets, novantic_app):
    one, other, waiting = make_tickets({}, {}, {"status": "waiting"})
    event(novantic_app, one)
    latest = since(desk.get("/admin/tickets?status=open"))
    event(novantic_app, one)
    event(novantic_app, one, kind="requester", name="Ada")
    event(novantic_app, other, name="Ada")
    event(novantic_app, waiting)
    answer = desk.get(f"/admin/tickets/news?status=open&since={latest}").json
    assert answer["tickets"] == {one: True, waiting: False}
    assert answer["counts"]["open"] == "2"
    assert answer["latest"] == int(latest) + 4


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 30, "%00"])
def test_odd_questions_for_news_get_the_latest(desk, make_tickets, novantic_app, typed):
    (number,) = make_tickets({})
    event(novantic_app, number)
    assert list(desk.get(f"/admin/tickets/news?since={typed}").json) == ["latest"]


def test_news_of_a_private_team_stay_there(novantic_app, back_office, make_tickets, hire, sign_in):
    hire()
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
    novantic_app.site.preferences_cache.forget()
    (number,) = make_tickets({"team": "board"})
    event(novantic_app, number)
    assert sign_in().get("/admin/tickets/news?since=0").json["tickets"] == {}
