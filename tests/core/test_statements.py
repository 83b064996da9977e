"""How many SQL statements a page takes: few, and the same number however much there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from novantic_core.demo.fill import fill
from novantic_core.models import Ticket
from novantic_core.plugin import PagePart, TicketEvent, hookimpl
from novantic_core.services.discuss import add_message
from novantic_core.services.grant_access import grant_access
from novantic_core.values import Actor


@pytest.fixture
def discussion(novantic_app: Any, portal: Any, visit: Callable[..., Any]) -> Callable[[int], str]:
    """The path of an open ticket with so many messages, visited."""

    def make(messages: int) -> str:
        path: str = visit().request.path
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket)).one()
            for count in range(messages - 1):
                actor = Actor("requester", ticket.name, ticket.email)
                add_message(novantic_app.site, session, ticket, actor, f"<p>{count}</p>", datetime.now(UTC))
        portal.get(path)
        return path

    return make


def many_plugins() -> dict[str, ModuleType]:
    """Ten plugins that take part in everything and write nothing."""
    found = {}
    for count in range(10):
        module = ModuleType(f"extra{count}")

        @hookimpl
        def novantic_page_parts(place: str) -> list[PagePart]:
            return []

        @hookimpl
        def novantic_ticket_event(event: TicketEvent) -> None:
            return None

        module.novantic_page_parts = novantic_page_parts  # type: ignore[attr-defined]
        module.novantic_ticket_event = novantic_ticket_event  # type: ignore[attr-defined]
        found[module.__name__] = module
    return found


def test_the_empty_form_asks_the_database_nothing(portal: Any, statements: Any) -> None:
    # what was set up in the back office is read once and known for a while
    portal.get("/tickets/new")
    with statements() as sent:
        portal.get("/tickets/new")

    assert sent == []


@pytest.mark.parametrize("messages", [1, 30])
def test_a_discussion_takes_five_however_long(messages: int, portal: Any, discussion: Any, statements: Any) -> None:
    path = discussion(messages)

    with statements() as sent:
        portal.get(path)

    assert len(sent) == 5


@pytest.mark.novantic(
    plugins=["webform", "email_links", "categories", "email", *many_plugins()], extra_plugins=many_plugins()
)
def test_a_discussion_takes_five_however_many_plugins(portal: Any, discussion: Any, statements: Any) -> None:
    path = discussion(3)

    with statements() as sent:
        portal.get(path)

    assert len(sent) == 5


@pytest.mark.parametrize("tickets", [0, 500])
def test_a_ticket_takes_fourteen_however_many_there_are(
    tickets: int, novantic_app: Any, open_ticket: Callable[..., str], statements: Any
) -> None:
    if tickets:
        fill(novantic_app.site, tickets, 1, datetime.now(UTC).date())
    else:
        novantic_app.add_technician()
    # the topic's row is kept by the first, and known to be there to the second
    for subject in ("one", "two"):
        open_ticket(subject=subject)

    with statements() as sent:
        open_ticket(subject="three", email="another@example.com")

    # four of them keep the index in step: a savepoint around reading the ticket as it stands and keeping it; one is all
    # that it takes to keep what each plugin did
    assert len(sent) == 14


@pytest.mark.novantic(settings={"novantic.trace_days": "0"})
def test_a_ticket_takes_one_less_where_nobody_asks_why(open_ticket: Callable[..., str], statements: Any) -> None:
    for subject in ("one", "two"):
        open_ticket(subject=subject)

    with statements() as sent:
        open_ticket(subject="three", email="another@example.com")

    assert len(sent) == 13


def test_a_link_takes_five(novantic_app: Any, portal: Any, visit: Callable[..., Any], statements: Any) -> None:
    visit()
    with novantic_app.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        token = grant_access(session, ticket.id, ticket.email, datetime.now(UTC), timedelta(days=1))

    with statements() as sent:
        portal.get(f"/access/{token}", status=303)

    assert len(sent) == 5
