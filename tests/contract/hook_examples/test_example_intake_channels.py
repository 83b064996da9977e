import example_intake_channels
import pytest


@pytest.mark.novantic(plugins=["webform", "counter"], extra_plugins={"counter": example_intake_channels})
def test_a_machine_is_taken_in(back_office):
    token = back_office.get("/admin/categories/new").html.find("input", attrs={"name": "csrf_token"})["value"]
    values = {"csrf_token": token, "email": "marc@petit.example.com", "name": "Marc Petit", "machine": "HP 250"}
    page = back_office.post("/admin/counter", values).follow()
    assert "Machine déposée : HP 250" in page
    assert "à l’atelier" in page
