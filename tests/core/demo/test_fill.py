"""Invented data in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from sqlalchemy import func, select

from novantic_core import site as site_module
from novantic_core.demo.fill import fill
from novantic_core.migrate import upgrade
from novantic_core.models import AccessGrant, Contact, Delivery, Event, Message, Technician, Ticket
from novantic_core.services.grant_access import grant_access
from novantic_core.services.sign_in import check_password

UNTIL = date(2026, 6, 30)
SECRETS = {"password_hash"}


def rows(site: Any, model: Any) -> list[dict[str, Any]]:
    table = model.__table__
    with site.database.session(write=False) as session:
        found = session.execute(select(table).order_by(table.c.id)).mappings().all()
    return [{key: value for key, value in row.items() if key not in SECRETS} for row in found]


@pytest.fixture
def site(novantic_app: Any) -> Any:
    return novantic_app.site


@pytest.fixture
def other(novantic_settings: Any, tmp_path: Path) -> Iterator[Any]:
    """A second site on a database of its own."""
    made = site_module.build({**novantic_settings, "sqlalchemy.url": f"sqlite:///{tmp_path}/other.db"})
    upgrade(made)
    yield made
    made.database.engine.dispose()


@pytest.mark.parametrize("model", [Contact, Technician, Ticket, Message, Event])
def test_same_seed_gives_same_rows(model: Any, site: Any, other: Any) -> None:
    fill(site, 40, 7, UNTIL)
    fill(other, 40, 7, UNTIL)

    assert rows(site, model) == rows(other, model) != []


def test_another_seed_gives_other_tickets(site: Any, other: Any) -> None:
    fill(site, 40, 7, UNTIL)
    fill(other, 40, 8, UNTIL)

    assert [row["number"] for row in rows(site, Ticket)] != [row["number"] for row in rows(other, Ticket)]


def test_each_ticket_has_three_messages_besides_notes(site: Any) -> None:
    fill(site, 100, 1, UNTIL)

    spoken = [row["ticket_id"] for row in rows(site, Message) if row["kind"] != "note"]
    assert sorted(spoken) == sorted(3 * [row["id"] for row in rows(site, Ticket)])
    assert [row for row in rows(site, Message) if row["kind"] == "note"]


def test_a_ticket_says_when_the_last_word_of_it_was_said(site: Any) -> None:
    fill(site, 100, 1, UNTIL)

    said: dict[int, datetime] = {}
    for row in rows(site, Message):
        if row["kind"] != "note":
            said[row["ticket_id"]] = max(row["created_at"], said.get(row["ticket_id"], row["created_at"]))
    assert {row["id"]: row["last_word_at"] for row in rows(site, Ticket)} == said


def test_running_again_adds_to_what_is_there(site: Any) -> None:
    fill(site, 60, 1, UNTIL)
    fill(site, 60, 1, UNTIL)

    numbers = [row["number"] for row in rows(site, Ticket)]
    assert len(numbers) == len(set(numbers)) == 120
    assert len({row["email"] for row in rows(site, Contact)}) == len(rows(site, Contact))
    assert len(rows(site, Technician)) == 4


def test_tickets_opened_afterwards_get_ids_of_their_own(site: Any, open_ticket: Any) -> None:
    fill(site, 10, 1, UNTIL)

    number = open_ticket()

    assert number in [row["number"] for row in rows(site, Ticket)]


def test_events_tell_the_status_that_the_ticket_has(site: Any) -> None:
    fill(site, 200, 1, UNTIL)

    told = {row["id"]: "open" for row in rows(site, Ticket)}
    for event in rows(site, Event):
        if "status" in event["changes"]:
            before, told[event["ticket_id"]] = event["changes"]["status"]
            assert before != told[event["ticket_id"]]
    assert told == {row["id"]: row["status"] for row in rows(site, Ticket)}
    assert set(told.values()) == {"open", "waiting", "closed"}


def test_all_has_been_said_by_the_last_day(site: Any) -> None:
    fill(site, 100, 1, UNTIL)

    end = datetime(2026, 7, 1, tzinfo=UTC)
    times = [row["created_at"] for row in rows(site, Message)] + [row["updated_at"] for row in rows(site, Ticket)]
    assert max(times) < end
    assert max(times) > end - timedelta(days=14)


def test_critical_tickets_have_the_highest_priority_and_its_reason(site: Any) -> None:
    fill(site, 200, 1, UNTIL)

    critical = [row for row in rows(site, Ticket) if row["critical"]]
    assert {row["priority"] for row in critical} == {"urgent"}
    assert all(row["reasons"] for row in critical)


def test_nobody_can_be_reached(site: Any) -> None:
    fill(site, 100, 1, UNTIL)

    people = rows(site, Contact)
    assert all(row["email"].endswith(".example") for row in people)
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(row["phone"], "FR")) for row in people)
    with site.database.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_nobody_signs_in_as_an_invented_technician_without_a_given_password(site: Any) -> None:
    fill(site, 1, 1, UNTIL)

    with site.database.transaction() as session:
        assert check_password(session, "amina.cherif@support.example", "") is None


def test_a_given_password_signs_in(site: Any) -> None:
    fill(site, 1, 1, UNTIL, password="twelve or more")

    with site.database.transaction() as session:
        assert check_password(session, "amina.cherif@support.example", "twelve or more")


def test_an_invented_ticket_has_its_page(site: Any, portal: Any) -> None:
    fill(site, 1, 1, UNTIL)
    with site.database.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        token = grant_access(session, ticket.id, ticket.email, datetime.now(UTC), timedelta(days=1))
        session.flush()
        assert session.scalar(select(func.count()).select_from(AccessGrant)) == 1

    page = portal.get(f"/access/{token}").follow()

    assert ticket.subject in page.html.h1.text
    assert len(page.html.find_all("article")) == 3


@pytest.mark.novantic(plugins=["webform"])
def test_a_site_without_topics_is_filled_too(site: Any) -> None:
    fill(site, 5, 1, UNTIL)

    assert {row["category_key"] for row in rows(site, Ticket)} == {None}
