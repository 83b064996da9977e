"""Organisations: added, known by their mail domains, merged, deleted."""

from __future__ import annotations

import pytest

from novantic_core.models import Action, Contact, Organisation, OrganisationDomain, Ticket


def fill(page, **values):
    form = page.forms["organisation"]
    for name, value in values.items():
        form[name] = value
    return form.submit(expect_errors=True)


def names(page):
    return [link.text for link in page.html.select(".rows tbody th a")]


def test_one_is_added(back_office, look_up):
    page = fill(back_office.get("/admin/organisations/new"), name="Garage Denis", contract="yes", notes="Key at No. 4")
    page = page.follow()
    assert "Garage Denis is added. Now give it its mail domains." in page
    row = look_up(Organisation, 1)
    assert (row.name, row.contract, row.notes) == ("Garage Denis", True, "Key at No. 4")
    assert "Under contract" in page


def test_a_name_that_is_taken_is_refused(back_office, organisation):
    organisation("Garage Denis")
    page = fill(back_office.get("/admin/organisations/new"), name="GARAGE DENIS")
    assert page.status_int == 422
    assert "Another organisation has this name." in page.html.find(id="organisation-name-error").text


def test_it_is_changed(back_office, organisation, look_up):
    key = organisation("Garage Denis")
    page = fill(back_office.get(f"/admin/organisations/{key}/edit"), name="Garage Élise", contract="yes", notes="New")
    assert "Garage Élise is saved." in page.follow()
    row = look_up(Organisation, key)
    assert (row.name, row.name_key, row.words, row.contract) == ("Garage Élise", "garage élise", "garage elise", True)


def test_saving_nothing_new_writes_nothing(back_office, organisation, count):
    key = organisation()
    fill(back_office.get(f"/admin/organisations/{key}/edit"))
    assert count(Action) == 1  # the adding


def test_two_who_save_at_once_both_keep_their_words(back_office, organisation, change):
    key = organisation()
    page = back_office.get(f"/admin/organisations/{key}/edit")
    change(Organisation, key, contract=True, version=2)
    again = fill(page, notes="Mine")
    assert again.status_int == 409
    assert "Now saved here: Under contract" in again
    assert again.forms["organisation"]["notes"].value == "Mine"


def test_the_list_shows_numbers_and_finds_by_domain(back_office, organisation, person):
    organisation("Fournil", "lefevre.example.com", contract=True)
    organisation("Garage")
    person()
    page = back_office.get("/admin/organisations")
    assert names(page) == ["Fournil", "Garage"]
    assert [cell.text for cell in page.html.select(".rows tbody tr")[0].select(".number")] == ["1", "1"]
    assert names(back_office.get("/admin/organisations?q=lefevre.example")) == ["Fournil"]
    assert "No organisation has “nothing”" in back_office.get("/admin/organisations?q=nothing")


def test_an_empty_list_says_what_they_are_for(back_office):
    assert "With its mail domain, one finds its people by itself." in back_office.get("/admin/organisations")


def add_domain(page, name):
    form = next(
        form for form in page.forms.values() if form.action.endswith("/domains") and form.method.upper() == "GET"
    )
    form["domain"] = name
    return form.submit(expect_errors=True)


def test_adding_a_domain_says_who_will_join_and_who_did(back_office, organisation, person, open_ticket, look_up):
    key = organisation("Fournil")
    claire = person("claire@lefevre.example.com")
    open_ticket(email="claire@lefevre.example.com")
    open_ticket(email="denis@lefevre.example.com")
    elsewhere = person("zoe@elsewhere.example.com")
    page = add_domain(back_office.get(f"/admin/organisations/{key}"), " @Lefevre.Example.com ")
    assert "2 contacts without an organisation and 3 tickets of theirs join it now." in page
    form = next(form for form in page.forms.values() if form.method.upper() == "POST" and "domain" in form.fields)
    page = form.submit().follow()
    assert "The domain is added: 2 contacts and 3 tickets joined." in page
    assert look_up(Contact, claire).organisation_id == key
    assert look_up(Contact, elsewhere).organisation_id is None
    assert look_up(OrganisationDomain, "lefevre.example.com").organisation_id == key


def test_who_is_in_another_organisation_stays_there(back_office, organisation, person, change, look_up):
    other, key = organisation("Other"), organisation("Fournil")
    claire = person()
    change(Contact, claire, organisation_id=other)
    page = add_domain(back_office.get(f"/admin/organisations/{key}"), "lefevre.example.com")
    assert "No contact of this domain is without an organisation now." in page
    next(form for form in page.forms.values() if form.method.upper() == "POST" and "domain" in form.fields).submit()
    assert look_up(Contact, claire).organisation_id == other


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("gmail.com", "Anybody can have an address at gmail.com"),
        ("claire@Orange.fr", "Anybody can have an address at orange.fr"),
        ("nonsense", "This mail domain is not complete."),
        ("", "This mail domain is not complete."),
        ("a b!.com", "This mail domain is not complete."),
        ("taken.example.com", "This domain belongs to Other."),
        ("mine.example.com", "It is there already."),
    ],
)
def test_a_domain_is_refused(back_office, organisation, typed, sentence):
    organisation("Other", "taken.example.com")
    key = organisation("Fournil", "mine.example.com")
    page = back_office.get(f"/admin/organisations/{key}/domains", {"domain": typed}, status=422)
    assert sentence in page.html.find(id="domain-error").text


def test_a_domain_that_somebody_took_meanwhile_is_refused(back_office, organisation):
    key = organisation("Fournil")
    page = add_domain(back_office.get(f"/admin/organisations/{key}"), "lefevre.example.com")
    organisation("Quicker", "lefevre.example.com")
    form = next(form for form in page.forms.values() if form.method.upper() == "POST" and "domain" in form.fields)
    assert "This domain belongs to Quicker." in form.submit(status=422)


def test_an_international_domain_is_one_however_it_is_written(back_office, organisation, person, look_up):
    key = organisation("Boulangerie")
    person("claire@xn--lefvre-5ua.example.com")
    page = add_domain(back_office.get(f"/admin/organisations/{key}"), "lefèvre.example.com")
    assert "1 contact without an organisation" in page
    next(form for form in page.forms.values() if form.method.upper() == "POST" and "domain" in form.fields).submit()
    assert look_up(OrganisationDomain, "xn--lefvre-5ua.example.com") is not None


def test_who_writes_from_a_domain_belongs_to_it(organisation, person, look_up):
    key = organisation("Fournil", "lefevre.example.com")
    assert look_up(Contact, person()).organisation_id == key


def test_a_domain_is_removed_and_people_stay(back_office, organisation, person, look_up):
    key = organisation("Fournil", "lefevre.example.com")
    claire = person()
    page = back_office.get(f"/admin/organisations/{key}")
    form = next(form for form in page.forms.values() if form.action.endswith("/domains/remove"))
    page = form.submit("domain").follow()
    assert "lefevre.example.com is removed. Contacts that joined by it stay." in page
    assert look_up(OrganisationDomain, "lefevre.example.com") is None
    assert look_up(Contact, claire).organisation_id == key


def test_a_domain_of_another_is_not_removed(back_office, organisation):
    organisation("Other", "taken.example.com")
    key = organisation("Fournil", "mine.example.com")
    page = back_office.get(f"/admin/organisations/{key}")
    form = next(form for form in page.forms.values() if form.action.endswith("/domains/remove"))
    back_office.post(
        form.action, {"csrf_token": form["csrf_token"].value, "domain": "taken.example.com"}, status=404
    )  # fmt: skip


def test_an_empty_one_is_deleted(back_office, organisation, count):
    key = organisation("Fournil", "lefevre.example.com")
    page = back_office.get(f"/admin/organisations/{key}")
    form = next(form for form in page.forms.values() if form.action.endswith("/delete"))
    assert "Fournil is deleted." in form.submit().follow()
    assert (count(Organisation), count(OrganisationDomain)) == (0, 0)


def test_one_with_people_is_not_deleted(back_office, organisation, person, count):
    key = organisation("Fournil", "lefevre.example.com")
    page = back_office.get(f"/admin/organisations/{key}")
    form = next(form for form in page.forms.values() if form.action.endswith("/delete"))
    person()
    assert "only an empty organisation can be deleted" in form.submit().follow()
    assert count(Organisation) == 1
    assert "/delete" not in back_office.get(f"/admin/organisations/{key}")


def test_a_similar_one_is_offered_and_merged(back_office, organisation, person, look_up):
    key = organisation("Lefèvre", notes="One")
    other = organisation("SARL Lefevre", "lefevre.example.com", notes="Two")
    organisation("Garage")
    claire = person()
    page = back_office.get(f"/admin/organisations/{key}").click("Merge duplicates")
    assert [link.text for link in page.html.select("main .plain a")] == ["SARL Lefevre"]
    page = page.click("SARL Lefevre")
    assert "It can't be undone." in page
    form = next(form for form in page.forms.values() if form.action.endswith("/merge"))
    page = form.submit().follow()
    assert "SARL Lefevre is merged into Lefèvre." in page
    assert look_up(Organisation, other) is None
    assert look_up(Contact, claire).organisation_id == key
    assert look_up(OrganisationDomain, "lefevre.example.com").organisation_id == key
    assert look_up(Organisation, key).notes == "One\n\nTwo"


def test_one_is_found_to_merge_by_its_words(back_office, organisation):
    key = organisation("Lefèvre")
    organisation("Garage")
    assert "Garage" in back_office.get(f"/admin/organisations/{key}/merge?q=garage")
    assert "No other organisation is found" in back_office.get(f"/admin/organisations/{key}/merge?q=zzz")


@pytest.mark.parametrize("other", ["99", "x", "1"])
def test_what_is_no_other_one_is_not_found(back_office, organisation, other):
    organisation("Lefèvre")
    back_office.get(f"/admin/organisations/1/merge?other={other}", status=404)


def test_its_page_shows_people_and_tickets(back_office, organisation, person):
    key = organisation("Fournil", "lefevre.example.com")
    person()
    page = back_office.get(f"/admin/organisations/{key}")
    assert names(page) == ["Claire Lefèvre", "Imprimante HP – hors connexion"]


def test_a_hidden_team_hides_its_tickets_and_people(sign_in, organisation, person, change, novantic_app):
    from novantic_core.models import Team

    key = organisation("Fournil", "lefevre.example.com")
    claire = person()
    with novantic_app.transaction() as session:
        session.add(Team(key="secret", label="Secret", private=True))
        session.flush()
        session.get_one(Ticket, 1).team = "secret"
    novantic_app.site.preferences_cache.forget()
    hugo = sign_in()
    page = hugo.get(f"/admin/organisations/{key}")
    assert names(page) == []
    assert names(hugo.get("/admin/contacts")) == []
    hugo.get(f"/admin/contacts/{claire}", status=404)
