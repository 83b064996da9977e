"""What tests of the back office's pages share: who is signed in, in English, and tickets made to measure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from novantic_core.models import Category, Contact, Technician, Ticket
from novantic_core.services.keep_index import changed
from novantic_core.testing import PASSWORD

NOW = datetime.now(UTC)


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


@pytest.fixture
def make_tickets(novantic_app):
    """Write tickets as they are told, minute by minute: ``make_tickets({"status": "closed"}, {})``; their numbers."""

    def make(*wanted: dict[str, Any]) -> list[str]:
        numbers = []
        with novantic_app.transaction() as session:
            contact = session.scalars(select(Contact)).first()
            if contact is None:
                contact = Contact(email_key="c@example.com", email="c@example.com", name="Claire", created_at=NOW)
                session.add(contact)
                session.add(Category(key="printer", label="Printer", plugin="categories"))
                session.flush()
            for place, told in enumerate(wanted):
                at = NOW - timedelta(minutes=len(wanted) - place)
                values = {
                    "number": f"{700000 + place}", "subject": f"Subject {place}", "priority": "normal",
                    "priority_rank": 20, "channel": "web", "team": "support", "contact_id": contact.id,
                    "name": "Claire", "email": "c@example.com", "locale": "fr", "theme": "novantic",
                    "category_key": "printer", "created_at": at, "updated_at": at, "last_word_at": at,
                    "last_author": "Claire", **told,
                }  # fmt: skip
                session.add(Ticket(**values))
                numbers.append(values["number"])
            session.flush()
            made = session.scalars(select(Ticket.id).where(Ticket.number.in_(numbers))).all()
            changed(novantic_app.site, session, "ticket", *made)
        return numbers

    return make


@pytest.fixture
def hire(novantic_app):
    """Add a technician: ``hire("lea@novantic.example", name="Léa", team="board")``; their id."""

    def add(email="hugo@novantic.example", name="Hugo", **values):
        made = novantic_app.add_technician(email, name)
        if values:
            with novantic_app.transaction() as session:
                session.execute(update(Technician).where(Technician.id == made).values(**values))
        return made

    return add


@pytest.fixture
def sign_in(novantic_app):
    """A browser in which a technician is signed in."""

    def enter(email="hugo@novantic.example"):
        client = novantic_app.client()
        form = client.get("/admin/login").forms["sign-in"]
        form["login"], form["password"] = email, PASSWORD
        form.submit().follow()
        client.set_cookie("lang", "en")
        return client

    return enter
