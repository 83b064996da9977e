"""A ticket's page in the back office, in English."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Technician, Ticket
from novantic_core.testing import PASSWORD


@pytest.fixture
def desk(back_office):
    """An administrator, Ada, who chose English."""
    # signing in chose the language of her account
    back_office.set_cookie("lang", "en")
    return back_office


@pytest.fixture
def colleague(novantic_app):
    """Another browser, in which Léa is signed in, who is a technician."""
    novantic_app.add_technician("lea@novantic.example", "Léa")
    client = novantic_app.client()
    form = client.get("/admin/login").forms["sign-in"]
    form["login"], form["password"] = "lea@novantic.example", PASSWORD
    form.submit().follow()
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def row(novantic_app):
    """The ticket of a number as it is in the database; ``row(number, team="x")`` changes it first."""

    def read(number, **values):
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            for name, value in values.items():
                setattr(ticket, name, value)
            return ticket

    return read


@pytest.fixture
def technician(novantic_app):
    """The id of a technician by name."""

    def find(name):
        with novantic_app.transaction() as session:
            return session.scalars(select(Technician.id).where(Technician.name == name)).one()

    return find


@pytest.fixture
def now():
    """The present."""
    return datetime.now(UTC)


def words(element):
    """The text of an element, its spaces as one."""
    return " ".join(element.get_text(" ").split())
