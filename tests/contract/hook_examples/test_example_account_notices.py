import example_account_notices
import pytest


@pytest.mark.novantic(plugins=["webform", "email", "letter"], extra_plugins={"letter": example_account_notices})
def test_a_new_colleague_gets_a_letter_with_a_link_that_works(novantic_app, back_office, portal, tmp_path):
    novantic_app.change_setting("letter", "path", str(tmp_path / "printer"))
    form = back_office.get("/admin/technicians/new").forms["invite"]
    form["name"], form["email"] = "Zoé", "zoe@msp.example.com"
    form.submit(status=303)
    novantic_app.deliver()
    letter = (tmp_path / "printer" / "Zoé.txt").read_text("utf-8")
    assert letter.startswith("Bonjour Zoé,")
    assert "Zoé" in portal.get(letter.split()[-1])
