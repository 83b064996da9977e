"""The person beside a ticket, and giving the ticket to somebody else."""

from __future__ import annotations

import pytest

from novantic_core.models import Contact, Organisation, Ticket


def card(page):
    return page.html.find(id="person")


def test_the_card_shows_the_person_and_the_organisation(back_office, organisation, open_ticket):
    organisation("Fournil", "lefevre.example.com", contract=True, notes="Key at No. 4")
    earlier = open_ticket(subject="Earlier")
    found = card(back_office.get(f"/admin/tickets/{open_ticket()}"))
    assert found.select_one("a[href='tel:0144556677']") is not None
    text = " ".join(found.text.split())
    for words in ("not proved", "Fournil", "Under contract", "Key at No. 4", "Earlier", f"#{earlier} · Open"):
        assert words in text


def test_the_card_names_few_tickets_and_counts_all(back_office, open_ticket):
    for number in range(7):
        open_ticket(subject=f"Ticket {number}")
    found = card(back_office.get(f"/admin/tickets/{open_ticket()}"))
    assert len(found.select(".latest li")) == 5
    assert found.select_one("h3 .muted").text == "7"
    assert "All their tickets" in found.text


def test_the_card_takes_few_statements(back_office, open_ticket, statements, novantic_app):
    number = open_ticket()
    back_office.get(f"/admin/tickets/{number}")  # the menu counts its entries once in a while
    with statements() as sent:
        back_office.get(f"/admin/tickets/{number}")
    before = len(sent)
    open_ticket(subject="Another")
    with statements() as sent:
        back_office.get(f"/admin/tickets/{number}")
    assert len(sent) == before


def give(back_office, number, words, name):
    page = back_office.get(f"/admin/tickets/{number}/contact", {"q": words}).click(name)
    form = next(form for form in page.forms.values() if "contact" in form.fields)
    return page, form


def test_a_ticket_goes_to_somebody_else(back_office, open_ticket, person, look_up, organisation):
    number = open_ticket()
    organisation("Garage", "garage.example.com")
    denis = person("denis@garage.example.com", name="Denis Morel", phone="02 00 00 00 01")
    page, form = give(back_office, number, "denis", "Denis Morel")
    assert "Claire Lefèvre loses access" in " ".join(page.html.find(id="main").text.split())
    page = form.submit().follow()
    assert "This is a ticket of Denis Morel now. Links that Claire Lefèvre had to it are dead." in page
    ticket = look_up(Ticket, number)
    assert (ticket.contact_id, ticket.name, ticket.email, ticket.phone) == (
        denis, "Denis Morel", "denis@garage.example.com", "02 00 00 00 01",
    )  # fmt: skip
    assert ticket.organisation_id is not None
    assert "Garage" in card(page).text


def test_the_one_before_reads_nothing_more(back_office, visit, person, portal, say, mailbox, look_up):
    page = visit()
    number = page.request.path.rsplit("/", 1)[-1]
    person("denis@garage.example.com", name="Denis Morel")
    say(number, "<p>still for Claire</p>")
    seen = len(mailbox.to("claire@lefevre.example.com"))
    say(number, "<p>never sent to Claire</p>")
    give(back_office, number, "denis", "Denis Morel")[1].submit()
    assert portal.get(f"/tickets/{number}").status_int == 303
    assert len(mailbox.to("claire@lefevre.example.com")) == seen


def test_nothing_changes_for_the_same_person(back_office, open_ticket, novantic_app):
    number = open_ticket()
    page = back_office.get(f"/admin/tickets/{number}/contact?contact=1")
    form = next(form for form in page.forms.values() if "contact" in form.fields)
    page = form.submit().follow()
    assert "This is a ticket of" not in page


def test_an_erased_person_gets_no_ticket(back_office, open_ticket, person, change):
    from datetime import UTC, datetime

    number = open_ticket()
    denis = person("denis@garage.example.com", name="Denis Morel")
    form = give(back_office, number, "denis", "Denis Morel")[1]
    change(Contact, denis, erased_at=datetime.now(UTC))
    assert "This person was erased." in form.submit(status=422)


def test_a_merged_address_gives_the_ticket_to_its_person(back_office, open_ticket, person, change, look_up):
    number = open_ticket()
    denis, other = person("denis@garage.example.com", name="Denis"), person("d@private.example.com", name="D")
    page = back_office.get(f"/admin/tickets/{number}/contact?contact={other}")
    change(Contact, other, merged_into_id=denis)
    next(form for form in page.forms.values() if "contact" in form.fields).submit()
    assert look_up(Ticket, number).contact_id == denis


@pytest.mark.parametrize("contact", ["99", "x"])
def test_nobody_is_not_found(back_office, open_ticket, contact):
    back_office.get(f"/admin/tickets/{open_ticket()}/contact?contact={contact}", status=404)


def test_nobody_found_is_said(back_office, open_ticket):
    page = back_office.get(f"/admin/tickets/{open_ticket()}/contact?q=zzz")
    assert "Who has never asked for help has no contact yet." in page


def test_the_tickets_organisation_is_changed(back_office, open_ticket, organisation, look_up):
    number = open_ticket()
    key = organisation("Fournil")
    form = back_office.get(f"/admin/tickets/{number}/contact").forms["ticket-organisation"]
    form["organisation_id"] = "fournil"
    page = form.submit().follow()
    assert "The ticket's organisation is saved." in page
    assert look_up(Ticket, number).organisation_id == key
    form = back_office.get(f"/admin/tickets/{number}/contact").forms["ticket-organisation"]
    assert form["organisation_id"].value == "Fournil"
    form["organisation_id"] = ""
    form.submit()
    assert look_up(Ticket, number).organisation_id is None
    assert look_up(Organisation, key) is not None


def test_an_unknown_organisation_is_refused_beside_its_field(back_office, open_ticket):
    form = back_office.get(f"/admin/tickets/{open_ticket()}/contact").forms["ticket-organisation"]
    form["organisation_id"] = "Nowhere"
    assert "No organisation has this name." in form.submit(status=422)
