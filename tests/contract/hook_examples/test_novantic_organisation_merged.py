import novantic_organisation_merged
import pytest
from sqlalchemy import text


@pytest.mark.novantic(plugins=["webform", "prepaid"], extra_plugins={"prepaid": novantic_organisation_merged})
def test_hours_are_added_up(novantic_app, back_office, add_organisation):
    kept, gone = add_organisation("Lefèvre"), add_organisation("Lefevre SARL")
    with novantic_app.desk() as desk:
        desk.session.execute(text(f"INSERT INTO prepaid_hours VALUES ({kept}, 5), ({gone}, 3)"))
    page = back_office.get(f"/admin/organisations/{gone}/merge?other={kept}")
    next(form for form in page.forms.values() if form.action.endswith("/merge")).submit(status=303)
    with novantic_app.desk() as desk:
        assert desk.session.execute(text("SELECT * FROM prepaid_hours")).all() == [(kept, 8)]
