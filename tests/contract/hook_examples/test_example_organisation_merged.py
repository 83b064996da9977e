import example_organisation_merged
import pytest
from sqlalchemy import text


@pytest.mark.novantic(plugins=["webform", "prepaid"], extra_plugins={"prepaid": example_organisation_merged})
def test_hours_are_added_up(novantic_app, back_office):
    kept, gone = (novantic_app.add_organisation(name) for name in ("Lefèvre", "Lefevre SARL"))
    with novantic_app.desk() as desk:
        desk.session.execute(text(f"INSERT INTO prepaid_hours VALUES ({kept}, 5), ({gone}, 3)"))
    page = back_office.get(f"/admin/organisations/{kept}/merge?other={gone}")
    next(form for form in page.forms.values() if form.action.endswith("/merge")).submit(status=303)
    with novantic_app.desk() as desk:
        assert desk.session.execute(text("SELECT * FROM prepaid_hours")).all() == [(kept, 8)]
