import example_search_indexes
import pytest


@pytest.mark.novantic(plugins=["webform", "runbooks"], extra_plugins={"runbooks": example_search_indexes})
def test_a_runbook_is_found_by_its_words_stems(novantic_app):
    with novantic_app.desk() as desk:
        desk.changed("runbooks", 1, 2)
    with novantic_app.desk() as desk:
        assert [hit.id for hit in desk.find("runbooks", "sauvegardes")] == [1]
        assert [hit.id for hit in desk.find("runbooks", "remplacer imprimantes")] == [2]
        assert not desk.find("runbooks", "téléphone")
