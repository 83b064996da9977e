import example_action_kinds
import pytest


@pytest.mark.novantic(plugins=["webform", "backups"], extra_plugins={"backups": example_action_kinds})
def test_the_trail_says_who_tried_it(back_office):
    token = back_office.get("/admin/categories/new").html.find("input", attrs={"name": "csrf_token"})["value"]
    values = {"csrf_token": token, "client": "Garage Denis"}
    assert "C’est noté pour Garage Denis." in back_office.post("/admin/backups/restored", values).follow()
    line = back_office.get("/admin/audit?of=desk").html.find(string="Restauration vérifiée : Garage Denis")
    assert "Ada" in line.find_parent("tr").text
