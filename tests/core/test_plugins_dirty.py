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
def test_a_ticket_whose_transaction_a_plugin_ended_is_no_ticket(portal, novantic_app):
    form = portal.get("/tickets/new").forms["ticket"]
    form["company"], form["email"], form["name"] = "Lefèvre", "claire@lefevre.example.com", "Claire"
    form["phone"], form["subject"], form["message"] = "01 44 55 66 77", "Panne", "Bonjour"
    assert form.submit(status=500).html.find("h1")
    with novantic_app.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0
