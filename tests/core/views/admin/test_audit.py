"""The audit trail: who did what to which ticket, and to the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from novantic_core.models import Action, Event, Technician
from novantic_core.services.read_trail import PAGE, TrailFilter, find_events
from novantic_core.services.record_action import record_action
from novantic_core.values import Actor

PATH = "/admin/audit"


def rows(page):
    return [" ".join(row.text.split()) for row in page.html.select(".rows tbody tr")]


@pytest.fixture
def act(novantic_app):
    """Record an action: ``act("team_added", "Réseau")``."""

    def record(kind, subject="", name="Ada", at=None, **changes):
        with novantic_app.transaction() as session:
            record_action(session, kind, Actor("technician", name), at or datetime.now(UTC), subject, changes)

    return record


def test_what_happened_to_tickets(desk, open_ticket):
    number = open_ticket()
    (line,) = rows(desk.get(PATH))
    for words in ("Claire Lefèvre", "Ticket opened", f"#{number}", "Imprimante HP"):
        assert words in line


def test_what_was_done_to_the_desk(desk, act):
    act("team_changed", "Réseau", label=("Réseau", "Réseaux"), private=(False, True))
    (line,) = rows(desk.get(f"{PATH}?of=desk"))
    for words in ("Ada", "Team changed: Réseau", "Name: Réseau → Réseaux", "Private: no → yes"):
        assert words in line


def test_a_change_from_nothing_a_list_and_what_is_said_by_itself(desk, act):
    act("plugin_set_up", "mine", retries=(None, "5"), colour=("RED", None), words=([], ["a", "b"]))
    act("delivery_cancelled", "ticket_opened → a@example.com", state=("pending", "cancelled"))
    cancelled, set_up = rows(desk.get(f"{PATH}?of=desk"))
    assert "retries: 5" in set_up
    assert "colour: RED → nothing" in set_up
    assert "a, b" in set_up
    assert "pending" not in cancelled


def test_a_kind_of_a_later_version_and_what_nobody_did(desk, act):
    act("brand_merged", "Boréal", name="")
    (line,) = rows(desk.get(f"{PATH}?of=desk"))
    assert "brand merged: Boréal" in line
    assert "by itself" in line


@pytest.mark.parametrize("query, found", [
    ("kind=opened", 1), ("kind=merged", 0), ("who=CLAIRE", 1), ("who=hugo", 0), ("who=%25", 0), ("ticket=000000", 0),
    ("since=2000-01-01", 1), ("until=2000-01-01", 0), ("since=2999-12-31", 0), ("after=nonsense", 1), ("after=x,1", 1),
    ("after=2999-01-01T00:00:00%2B00:00,1", 1), ("after=2000-01-01T00:00:00,1", 1),
])  # fmt: skip
def test_filters_of_tickets(desk, open_ticket, query, found):
    open_ticket()
    assert len(rows(desk.get(f"{PATH}?{query}"))) == found


def test_the_trail_of_one_ticket(desk, open_ticket):
    number = open_ticket()
    open_ticket(subject="Une autre")
    assert len(rows(desk.get(f"{PATH}?ticket=%23{number}"))) == 1


@pytest.mark.parametrize(
    "query, found", [("kind=team_added", 1), ("who=hugo", 1), ("about=r%C3%A9s", 1), ("about=x", 0)]
)
def test_filters_of_the_desk(desk, act, query, found):
    act("team_added", "Réseau")
    act("team_moved", "Support", name="Hugo")
    assert len(rows(desk.get(f"{PATH}?of=desk&{query}"))) == found


def test_a_day_is_whole_in_the_desk_s_own_zone(desk, act):
    act("team_added", "Le soir", at=datetime(2026, 11, 23, 22, 30, tzinfo=UTC))
    act("team_added", "Minuit", at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    (line,) = rows(desk.get(f"{PATH}?of=desk&since=2026-11-24&until=2026-11-24"))
    assert "Minuit" in line


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("typed", ["yesterday", "9999-12-31", "2026-02-30"])
def test_what_is_no_date_is_told_beside_the_field(desk, name, typed):
    page = desk.get(f"{PATH}?{name}={typed}")
    told = page.html.find(id=f"{name}-error")
    assert told is not None or typed == "9999-12-31"


def test_pages_go_on_where_the_last_one_ended(desk, act):
    when = datetime(2026, 11, 23, tzinfo=UTC)
    for n in range(PAGE + 2):
        # three at one moment
        act("team_added", f"Équipe {n}", at=when + timedelta(seconds=n // 3))
    page = desk.get(f"{PATH}?of=desk")
    first = rows(page)
    page = page.click("Older")
    assert first[0].endswith(f"Équipe {PAGE + 1}")
    assert [line.rpartition(" ")[2] for line in rows(page)] == ["1", "0"]
    assert rows(page.click("Newest")) == first


def test_the_trail_of_tickets_in_pages(desk, open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        event = session.scalars(select(Event)).one()
        session.add_all(
            Event(
                ticket_id=event.ticket_id, kind="acknowledged", at=event.at, actor_kind="technician", actor_name="Ada"
            )
            for _n in range(PAGE)
        )
    page = desk.get(PATH)
    assert len(rows(page)) == PAGE
    assert "Ticket opened" in rows(page.click("Older"))[0]


def sheet(answer):
    return answer.body.decode("utf-8-sig").splitlines()


def test_both_trails_as_files(desk, open_ticket, act):
    number = open_ticket(subject="=1+1")
    act("team_changed", "Réseau", label=("a", "b"))
    head, line = sheet(desk.get(f"{PATH}.csv"))
    assert head == "When,Who,Ticket,Subject,What"
    assert f",Claire Lefèvre,{number},'=1+1,Ticket opened" in line
    head, line = sheet(desk.get(f"{PATH}.csv?of=desk"))
    assert line.endswith(",Ada,,,Team changed: Réseau; Name: a → b")


def test_a_file_has_what_the_filters_let_through(desk, act):
    act("team_added", "Réseau")
    assert len(sheet(desk.get(f"{PATH}.csv?of=desk&kind=team_moved"))) == 1


def test_nothing_yet(desk):
    assert desk.get(PATH).html.find(class_="empty")


def test_of_private_teams_only_what_one_may_see(desk, open_ticket, novantic_app):
    novantic_app.add_technician()
    form = desk.get("/admin/teams/Support/edit").forms["team"]
    form["private"] = True
    form.submit(status=303)
    open_ticket()
    with novantic_app.transaction() as session:
        hugo = session.scalars(select(Technician).where(Technician.name == "Hugo")).one()
        hugo.team = "Réseau"
        session.flush()
        assert find_events(novantic_app.site, session, hugo, TrailFilter())[0] == []


def test_the_trail_is_only_ever_added_to(desk, act, count):
    act("team_added", "Réseau")
    desk.get(f"{PATH}?of=desk")
    assert count(Action) == 1


@pytest.mark.parametrize("about", ["", "desk"])
@pytest.mark.parametrize(
    "typed",
    [{"who": "a\0"}, {"kind": "\0"}, {"ticket": "\0", "about": "\0"}, {"after": "0001-01-01T00:00:00+14:00,1"}],
)
def test_what_no_database_can_hold_is_left_out(back_office, about, typed):
    back_office.get("/admin/audit", {"of": about, **typed}, status=200)
