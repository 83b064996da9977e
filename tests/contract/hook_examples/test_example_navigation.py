import example_navigation
import pytest


@pytest.mark.novantic(plugins=["webform", "remote_help"], extra_plugins={"remote_help": example_navigation})
def test_the_tab_leads_to_the_programme(portal):
    assert portal.get("/").click("Prise en main à distance").location == example_navigation.PROGRAMME
