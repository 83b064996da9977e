"""A plugin that ends the core's transaction: nothing is said to be kept that isn't."""

from __future__ import annotations

import types

import pytest
from sqlalchemy import func, select

from novantic_core.models import Ticket
from novantic_core.plugin import hookimpl


def rolls_back() -> types.ModuleType:
    module = types.ModuleType("rolls_back")

    @hookimpl
    def novantic_ticket_event(event, session):
        session.rollback()

    module.novantic_ticket_event = novantic_ticket_event
    return module


@pytest.mark.novantic(
    plugins=["webform", "local_storage", "rolls_back"],
    extra_plugins={"rolls_back": rolls_back()},
    settings={"novantic.debug": "false"},
)
def test_a_plugin_that_rolls_back_undoes_nothing_but_its_own(open_ticket, novantic_app):
    open_ticket()
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert "session.rollback()" in novantic_app.site.plugins.get("rolls_back").last_fault
