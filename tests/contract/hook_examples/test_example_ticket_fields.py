import example_ticket_fields
import pytest

PLUGINS = {"plugins": ["webform", "email", "inventory"], "extra_plugins": {"inventory": example_ticket_fields}}


@pytest.mark.novantic(**PLUGINS)
def test_a_wrong_number_is_refused_beside_the_field(portal):
    form = portal.get("/tickets/new").forms["ticket"]
    form["inventory"] = "mon PC"
    page = form.submit(status=422)
    assert "par exemple PC-0042" in page.html.find(id="ticket-inventory-error").text


@pytest.mark.novantic(**PLUGINS)
def test_a_good_one_stands_on_the_ticket(novantic_app, back_office):
    ticket = novantic_app.open_ticket(fields={"inventory": example_ticket_fields.parse("pc 42")})
    page = back_office.get(f"/admin/tickets/{ticket.number}")
    assert "Inventory number" in page or "Numéro d’inventaire" in page
    assert "PC-0042" in page
