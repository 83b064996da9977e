"""Notices that a plugin asks for and the outbox can't hold."""

from __future__ import annotations

import types
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Delivery, Ticket
from novantic_core.plugin import Notice, Recipient, hookimpl


@pytest.fixture
def careless(request):
    """A plugin that asks for one notice. Ask for it before the application."""
    plugin = types.ModuleType("careless")
    plugin.notice = None

    @hookimpl
    def novantic_notifications(event, session):
        return [plugin.notice(event, session) if callable(plugin.notice) else plugin.notice]

    plugin.novantic_notifications = novantic_notifications
    marker = pytest.mark.novantic(
        plugins=["webform", "email", "careless"],
        extra_plugins={"careless": plugin},
        settings={"novantic.debug": "false"},
    )
    request.node.add_marker(marker, append=False)
    return plugin


@pytest.mark.parametrize("notice", [
    Notice("told", Recipient("zoe@example.com"), channel="pigeon"),
    Notice("told", Recipient("zoe@example.com"), data={"when": datetime.now(UTC)}),
    Notice("told", Recipient("z" * 300 + "@example.com")),
    Notice("told", Recipient("zoe@example.com", "Zo\0")),
    Notice("told", Recipient(None)),
    "not a notice",
], ids=["unknown channel", "data", "long address", "null", "no address", "no notice"])  # fmt: skip
def test_it_costs_the_plugin_and_neither_the_ticket_nor_the_other_notices(
    careless, notice, novantic_app, open_ticket
):  # fmt: skip
    careless.notice = notice
    open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalar(select(Ticket.id)) is not None
        assert session.scalars(select(Delivery.kind)).all() == ["ticket_opened"]
    assert novantic_app.site.plugins.get("careless").faults == 1


def test_who_is_told_may_stand_in_the_database(careless, novantic_app, open_ticket):
    def notice(event, session):
        return Notice("told", Recipient(session.scalar(select(Ticket.email).where(Ticket.id == event.ticket.id))))

    careless.notice = notice
    open_ticket(email="zoe@example.com")
    with novantic_app.transaction() as session:
        told = session.scalars(select(Delivery.address).where(Delivery.kind == "told")).all()
    assert told == ["zoe@example.com"]
