"""Where a person leaves traces besides their own tickets: an erasure finds them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from novantic_core.models import Action, Contact, Delivery, Draft, Organisation, SavedView, Technician
from novantic_core.plugin import Actor
from novantic_core.services.erase_person import erase_person
from novantic_core.services.redeliver import retry_delivery
from novantic_core.services.save_draft import save_draft
from novantic_core.services.saved_view import save_view
from novantic_core.services.scrub import Scrubber
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find


@pytest.fixture
def erase(novantic_app):
    """``erase(CLAIRE)``: erase whoever has this address."""

    def run(email=CLAIRE):
        with novantic_app.transaction() as session:
            contact = session.scalars(select(Contact).where(Contact.email == email)).one()
            erase_person(novantic_app.site, session, contact, HUGO, datetime.now(UTC), label="[X]", words="[erased]")

    return run


@pytest.fixture
def traces(novantic_app):
    """``traces("Claire")``: the tables that still say one of these words."""

    def found(*words):
        with novantic_app.transaction() as session:
            return {
                (table.name, word): dict(row)
                for table in Contact.metadata.sorted_tables
                for row in session.execute(select(table)).mappings()
                for word in words
                if word in json.dumps(dict(row), default=str, ensure_ascii=False)
            }

    return found


def test_she_followed_another_ticket_under_another_name(small_desk, erase, traces):
    small_desk.open()
    other = small_desk.open(MARC)
    small_desk.follow(other, CLAIRE, name="Compta Fournil")
    small_desk.say(other, "C'est moi qui paie", Actor("requester", "Compta Fournil", CLAIRE))
    small_desk.say(other, "Bonjour Marc et Compta Fournil")
    erase()
    assert traces("Compta", "Fournil", CLAIRE) == {}
    assert small_desk.said(other) == ["Au secours", "[erased]", "Bonjour Marc et [X]"]


def test_so_after_she_no_longer_followed_it(small_desk, erase, traces):
    small_desk.open()
    other = small_desk.open(MARC)
    small_desk.follow(other, CLAIRE, name="Compta Fournil")
    small_desk.say(other, "C'est moi qui paie", Actor("requester", "Compta Fournil", CLAIRE))
    small_desk.unfollow(other, CLAIRE)
    erase()
    assert traces("Compta", "Fournil", "qui paie", CLAIRE) == {}


def test_what_technicians_keep_for_themselves(novantic_app, small_desk, erase, traces):
    small_desk.open()
    other = small_desk.open(MARC)
    small_desk.follow(other, CLAIRE, name="Claire Lefèvre")
    novantic_app.add_technician()
    with novantic_app.transaction() as session:
        hugo, now = session.scalars(select(Technician.id)).one(), datetime.now(UTC)
        save_draft(session, hugo, find(session, other).id, "note", "<p>Appeler Claire Lefèvre</p>", now)
        save_view(session, hugo, "La boulangère", "q=Claire+Lef%C3%A8vre")
        save_view(session, hugo, "Claire", "status=closed")
        save_view(session, hugo, "Le reste", "q=imprimante")
    erase()
    assert traces("Claire", "Lefèvre", "Lef%C3%A8vre") == {}
    with novantic_app.transaction() as session:
        assert session.scalars(select(SavedView.name)).all() == ["Le reste"]
        assert "Appeler [X]" in session.scalars(select(Draft.html)).one()


def test_the_trail_of_a_delivery_that_was_tried_again(novantic_app, small_desk, erase, traces):
    small_desk.open()
    with novantic_app.transaction() as session:
        session.execute(update(Delivery).values(state="failed"))
        delivery = session.scalars(select(Delivery).where(Delivery.address == CLAIRE)).first()
        retry_delivery(session, delivery, HUGO, datetime.now(UTC))
        assert CLAIRE in session.scalars(select(Action.subject)).one()
    erase()
    assert traces(CLAIRE) == {}


def test_the_notes_of_an_organisation_without_a_ticket_of_hers(novantic_app, small_desk, organisation, change, erase):
    small_desk.open()
    key = organisation("Fournil", notes="Claire Lefèvre a la clé")
    change(Contact, 1, organisation_id=key)
    erase()
    with novantic_app.transaction() as session:
        assert session.scalars(select(Organisation.notes)).one() == "[X] a la clé"


@pytest.mark.parametrize("filler", ["-", ".", " ", "+33 ", "(0) ", "0 "])
def test_a_long_line_of_what_stands_between_figures_is_read_once(filler):
    # were it tried anew from each of them, it would take minutes
    text = filler * (300_000 // len(filler))
    scrub = Scrubber(["Claire Lefèvre"], [CLAIRE], ["01 44 55 66 77"], "[X]")
    assert scrub.text(f"{text}01 44 55 66 77").endswith("[X]")
