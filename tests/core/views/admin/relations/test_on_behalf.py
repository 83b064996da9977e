"""A ticket for a client who rings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from webtest import Upload

from novantic_core.models import Attachment, Contact, Event, Message, Organisation, Ticket
from novantic_core.testing.desk import CLAIRE, MARC

FILLED = {
    "topic": "printer", "email": CLAIRE, "name": "Claire Lefèvre", "subject": "Imprimante", "message": "Elle clignote.",
}  # fmt: skip


@pytest.fixture
def form(back_office):
    """The form, filled in with what is needed."""
    form = back_office.get("/admin/tickets/new").forms["on-behalf"]
    for name, value in FILLED.items():
        form[name] = value
    return form


@pytest.fixture
def ticket(novantic_app):
    def read():
        with novantic_app.transaction() as session:
            return session.scalars(select(Ticket)).one()

    return read


@pytest.fixture
def claire(novantic_app, small_desk):
    """A contact with an organisation, a phone and a last ticket: her id."""
    number = small_desk.open(
        phone="01 44 55 66 77", company="Boulangerie Lefèvre", department="Fournil", locale="en",
        fields={"teamviewer_id": "123456789"},
    )  # fmt: skip
    with novantic_app.transaction() as session:
        organisation = Organisation(name="Boulangerie Lefèvre", name_key="boulangerie lefèvre", contract=True,
                                    notes="Demander Paul.", created_at=datetime.now(UTC))  # fmt: skip
        session.add(organisation)
        session.flush()
        contact = session.scalars(select(Contact)).one()
        contact.organisation_id = organisation.id
        return contact.id, number


def test_it_opens_a_ticket_by_phone_and_leads_to_it(form, ticket):
    answer = form.submit(status=303)
    opened = ticket()
    assert answer.location.endswith(f"/admin/tickets/{opened.number}")
    assert (opened.channel, opened.name, opened.phone, opened.company) == ("phone", "Claire Lefèvre", "", "")


def test_the_trail_says_who_opened_it(form, novantic_app):
    form.submit(status=303)
    with novantic_app.transaction() as session:
        event = session.scalars(select(Event).where(Event.kind == "opened")).one()
        assert (event.actor_kind, event.actor_name) == ("technician", "Ada")


def test_assigned_to_oneself_unless_told_otherwise(form, ticket, novantic_app):
    form["assign_to_me"] = False
    form.submit(status=303)
    assert ticket().assignee_id is None


def test_the_box_is_ticked_at_first(form, ticket):
    form.submit(status=303)
    assert ticket().assignee_id is not None


def test_the_client_gets_the_usual_mail_in_words_that_fit(form, mailbox, ticket):
    form["locale"] = "en"
    form.submit(status=303)
    (mail,) = mailbox.to(CLAIRE)
    assert str(mail["Subject"]) == f"{ticket().subject} [#{ticket().number}]"
    assert mailbox.text(mail).startswith("We have opened a ticket for you")
    assert "Elle clignote." in mailbox.text(mail)


def test_or_none(form, mailbox):
    form["tell_client"] = False
    form["assign_to_me"] = False
    form.submit(status=303)
    assert mailbox.to(CLAIRE) == []


def test_whoever_opened_it_needs_no_mail_about_it_but_colleagues_do(form, mailbox, hugo):
    form["assign_to_me"] = False
    form.submit(status=303)
    assert mailbox.to("admin@novantic.example") == []
    assert len(mailbox.to("hugo@novantic.example")) == 1


def test_a_note_stays_inside(form, novantic_app, mailbox):
    form["note"] = "Énervée, rappeler vite.\n\nPuis la facture."
    form.submit(status=303)
    with novantic_app.transaction() as session:
        kinds = [(message.kind, message.author) for message in session.scalars(select(Message).order_by(Message.id))]
        note = session.scalars(select(Message).where(Message.kind == "note")).one()
    assert kinds == [("message", "Claire Lefèvre"), ("note", "Ada")]
    assert note.html == "<p>Énervée, rappeler vite.</p><p>Puis la facture.</p>"
    assert all("Énervée" not in mailbox.text(mail) for mail in mailbox.to(CLAIRE))


def test_sent_twice_it_is_one_ticket_with_one_note(form, count):
    form["note"] = "n"
    form.submit(status=303)
    form.submit(status=303)
    assert (count(Ticket), count(Message)) == (1, 2)


def test_files_come_along(form, novantic_app):
    form["attachments"] = [Upload("photo.png", b"png", "image/png")]
    form.submit(status=303)
    with novantic_app.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["photo.png"]


def test_what_is_wrong_comes_back_with_every_word(form, count):
    form["email"], form["note"], form["subject"] = "claire@", "ma note", ""
    page = form.submit(status=422)
    assert page.html.find(id="on-behalf-email-error").text
    assert page.html.find(id="on-behalf-subject-error").text
    again = page.forms["on-behalf"]
    assert (again["note"].value, again["message"].value, again["name"].value) == (
        "ma note", "Elle clignote.", "Claire Lefèvre",
    )  # fmt: skip
    assert count(Ticket) == 0


def test_no_limit_of_clients_applies(back_office, count):
    for n in range(25):
        form = back_office.get("/admin/tickets/new").forms["on-behalf"]
        for name, value in {**FILLED, "subject": f"n° {n}"}.items():
            form[name] = value
        form.submit(status=303)
    assert count(Ticket) == 25


@pytest.mark.novantic(settings={"novantic.limit_kept_files": "1 per hour"})
def test_nor_to_files_of_a_wrong_form(form):
    form["subject"] = ""
    form["attachments"] = [Upload("photo.png", b"png", "image/png")]
    for _time in range(3):
        page = form.submit(status=422)
        assert page.html.find(class_="kept")


def test_a_ticket_that_goes_to_a_private_team_leads_to_the_queue(hugo, hide, small_desk, novantic_app, monkeypatch):
    hide(small_desk.open(MARC))
    form = hugo.get("/admin/tickets/new").forms["on-behalf"]
    for name, value in FILLED.items():
        form[name] = value
    form["assign_to_me"] = False
    from novantic_core.services import open_ticket
    from novantic_core.values import Route

    monkeypatch.setattr(open_ticket, "_route", lambda *_given: (Route(team="rh"), []))
    assert form.submit(status=303).location.endswith("/admin/tickets")


# ------------------------------------------------------------------ who is calling


def test_a_contact_fills_the_form_in(back_office, claire):
    form = back_office.get(f"/admin/tickets/new?contact={claire[0]}").forms["on-behalf"]
    assert {name: form[name].value for name in ("email", "name", "phone", "company", "department", "locale")} == {
        "email": CLAIRE, "name": "Claire Lefèvre", "phone": "01 44 55 66 77", "company": "Boulangerie Lefèvre",
        "department": "Fournil", "locale": "en",
    }  # fmt: skip
    assert form["teamviewer_id"].value == "123456789"


def test_the_contract_the_notes_and_open_tickets_stand_above(back_office, claire):
    known = back_office.get(f"/admin/tickets/new?contact={claire[0]}").html.find(id="known")
    assert "Sous contrat" in known.text
    assert "Demander Paul." in known.text
    assert f"#{claire[1]}" in known.text


@pytest.mark.parametrize("contact", ["999", "x", "99999999999999999999"])
def test_a_contact_that_is_none_is_an_empty_form(back_office, contact):
    page = back_office.get(f"/admin/tickets/new?contact={contact}")
    assert page.forms["on-behalf"]["email"].value == ""


@pytest.mark.parametrize("words", ["lefèvre", "LEFÈVRE", "claire lef", "boulang", "0144556677", "claire@lefevre"])
def test_without_javascript_a_search_leads_to_them(back_office, claire, words):
    page = back_office.get("/admin/tickets/new", {"q": words})
    page = page.click("Claire Lefèvre")
    assert page.forms["on-behalf"]["email"].value == CLAIRE


def test_nobody_found_is_said(back_office, claire):
    assert "Personne" in back_office.get("/admin/tickets/new?q=zorro").html.find("main").text


def test_suggestions_for_the_script(back_office, claire):
    answer = back_office.get("/admin/contacts/suggest?q=lef")
    assert answer.json == [
        {"id": claire[0], "name": "Claire Lefèvre", "email": CLAIRE, "company": "Boulangerie Lefèvre"}
    ]
    assert answer.headers["Cache-Control"] == "no-store"
    assert back_office.get("/admin/contacts/suggest?q=").json == []
    assert back_office.get("/admin/contacts/suggest?q=%25").json == []


def test_who_was_erased_or_merged_is_not_suggested(back_office, claire, small_desk, novantic_app):
    small_desk.open(MARC)
    with novantic_app.transaction() as session:
        marc = session.scalars(select(Contact).where(Contact.email == MARC)).one()
        marc.merged_into_id = claire[0]
        session.get_one(Contact, claire[0]).erased_at = datetime.now(UTC)
    assert back_office.get("/admin/contacts/suggest?q=example").json == []
    assert not back_office.get(f"/admin/tickets/new?contact={claire[0]}").html.find(id="known-title")


def test_a_private_teams_clients_and_tickets_stay_its_own(hugo, claire, hide, small_desk):
    hide(claire[1])
    assert hugo.get("/admin/contacts/suggest?q=lef").json == []
    assert not hugo.get(f"/admin/tickets/new?contact={claire[0]}").html.find(id="known-title")
    # with a ticket that may be seen she is known, by that one only
    small_desk.open(department="Caisse")
    page = hugo.get(f"/admin/tickets/new?contact={claire[0]}")
    assert page.forms["on-behalf"]["department"].value == "Caisse"
    assert page.forms["on-behalf"]["teamviewer_id"].value == ""
    assert f"#{claire[1]}" not in page
