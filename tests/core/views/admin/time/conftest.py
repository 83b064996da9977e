"""A ticket with an organisation, and time noted on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from novantic_core.models import Organisation, Technician, Ticket
from novantic_core.plugin import Actor
from novantic_core.services.note_time import note_time


@pytest.fixture
def spend(novantic_app, back_office, open_ticket):
    """``spend(45, on=datetime(…), company="Lefèvre", contract=True)``: the ticket's number."""

    def note(minutes, *, on=None, company=None, contract=False, number=None, team=None, by=None, **options):
        number = number or open_ticket()
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            ticket.team = team or ticket.team
            if company is not None:
                row = session.scalar(select(Organisation).where(Organisation.name == company))
                if row is None:
                    row = Organisation(
                        name=company, name_key=company.casefold(), contract=contract, created_at=datetime.now(UTC)
                    )
                    session.add(row)
                    session.flush()
                ticket.organisation_id = row.id
            who = session.scalars(select(Technician).where(Technician.email == (by or "admin@novantic.example"))).one()
            actor = Actor("technician", who.name, who.email)
            now = datetime.now(UTC)
            note_time(novantic_app.site, session, ticket, who.id, minutes, actor, now, spent_on=on, **options)
        return number

    return note


@pytest.fixture
def sign_in(novantic_app):
    """``sign_in("hugo@novantic.example")``: a client of the back office of somebody else."""

    def enter(email, name="Hugo"):
        from novantic_core.testing import PASSWORD

        novantic_app.add_technician(email, name)
        client = novantic_app.client()
        form = client.get("/admin/login").forms["sign-in"]
        form["login"], form["password"] = email, PASSWORD
        form.submit().follow()
        return client

    return enter
