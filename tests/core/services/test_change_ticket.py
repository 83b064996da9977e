"""Giving a ticket to somebody, another priority, another category: what changes, what the trail keeps, who is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from novantic_core.models import Delivery, Event, Team, Technician, Ticket
from novantic_core.plugin import Actor
from novantic_core.services.assign import assign
from novantic_core.services.change_category import change_category, change_fields
from novantic_core.services.change_priority import change_priority
from novantic_core.services.discuss import add_message

LEA = Actor("technician", "Léa", "lea@novantic.example")


@pytest.fixture
def change(novantic_app, open_ticket):
    """Call a service on a new ticket: what it returned."""
    number = open_ticket(teamviewer_id="123456789")

    def call(service, *arguments, actor=LEA, **options):
        with novantic_app.transaction() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            return service(novantic_app.site, session, ticket, *arguments, actor, datetime.now(UTC), **options)

    return call


@pytest.fixture
def last_event(novantic_app):
    def read():
        with novantic_app.transaction() as session:
            event = session.scalars(select(Event).order_by(Event.id.desc())).first()
            return event.kind, event.changes

    return read


def told(novantic_app):
    with novantic_app.transaction() as session:
        return {tuple(row) for row in session.execute(select(Delivery.kind, Delivery.address))}


def test_assigning_tells_the_new_assignee(change, last_event, novantic_app):
    hugo = novantic_app.add_technician()
    assert change(assign, assignee_id=hugo, team=None)
    assert last_event() == ("assigned", {"assignee": [None, "hugo@novantic.example"]})
    assert ("technician_assigned", "hugo@novantic.example") in told(novantic_app)


def test_who_takes_a_ticket_is_told_nothing(change, novantic_app):
    hugo = novantic_app.add_technician()
    change(assign, assignee_id=hugo, team=None, actor=Actor("technician", "Hugo", "hugo@novantic.example"))
    assert ("technician_assigned", "hugo@novantic.example") not in told(novantic_app)


def test_a_rule_that_assigns_has_no_name(change, novantic_app, mailbox):
    hugo = novantic_app.add_technician()
    change(assign, assignee_id=hugo, team=None, actor=Actor("system"))
    assert "Ce ticket vous a été assigné." in mailbox.text(mailbox.to("hugo@novantic.example")[-1])


def test_team_and_person_are_one_event(change, last_event, novantic_app):
    hugo = novantic_app.add_technician()
    with novantic_app.transaction() as session:
        session.add(Team(key="network", label="Réseau"))
    novantic_app.site.preferences_cache.forget()
    change(assign, assignee_id=hugo, team=None)
    assert change(assign, assignee_id=None, team="network")
    assert last_event() == ("assigned", {"assignee": ["hugo@novantic.example", None], "team": ["Support", "network"]})


def test_the_same_again_is_no_change(change, last_event):
    assert not change(assign, assignee_id=None, team="Support")
    assert not change(change_priority, "normal")
    assert not change(change_category, "printer")
    assert not change(change_fields, {"teamviewer_id": "123456789", "other": ""})
    assert last_event()[0] == "opened"


def test_nobody_is_given_a_ticket_who_has_left(change, novantic_app):
    hugo = novantic_app.add_technician()
    with novantic_app.transaction() as session:
        session.execute(update(Technician).values(active=False))
    for who in (hugo, 4711):
        with pytest.raises(ValueError, match=str(who)):
            change(assign, assignee_id=who, team=None)


def test_a_team_that_is_not_offered_gets_no_ticket(change, novantic_app):
    with novantic_app.transaction() as session:
        session.add(Team(key="old", label="Ancienne", hidden=True))
    novantic_app.site.preferences_cache.forget()
    for team in ("old", "unheard of"):
        with pytest.raises(ValueError, match=team):
            change(assign, assignee_id=None, team=team)


def test_another_priority_brings_its_rank(change, last_event, novantic_app):
    assert change(change_priority, "high")
    assert last_event() == ("priority_changed", {"priority": ["normal", "high"]})
    with novantic_app.transaction() as session:
        assert session.scalar(select(Ticket.priority_rank)) == 30


def test_an_unknown_priority_or_category_is_refused(change):
    with pytest.raises(ValueError, match="extreme"):
        change(change_priority, "extreme")
    with pytest.raises(ValueError, match="garden"):
        change(change_category, "garden")


def test_another_category_comes_with_its_fields_as_one_change(change, last_event):
    assert change(change_category, "workstation", fields={"teamviewer_id": "987654321", "critical": True})
    assert last_event() == (
        "category_changed",
        {
            "category": ["printer", "workstation"],
            "fields.teamviewer_id": ["123456789", "987654321"],
            "critical": [False, True],
        },
    )


def test_fields_alone_are_a_change_of_their_own(change, last_event, novantic_app):
    assert change(change_category, "printer", fields={"teamviewer_id": None, "critical": False})
    assert last_event() == ("fields_changed", {"fields.teamviewer_id": ["123456789", None]})
    with novantic_app.transaction() as session:
        assert session.scalar(select(Ticket.fields)) == {}


def test_a_box_left_alone_is_no_change(change):
    assert not change(change_fields, {"on_site": False})


def test_a_ticket_may_be_about_nothing_in_the_list(change, last_event):
    assert change(change_category, None)
    assert last_event() == ("category_changed", {"category": ["printer", None]})


def test_an_answer_may_ask_for_one(change, last_event, novantic_app, mailbox):
    change(_say, "<p>Quel modèle ?</p>", wait=True)
    assert last_event() == ("replied", {"status": ["open", "waiting"]})
    mail = mailbox.to("claire@lefevre.example.com")[-1]
    assert "Nous avons besoin de votre réponse pour continuer." in mailbox.text(mail)


def _say(site, session, ticket, html, actor, now, **options):
    return add_message(site, session, ticket, actor, html, now, **options)
