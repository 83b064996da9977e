"""Contacts: found, read, put right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from novantic_core.models import Action, Contact, Ticket


def names(page):
    return [link.text for link in page.html.select(".rows tbody th a")]


def test_the_list_goes_by_name_without_accents(back_office, person):
    person("z@a.example.com", name="Zoé")
    person("e@a.example.com", name="Élise")
    person("d@a.example.com", name="denis")
    assert names(back_office.get("/admin/contacts")) == ["denis", "Élise", "Zoé"]


@pytest.mark.parametrize(
    "words",
    ["lefevre", "LEFÈVRE claire", "claire@lefevre.example.com", "boulangerie", "01 44 55 66 77", "+33 1 44 55 66 77"],
)
def test_a_contact_is_found_by(back_office, person, words):
    person()
    person("other@elsewhere.example.com", name="Denis", company="Garage", phone="02 11 22 33 44")
    assert names(back_office.get("/admin/contacts", {"q": words})) == ["Claire Lefèvre"]


def test_a_contact_is_found_by_its_organisation(back_office, person, organisation):
    organisation("Fournil du Marché", "lefevre.example.com")
    person()
    assert names(back_office.get("/admin/contacts?q=fournil")) == ["Claire Lefèvre"]


def test_nobody_found_is_said(back_office, person):
    person()
    assert "No contact has “100%”" in back_office.get("/admin/contacts", {"q": "100%"})


def test_an_empty_list_says_where_contacts_come_from(back_office):
    assert "Contacts come with their first ticket." in back_office.get("/admin/contacts")


@pytest.fixture
def many(novantic_app):
    with novantic_app.transaction() as session:
        session.execute(insert(Contact), [
            {"email_key": f"p{n}@a.example", "email": f"p{n}@a.example", "name": f"Person {n:03}",
             "created_at": datetime.now(UTC)}
            for n in range(120)
        ])  # fmt: skip


def test_pages_lead_on_and_back(back_office, many):
    first = back_office.get("/admin/contacts?q=person")
    assert names(first)[0] == "Person 000"
    assert len(names(first)) == 50
    assert not first.html.select(".pages [rel=prev]")
    second = first.click("Next page")
    third = second.click("Next page")
    assert names(second)[0] == "Person 050"
    assert names(third) == [f"Person {n}" for n in range(100, 120)]
    assert not third.html.select(".pages [rel=next]")
    back = third.click("Previous page")
    assert names(back) == names(second)
    assert names(back.click("Previous page")) == names(first)


def test_a_place_that_is_nonsense_is_the_first_page(back_office, many):
    assert names(back_office.get("/admin/contacts?after=x"))[0] == "Person 000"
    assert names(back_office.get("/admin/contacts?after=99999999"))[0] == "Person 000"


def test_a_page_past_the_end_is_empty(back_office, many):
    assert names(back_office.get("/admin/contacts?before=1")) == []


def test_the_list_takes_the_same_statements_however_long(back_office, many, statements):
    back_office.get("/admin/contacts")
    with statements() as sent:
        back_office.get("/admin/contacts")
    assert len(sent) <= 6


def test_the_page_says_what_is_known(back_office, person):
    page = back_office.get(f"/admin/contacts/{person()}")
    assert "claire@lefevre.example.com" in page
    assert "01 44 55 66 77" in page
    assert "not proved" in page
    assert page.html.select_one("a[href='tel:0144556677']") is not None


def test_the_address_is_proved_once_a_link_was_opened(back_office, visit):
    visit()
    assert "proved: a mailed link was opened on" in back_office.get("/admin/contacts/1")


def test_tickets_stand_there_newest_first(back_office, person, open_ticket):
    key = person(subject="First")
    open_ticket(subject="Second")
    page = back_office.get(f"/admin/contacts/{key}")
    assert names(page) == ["Second", "First"]


def test_older_tickets_are_on_the_next_page(back_office, person, novantic_app):
    key = person(subject="Oldest")
    with novantic_app.transaction() as session:
        model = session.get_one(Ticket, 1)
        row = {column.name: getattr(model, column.name) for column in Ticket.__table__.columns}
        session.execute(insert(Ticket), [
            {**row, "id": 100 + n, "number": f"9{n:05}", "submission": None, "subject": f"Ticket {n}"}
            for n in range(25)
        ])  # fmt: skip
    page = back_office.get(f"/admin/contacts/{key}").click("Older tickets")
    assert names(page)[-1] == "Oldest"
    assert names(page.click("Newest tickets"))[0] == "Ticket 24"


def test_who_is_not_there_is_not_found(back_office):
    back_office.get("/admin/contacts/12", status=404)


def fill(page, **values):
    form = page.forms["contact"]
    for name, value in values.items():
        form[name] = value
    return form.submit(expect_errors=True)


def test_facts_are_put_right(back_office, person, look_up, organisation):
    organisation("Lefèvre SARL")
    key = person()
    page = fill(
        back_office.get(f"/admin/contacts/{key}/edit"), name="Claire Martin", phone="02 11 22 33 44", company="Four",
        organisation_id="lefèvre sarl", notes="Rings in the morning.",
    ).follow()  # fmt: skip
    assert "What is known of Claire Martin is saved." in page
    row = look_up(Contact, key)
    assert (row.name, row.phone, row.company, row.notes) == (
        "Claire Martin", "02 11 22 33 44", "Four", "Rings in the morning.",
    )  # fmt: skip
    assert row.organisation_id is not None
    assert row.words.startswith("claire martin")
    assert "Rings in the morning." in page
    assert "Lefèvre SARL" in page


def test_saving_nothing_new_writes_nothing(back_office, person, count):
    key = person()
    fill(back_office.get(f"/admin/contacts/{key}/edit"))
    assert count(Action) == 0


def test_the_trail_names_facts_and_no_person(back_office, person, novantic_app):
    key = person()
    fill(back_office.get(f"/admin/contacts/{key}/edit"), name="Somebody Else")
    with novantic_app.transaction() as session:
        action = session.get_one(Action, 1)
        assert (action.kind, action.subject, action.changes) == (
            "contact_saved", f"contact {key}", {"facts": [None, ["name"]]},
        )  # fmt: skip


def test_what_a_technician_put_right_no_later_ticket_overwrites(back_office, person, open_ticket, look_up):
    key = person()
    fill(back_office.get(f"/admin/contacts/{key}/edit"), phone="02 11 22 33 44")
    open_ticket(phone="01 99 99 99 99")
    assert look_up(Contact, key).phone == "02 11 22 33 44"


def test_tickets_without_an_organisation_go_along(back_office, person, look_up, organisation):
    key = person()
    there = organisation()
    fill(back_office.get(f"/admin/contacts/{key}/edit"), organisation_id="Lefèvre SARL")
    page = back_office.get(f"/admin/organisations/{there}")
    assert "Imprimante HP" in page


def test_an_unknown_organisation_is_refused_beside_its_field(back_office, person):
    page = fill(back_office.get(f"/admin/contacts/{person()}/edit"), organisation_id="Nowhere")
    assert page.status_int == 422
    assert "No organisation has this name." in page.html.find(id="contact-organisation_id-error").text


def test_an_address_that_another_has_is_refused(back_office, person):
    key = person()
    person("denis@garage.example.com", name="Denis")
    page = fill(back_office.get(f"/admin/contacts/{key}/edit"), email="DENIS@garage.example.com")
    assert page.status_int == 422
    assert "Another contact has this address: Denis." in page.html.find(id="contact-email-error").text


def test_a_new_address_is_not_proved(back_office, visit, look_up):
    visit()
    fill(back_office.get("/admin/contacts/1/edit"), email="claire@new.example.com")
    row = look_up(Contact, 1)
    assert (row.email, row.email_key, row.verified_at) == ("claire@new.example.com", "claire@new.example.com", None)


def test_the_same_address_written_otherwise_stays_proved(back_office, visit, look_up):
    visit()
    fill(back_office.get("/admin/contacts/1/edit"), email="Claire@Lefevre.example.com")
    row = look_up(Contact, 1)
    assert row.email == "Claire@Lefevre.example.com"
    assert row.verified_at is not None


def test_two_who_save_at_once_both_keep_their_words(back_office, person, organisation, change):
    key = person()
    there = organisation()
    page = back_office.get(f"/admin/contacts/{key}/edit")
    change(Contact, key, phone="02 00 00 00 00", organisation_id=there, version=2)
    again = fill(page, phone="03 11 11 11 11")
    assert again.status_int == 409
    assert again.forms["contact"]["phone"].value == "03 11 11 11 11"
    assert "Now saved here: 02 00 00 00 00" in again
    assert "Now saved here: Lefèvre SARL" in again
