"""After a day of changes of every kind, what is found is what it would be if everything were indexed anew."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from novantic_core.desk import Desk
from novantic_core.models import Contact, Message, Organisation, OrganisationDomain
from novantic_core.services.change_category import change_category, change_fields
from novantic_core.services.change_contact import change_contact, change_organisation
from novantic_core.services.discuss import add_message, add_note
from novantic_core.services.erase_person import erase_person
from novantic_core.services.keep_contact import save_contact
from novantic_core.services.keep_organisation import (
    add_domain,
    create_organisation,
    merge_organisations,
    remove_domain,
    save_organisation,
)
from novantic_core.services.merge_contacts import merge_contacts, separate_contact
from novantic_core.services.rebuild_index import rebuild_index
from novantic_core.services.split_message import split_message
from novantic_core.testing.desk import CLAIRE, HUGO, MARC, find
from novantic_core.values import Actor, TicketDraft

NOW = datetime(2026, 3, 14, tzinfo=UTC)
INES = "ines@roux.example.com"


class Day:
    """A day at a desk, each step committed by itself, and looked at after it."""

    def __init__(self, app: Any, small_desk: Any) -> None:
        self.app, self.small = app, small_desk

    def step(self, work: Any) -> Any:
        with self.app.transaction() as session:
            done = work(Desk(self.app.site, session), session)
            session.flush()
            done = getattr(done, "number", getattr(done, "id", done))
        self.check()
        return done

    def kept(self) -> list[tuple[int, str]]:
        with self.app.transaction() as session:
            key = "rowid" if self.app.site.database.is_sqlite else "id"
            return [tuple(row) for row in session.execute(text(f"SELECT {key}, words FROM search_ticket ORDER BY 1"))]

    def check(self) -> None:
        before = self.kept()
        rebuild_index(self.app.site, "ticket", lambda done: None)
        assert self.kept() == before

    def found(self, words: str) -> int:
        with self.app.site.database.session(write=False) as session:
            return len(Desk(self.app.site, session).find("ticket", words))


def contact(session: Any, email: str) -> Contact:
    return session.scalars(select(Contact).where(Contact.email_key == email)).one()


def test_a_day_of_changes(novantic_app, small_desk, monkeypatch):  # noqa: PLR0915 - a day is long
    monkeypatch.setattr("novantic_core.services.rebuild_index.PAUSE", 0)
    day, site = Day(novantic_app, small_desk), novantic_app.site
    claire, marc = Actor("requester", "Claire Lefèvre", CLAIRE), Actor("requester", "Marc Petit", MARC)

    # tickets come in, with files, and are answered
    one = small_desk.open(CLAIRE, subject="Imprimante bloquée", phone="01 44 55 66 77", company="Boulangerie Lefèvre")
    two = small_desk.open(MARC, subject="Toner vide", fields={"teamviewer_id": "123456789"}, department="Comptabilité")
    three = small_desk.open(INES, name="Inès Roux", subject="Autre chose")

    def answer(desk: Desk, session: Any) -> None:
        file = desk.keep_file(io.BytesIO(b"jour"), "journal_erreurs.txt", "text/plain")
        add_message(site, session, find(session, one), claire, "<p>Voici le journal</p>", NOW, files=(file,))
        add_note(site, session, find(session, one), HUGO, "<p>Vu avec le fournisseur</p>", NOW)

    day.step(answer)
    assert [day.found(words) for words in ("journal_erreurs", "fournisseurs", "comptabilité", "123 456 789")] == [1] * 4

    # facts are put right
    day.step(lambda desk, session: change_category(site, session, find(session, two), "printer", HUGO, NOW))
    day.step(
        lambda desk, session: change_fields(
            site, session, find(session, two), {"teamviewer_id": "987654321"}, HUGO, NOW
        )
    )
    assert (day.found("123456789"), day.found("987654321")) == (0, 1)
    day.step(
        lambda desk, session: change_contact(site, session, find(session, three), contact(session, MARC), HUGO, NOW)
    )
    assert day.found("marc petit") == 2

    # organisations: one is made, gets a domain and so a ticket, is renamed, merged, and left
    facts = {"name": "Lefèvre SARL", "contract": True, "notes": ""}
    day.step(lambda desk, session: create_organisation(session, facts, HUGO, NOW))

    def organisation(session: Any, name: str) -> Organisation:
        return session.scalars(select(Organisation).where(Organisation.name == name)).one()

    day.step(
        lambda desk, session: add_domain(
            site, session, organisation(session, "Lefèvre SARL"), "lefevre.example.com", HUGO, NOW
        )
    )
    assert day.found("SARL") == 1
    day.step(
        lambda desk, session: save_organisation(
            site, session, organisation(session, "Lefèvre SARL"), {**facts, "name": "Fournil Lefèvre"}, HUGO, NOW
        )
    )
    assert (day.found("SARL"), day.found("fournil")) == (0, 1)
    other = {"name": "Moulins Réunis", "contract": False, "notes": ""}
    day.step(lambda desk, session: create_organisation(session, other, HUGO, NOW))
    day.step(
        lambda desk, session: merge_organisations(
            site, session, organisation(session, "Fournil Lefèvre"), organisation(session, "Moulins Réunis"), HUGO, NOW
        )
    )
    assert (day.found("fournil"), day.found("moulin")) == (0, 1)
    day.step(
        lambda desk, session: remove_domain(
            session,
            organisation(session, "Moulins Réunis"),
            session.scalars(select(OrganisationDomain.domain)).one(),
            HUGO,
            NOW,
        )
    )
    day.step(lambda desk, session: change_organisation(site, session, find(session, one), None, HUGO, NOW))

    # people: they join an organisation, are merged, and separated
    def join(desk: Desk, session: Any) -> None:
        key = organisation(session, "Moulins Réunis").id
        save_contact(site, session, contact(session, MARC), {"organisation_id": key, "name": "Marc Legrand"}, HUGO, NOW)

    day.step(join)
    assert day.found("moulins") == 2

    def merge_people(desk: Desk, session: Any) -> None:
        merge_contacts(site, session, contact(session, CLAIRE), contact(session, MARC), HUGO, NOW)

    day.step(merge_people)
    assert day.found("moulins") == 3
    day.step(lambda desk, session: separate_contact(session, contact(session, CLAIRE), HUGO, NOW))

    # tickets: merged, apart again, split
    small_desk.merge(two, one)
    day.check()
    small_desk.unmerge(two)
    day.check()
    small_desk.say(two, "Autre sujet : la souris", actor=marc)

    def split(desk: Desk, session: Any) -> Any:
        ticket = find(session, two)
        last = select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id.desc()).limit(1)
        draft = TicketDraft(
            channel="web", email=MARC, name="Marc Petit", subject="Souris", message="", submission="split"
        )
        return split_message(site, session, ticket, session.scalars(last).one(), draft, HUGO, NOW)

    day.step(split)
    assert day.found("souris") == 1

    # somebody is erased
    small_desk.say(one, "Claire Lefèvre a le même souci")
    day.step(
        lambda desk, session: erase_person(
            site, session, contact(session, CLAIRE), HUGO, NOW, label="Personne effacée", words="Texte effacé"
        )
    )
    assert [day.found(words) for words in ("lefèvre", CLAIRE, "01 44 55 66 77", "journal_erreurs")] == [0] * 4
