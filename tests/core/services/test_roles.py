"""What the owners of addresses are to a ticket, and to one another."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from novantic_core.models import Contact, Technician
from novantic_core.testing.desk import CLAIRE, MARC

ANNE = "anne@ailleurs.example.com"


@pytest.fixture
def roles(novantic_app):
    def look(number, *addresses):
        with novantic_app.desk() as desk:
            return dict(desk.roles_of(desk.ticket(number), addresses))

    return look


def merge_contacts(novantic_app, address, into):
    with novantic_app.transaction() as session:
        target = session.scalar(select(Contact.id).where(Contact.email_key == into))
        session.execute(update(Contact).where(Contact.email_key == address).values(merged_into_id=target))


def test_each_is_named_by_what_they_are(novantic_app, small_desk, roles):
    number = small_desk.open(CLAIRE)
    novantic_app.add_technician()
    novantic_app.add_technician("old@novantic.example", "Old")
    with novantic_app.transaction() as session:
        session.execute(update(Technician).where(Technician.email_key == "old@novantic.example").values(active=False))
    small_desk.follow(number, ANNE)
    asked = (CLAIRE.upper(), "HUGO@novantic.example", "old@novantic.example", f" {ANNE} ", MARC)
    assert roles(number, *asked) == {
        CLAIRE: "requester", "hugo@novantic.example": "technician", "old@novantic.example": "technician",
        ANNE: "follower",
    }  # fmt: skip
    assert roles(number) == {}


def test_a_person_is_known_by_each_of_their_addresses(novantic_app, small_desk, roles):
    number = small_desk.open(CLAIRE)
    small_desk.open("c.lefevre@perso.example")
    merge_contacts(novantic_app, "c.lefevre@perso.example", CLAIRE)
    assert roles(number, "c.lefevre@perso.example") == {"c.lefevre@perso.example": "requester"}


def test_whose_ticket_goes_on_in_it_is_told_already(small_desk, roles):
    first, second = small_desk.open(MARC), small_desk.open(CLAIRE)
    kept = small_desk.merge(first, second)
    assert roles(kept, MARC, CLAIRE) == {MARC: "follower", CLAIRE: "requester"}


def test_it_costs_the_same_for_one_as_for_fifty(novantic_app, small_desk, statements):
    number = small_desk.open(CLAIRE)
    with novantic_app.desk() as desk:
        ticket = desk.ticket(number)
        with statements() as one:
            desk.roles_of(ticket, [CLAIRE])
        with statements() as many:
            desk.roles_of(ticket, [f"p{turn}@petit.example.com" for turn in range(50)])
    assert len(many) == len(one)


@pytest.mark.parametrize(
    "one, other, are",
    [
        ("a@petit.example.com", "B@Petit.Example.com", True),
        ("a@société.example", "b@xn--socit-esab.example", True),
        ("a@petit.example.com", "b@paris.petit.example.com", False),
        ("a@gmail.com", "b@gmail.com", False),
        ("a@orange.fr", "b@orange.fr", False),
        ("", "", False),
        ("", "b@petit.example.com", False),
    ],
)
def test_colleagues_by_their_domain(novantic_app, one, other, are):
    with novantic_app.desk() as desk:
        assert desk.are_colleagues(one, other) is are


def test_colleagues_by_their_organisation(novantic_app, small_desk):
    house = novantic_app.add_organisation("Maison", "maison.example")
    for email in (CLAIRE, "pierre@gmail.com", "claire@gmail.com"):
        small_desk.open(email)
    with novantic_app.transaction() as session:
        mine = Contact.email_key.in_((CLAIRE, "pierre@gmail.com"))
        session.execute(update(Contact).where(mine).values(organisation_id=house))
    merge_contacts(novantic_app, "claire@gmail.com", CLAIRE)
    with novantic_app.desk() as desk:
        assert desk.are_colleagues(CLAIRE, "pierre@gmail.com")
        # of whom nothing is known, by the domain; another address of somebody's, by the person
        assert desk.are_colleagues(CLAIRE, "nouveau@maison.example")
        assert desk.are_colleagues("claire@gmail.com", "pierre@gmail.com")
        assert not desk.are_colleagues(CLAIRE, MARC)
