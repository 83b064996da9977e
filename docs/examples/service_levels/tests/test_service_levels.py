import pytest
from novantic_service_levels.models import Base

from novantic_core.testing import BUILT_IN

pytestmark = pytest.mark.novantic(plugins=[*BUILT_IN, "service_levels"])


@pytest.fixture
def garage(novantic_app):
    """The id of an organisation whose people write from garage.example.com."""
    return novantic_app.add_organisation("Garage Denis", "garage.example.com")


@pytest.fixture
def agree(back_office):
    """An administrator sets an organisation's level on its page."""

    def save(organisation, priority):
        form = back_office.get(f"/admin/service-levels/{organisation}").forms["level"]
        form["priority"] = priority
        return form.submit(status=303).follow()

    return save


def test_an_organisation_is_found_and_given_a_level(garage, back_office):
    page = back_office.get("/admin").click("Niveaux de service")
    assert "Aucune organisation n’a encore de niveau." in page
    page = back_office.get("/admin/service-levels", {"q": "garage"}).click("Garage Denis")
    form = page.forms["level"]
    form["priority"] = "high"
    page = form.submit(status=303).follow()
    assert "C’est enregistré." in page
    assert "Garage Denis" in page.html.select_one(".rows tbody").text


def test_its_tickets_have_that_level_and_say_why(garage, agree, novantic_app, back_office):
    agree(garage, "high")
    ticket = novantic_app.open_ticket(email="paul@garage.example.com", priority="low")
    assert ticket.priority == "high"
    page = back_office.get(f"/admin/tickets/{ticket.number}")
    assert "convenu avec cette organisation" in page.html.find(class_="why").text
    assert novantic_app.open_ticket(email="claire@lefevre.example.com", priority="low").priority == "low"


def test_what_the_client_finds_more_urgent_is_so(garage, agree, novantic_app):
    agree(garage, "high")
    assert novantic_app.open_ticket(email="paul@garage.example.com", priority="urgent").priority == "urgent"


def test_a_level_is_taken_away(garage, agree, novantic_app):
    agree(garage, "high")
    assert "Aucune organisation n’a encore de niveau." in agree(garage, "")
    assert novantic_app.open_ticket(email="paul@garage.example.com").priority == "normal"


def test_a_change_stands_in_the_audit_trail_once(garage, agree, back_office):
    agree(garage, "high")
    agree(garage, "high")
    assert (
        len(back_office.get("/admin/audit?of=desk").html.find_all(string="Niveau de service fixé\u00a0: Garage Denis"))
        == 1
    )


def test_what_is_no_level_is_refused(garage, back_office):
    form = back_office.get(f"/admin/service-levels/{garage}").forms["level"]
    form["priority"].force_value("at once")
    form.submit(status=422)
    back_office.get("/admin/service-levels/999", status=404)


def test_technicians_do_not_set_levels(garage, novantic_app):
    novantic_app.sign_in().get(f"/admin/service-levels/{garage}", status=403)


@pytest.mark.parametrize("own, expected", [(None, "high"), ("urgent", "urgent")])
def test_a_level_follows_an_organisation_into_another(garage, agree, novantic_app, back_office, own, expected):
    agree(garage, "high")
    other = novantic_app.add_organisation("Denis SARL")
    if own:
        agree(other, own)
    page = back_office.get(f"/admin/organisations/{other}/merge?other={garage}")
    next(form for form in page.forms.values() if form.action.endswith("/merge")).submit(status=303)
    assert novantic_app.open_ticket(email="paul@garage.example.com").priority == expected


def test_the_migrations_make_the_tables_that_the_models_describe(novantic_app):
    assert novantic_app.changed_tables(Base.metadata) == []


def test_all_of_it_has_its_french(garage, agree, back_office, untranslated):
    agree(garage, "high")
    for path in (
        "/admin/service-levels?q=x",
        "/admin/service-levels",
        f"/admin/service-levels/{garage}",
        "/admin/audit",
    ):
        back_office.get(path)
    assert untranslated == {}
