import example_contact_erase
import pytest
from sqlalchemy import text

PLUGINS = {"plugins": ["webform", "local_storage", "birthday"], "extra_plugins": {"birthday": example_contact_erase}}
ROW = "INSERT INTO birthday_person VALUES ('claire@lefevre.example.com', '1980-05-03', '{}')"


def erase(back_office):
    page = back_office.get("/admin/contacts/1/erase")
    form = next(form for form in page.forms.values() if form.action.endswith("/erase"))
    form["address"] = "claire@lefevre.example.com"
    return form.submit(expect_errors=True)


@pytest.mark.novantic(**PLUGINS)
@pytest.mark.parametrize("state, left", [("", 0), ("printing", 1)])
def test_the_birthday_goes_with_the_person_or_nothing_does(novantic_app, back_office, state, left):
    novantic_app.open_ticket()
    with novantic_app.desk() as desk:
        desk.session.execute(text(ROW.format(state)))
    page = erase(back_office)
    with novantic_app.desk() as desk:
        assert desk.session.scalar(text("SELECT count(*) FROM birthday_person")) == left
        kept = desk.session.scalar(text("SELECT count(*) FROM contact WHERE email LIKE 'claire@%'"))
    assert kept == left
    assert ("Une carte est en cours d’impression" in page) == bool(left)
