"""Many tickets at once: each by the service of its own page, and what is said of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from novantic_core.models import Event, Team, Ticket
from novantic_core.testing import PASSWORD


@pytest.fixture
def three(open_ticket):
    """The numbers of three open tickets."""
    return [open_ticket(subject=f"Ticket {place}") for place in range(3)]


def form(page, *numbers, **values):
    """The page's form with these tickets ticked."""
    filled = page.forms["bulk"]
    for box in filled.fields["number"]:
        box.checked = box._value in numbers
    for name, value in values.items():
        filled[name] = value
    return filled


def tickets(novantic_app, attribute):
    with novantic_app.transaction() as session:
        return {ticket.number: getattr(ticket, attribute) for ticket in session.scalars(select(Ticket))}


def last_kinds(novantic_app, count):
    with novantic_app.transaction() as session:
        return sorted(session.scalars(select(Event.kind).order_by(Event.id.desc()).limit(count)))


@pytest.mark.parametrize(
    "name, value, attribute, expected, event",
    [
        ("status", "waiting", "status", "waiting", "status_changed"),
        ("priority", "urgent", "priority", "urgent", "priority_changed"),
        ("category", "server", "category_key", "server", "category_changed"),
        ("assignee", "me", "assignee_id", 1, "assigned"),
    ],
)
def test_the_chosen_ones_change_and_no_other(desk, novantic_app, three, name, value, attribute, expected, event):
    page = form(desk.get("/admin/tickets"), *three[:2], **{name: value}).submit(status=303).follow()
    assert "2 tickets were changed." in page
    after = tickets(novantic_app, attribute)
    assert [after[number] for number in three[:2]] == [expected] * 2
    assert after[three[2]] != expected
    assert last_kinds(novantic_app, 2) == [event] * 2


def test_they_go_to_a_team_and_stay_whose_they_are(desk, novantic_app, three):
    hugo = novantic_app.add_technician()
    with novantic_app.transaction() as session:
        session.add(Team(key="network", label="Network"))
        session.execute(update(Ticket).values(assignee_id=hugo))
    novantic_app.site.preferences_cache.forget()
    form(desk.get("/admin/tickets"), *three, team="network").submit()
    assert set(tickets(novantic_app, "team").values()) == {"network"}
    assert set(tickets(novantic_app, "assignee_id").values()) == {hugo}
    form(desk.get("/admin/tickets"), *three, assignee="none").submit()
    assert set(tickets(novantic_app, "assignee_id").values()) == {None}


def test_several_things_change_together(desk, novantic_app, three):
    page = form(desk.get("/admin/tickets"), three[0], status="closed", priority="low").submit().follow()
    assert "1 ticket was changed." in page
    assert tickets(novantic_app, "status")[three[0]] == "closed"
    assert tickets(novantic_app, "priority")[three[0]] == "low"


def test_all_of_the_page_by_one_box_without_a_script(desk, novantic_app, three):
    page = form(desk.get("/admin/tickets"), all=True, priority="high").submit().follow()
    assert "3 tickets were changed." in page
    assert set(tickets(novantic_app, "priority").values()) == {"high"}


def test_what_was_so_already_is_told_apart(desk, three):
    page = desk.get("/admin/tickets")
    form(page, three[0], priority="high").submit()
    assert "2 tickets were changed. 1 was like this already." in (
        form(page, *three, priority="high").submit().follow().text
    )


def test_what_is_merged_meanwhile_is_left_and_named(desk, novantic_app, three):
    page = desk.get("/admin/tickets")
    with novantic_app.transaction() as session:
        kept = session.scalars(select(Ticket.id).where(Ticket.number == three[0])).one()
        session.execute(update(Ticket).where(Ticket.number == three[1]).values(merged_into_id=kept))
    answer = form(page, *three[:2], priority="high").submit().follow()
    assert f"1 ticket was changed. 1 could not be changed: #{three[1]}." in answer.text


def test_a_ticket_of_somebody_elses_team_is_not_there_to_change(desk, novantic_app, three):
    novantic_app.add_technician()
    client = novantic_app.client()
    client.set_cookie("lang", "en")
    login = client.get("/admin/login").forms["sign-in"]
    login["login"], login["password"] = "hugo@novantic.example", PASSWORD
    login.submit()
    page = client.get("/admin/tickets")
    with novantic_app.transaction() as session:
        session.add(Team(key="board", label="Board", private=True))
        session.execute(update(Ticket).where(Ticket.number == three[0]).values(team="board"))
    novantic_app.site.preferences_cache.forget()
    assert "could not be changed" in form(page, three[0], status="closed").submit().follow()
    assert tickets(novantic_app, "status")[three[0]] == "open"


@pytest.mark.parametrize(
    "values, said",
    [({}, "Nothing was chosen"), ({"priority": "nonsense"}, "is gone"), ({"assignee": "99"}, "is gone")],
)
def test_what_can_not_be_done_is_said(desk, novantic_app, three, values, said):
    posted = form(desk.get("/admin/tickets"), *three)
    for name, value in values.items():
        posted[name].force_value(value)
    assert said in posted.submit().follow()
    assert set(tickets(novantic_app, "priority").values()) == {"normal"}


def test_nothing_chosen_changes_nothing(desk, novantic_app, three):
    assert "No ticket was chosen" in form(desk.get("/admin/tickets"), priority="high").submit().follow()
    assert set(tickets(novantic_app, "priority").values()) == {"normal"}


def test_the_way_back_is_to_the_same_filter(desk, three):
    page = form(desk.get("/admin/tickets?assignee=none&sort=subject"), three[0], priority="high").submit()
    assert page.location.endswith("/admin/tickets?assignee=none&sort=subject")
