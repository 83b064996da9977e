"""Two contacts that are one person: offered, merged, separated again."""

from __future__ import annotations

import pytest

from novantic_core.models import Contact, Ticket


def offered(page):
    return {row.select_one("th a").text: row.select_one("th .sub") for row in page.html.select(".rows tbody tr")}


def merge(back_office, one, other, keep=None):
    page = back_office.get(f"/admin/contacts/{one}/merge?other={other}")
    form = next(form for form in page.forms.values() if "other" in form.fields)
    form["keep"] = str(keep or one)
    return form.submit(expect_errors=True)


def test_likely_ones_are_offered_with_what_says_so(back_office, person, organisation, change):
    key = person()
    there = organisation()
    change(Contact, key, organisation_id=there)
    person("c.lefevre@private.example.com", name="Claire Lefevre", phone="02 00 00 00 01")
    person("phone@private.example.com", name="Somebody", phone="+33 1 44 55 66 77")
    initial = person("cl@lefevre.example.com", name="C. Lefèvre", phone="02 00 00 00 03")
    change(Contact, initial, organisation_id=there)
    mate = person("denis@lefevre.example.com", name="Denis Morel", phone="02 00 00 00 02")
    change(Contact, mate, organisation_id=there)
    found = offered(back_office.get(f"/admin/contacts/{key}/merge"))
    assert {name: sub.text for name, sub in found.items()} == {
        "Claire Lefevre": "same name", "Somebody": "same phone number",
        "C. Lefèvre": "same organisation, similar name",
    }  # fmt: skip


def test_nobody_likely_is_said_and_others_are_searched_for(back_office, person):
    key = person()
    person("zoe@elsewhere.example.com", name="Zoé", phone="02 00 00 00 01")
    assert "Nobody has the same name or phone number" in back_office.get(f"/admin/contacts/{key}/merge")
    assert list(offered(back_office.get(f"/admin/contacts/{key}/merge?q=zoe"))) == ["Zoé"]
    assert "Nobody else is found by these words." in back_office.get(f"/admin/contacts/{key}/merge?q=claire")


def test_merging_moves_tickets_and_the_address_leads_on(back_office, person, change, look_up, open_ticket):
    one = person("claire@lefevre.example.com")
    change(Contact, one, phone="")
    other = person("claire@private.example.com", phone="02 00 00 00 01")
    page = merge(back_office, one, other).follow()
    assert "claire@private.example.com now leads to Claire Lefèvre, with all its tickets." in page
    assert "Other addresses" in page
    number = open_ticket(email="claire@private.example.com")
    ticket = look_up(Ticket, number)
    assert (ticket.contact_id, ticket.email) == (one, "claire@private.example.com")
    assert look_up(Contact, one).phone == "02 00 00 00 01"
    assert len(back_office.get(f"/admin/contacts/{one}").html.select(".rows tbody tr")) == 3


def test_the_other_one_may_stay_instead(back_office, person, look_up):
    one, other = person("a@a.example.com"), person("b@a.example.com")
    merge(back_office, one, other, keep=other)
    assert look_up(Contact, one).merged_into_id == other


def test_a_merged_contact_is_found_by_its_address_and_leads_to_the_person(back_office, person):
    one, other = person("claire@lefevre.example.com"), person("claire@private.example.com")
    merge(back_office, one, other)
    assert back_office.get(f"/admin/contacts/{other}").location.endswith(f"/admin/contacts/{one}")
    page = back_office.get("/admin/contacts?q=private.example")
    assert [link.text for link in page.html.select(".rows tbody th a")] == ["Claire Lefèvre"]


def test_separating_gives_the_tickets_back_also_later_ones(back_office, person, look_up, open_ticket):
    one, other = person("claire@lefevre.example.com"), person("claire@private.example.com")
    merge(back_office, one, other)
    number = open_ticket(email="claire@private.example.com")
    page = back_office.get(f"/admin/contacts/{one}")
    form = next(form for form in page.forms.values() if form.action.endswith("/unmerge"))
    page = form.submit("other").follow()
    assert "claire@private.example.com is a contact of its own again" in page
    assert look_up(Contact, other).merged_into_id is None
    assert look_up(Ticket, number).contact_id == other
    assert len(page.html.select(".rows tbody tr")) == 2
    assert len(back_office.get(f"/admin/contacts/{one}").html.select(".rows tbody tr")) == 1


def test_merges_of_merges_lead_to_the_person_in_one_step(back_office, person, look_up, open_ticket):
    first, second, third = (person(f"{name}@a.example.com", name=name) for name in ("Ana", "Bea", "Cleo"))
    merge(back_office, second, first)
    merge(back_office, third, second)
    assert look_up(Contact, first).merged_into_id == third
    assert look_up(Ticket, open_ticket(email="Ana@a.example.com")).contact_id == third


def test_what_was_merged_meanwhile_is_refused(back_office, person, change):
    one, other, third = person("a@a.example.com"), person("b@a.example.com"), person("c@a.example.com")
    page = back_office.get(f"/admin/contacts/{one}/merge?other={other}")
    form = next(form for form in page.forms.values() if "other" in form.fields)
    change(Contact, other, merged_into_id=third)
    form.submit(status=404)


@pytest.mark.parametrize("other", ["1", "99", "x"])
def test_what_is_no_other_one_is_not_found(back_office, person, other):
    person()
    back_office.get(f"/admin/contacts/1/merge?other={other}", status=404)


def test_a_link_proves_its_own_address_only(back_office, person, look_up, portal, mailbox):
    one, other = person("claire@lefevre.example.com"), person("claire@private.example.com")
    merge(back_office, one, other)
    portal.get(mailbox.link(mailbox.to("claire@private.example.com")[-1]))
    assert look_up(Contact, other).verified_at is not None
    assert look_up(Contact, one).verified_at is None
