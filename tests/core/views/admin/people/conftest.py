"""People who have tickets, an organisation, and somebody else who is signed in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Technician, Ticket
from novantic_core.plugin import Actor
from novantic_core.services.keep_organisation import add_domain, create_organisation

ADA = Actor("technician", "Ada", "admin@novantic.example")


@pytest.fixture(autouse=True)
def in_english(portal, request):
    """The pages in English, of the back office too where a test signs in."""
    if "back_office" in request.fixturenames:
        request.getfixturevalue("back_office").set_cookie("lang", "en")


@pytest.fixture
def person(novantic_app, open_ticket):
    """``person("claire@lefevre.example.com", name="Claire")`` opens a ticket as that person: their id."""

    def known(email="claire@lefevre.example.com", **facts):
        number = open_ticket(email=email, **facts)
        with novantic_app.transaction() as session:
            return session.scalars(select(Ticket.contact_id).where(Ticket.number == number)).one()

    return known


@pytest.fixture
def organisation(novantic_app):
    """``organisation("Lefèvre", "lefevre.example.com", contract=True)``: its id."""

    def add(name="Lefèvre SARL", *domains, contract=False, notes=""):
        with novantic_app.transaction() as session:
            facts = {"name": name, "contract": contract, "notes": notes}
            row = create_organisation(session, facts, ADA, datetime.now(UTC))
            for domain in domains:
                add_domain(novantic_app.site, session, row, domain, ADA, datetime.now(UTC))
            return row.id

    return add


@pytest.fixture
def look_up(novantic_app):
    """``look_up(Contact, 1)``: the row as it is now; by number for a ticket."""

    def find(model, key):
        with novantic_app.site.database.session(write=False) as session:
            if model is Ticket:
                return session.scalars(select(Ticket).where(Ticket.number == key)).one()
            return session.get(model, key)

    return find


@pytest.fixture
def change(novantic_app):
    """``change(Contact, 1, phone="…")``: set columns of a row behind the pages' back."""

    def put(model, key, **values):
        with novantic_app.transaction() as session:
            row = session.scalars(select(Ticket).where(Ticket.number == key)).one() if model is Ticket else None
            row = row or session.get_one(model, key)
            for name, value in values.items():
                setattr(row, name, value)

    return put


@pytest.fixture
def sign_in(sign_in, novantic_app):
    """``sign_in("hugo@novantic.example", team="Paie")``: a client in which a new technician is signed in."""

    def enter(email="hugo@novantic.example", name="Hugo", team=None):
        key = novantic_app.add_technician(email, name)
        if team is not None:
            with novantic_app.transaction() as session:
                session.get_one(Technician, key).team = team
        return sign_in(email)

    return enter
