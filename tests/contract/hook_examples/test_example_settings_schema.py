import example_settings_schema
import pytest

from novantic_core.plugin import SettingsError

PLUGIN = {"plugins": ["webform", "vip"], "extra_plugins": {"vip": example_settings_schema}}


@pytest.mark.novantic(**PLUGIN, settings={"novantic.vip.addresses": "pdg@lefevre.example.com"})
def test_the_file_says_who_is_important(novantic_app):
    assert novantic_app.open_ticket(email="PDG@lefevre.example.com").priority == "urgent"
    assert novantic_app.open_ticket().priority == "normal"


@pytest.mark.novantic(**PLUGIN)
def test_an_administrator_sets_it_on_a_page_and_it_holds_at_once(novantic_app, back_office):
    form = back_office.get("/admin/settings/plugins/vip").forms["plugin"]
    # the page has a field for each setting, in order
    form["s0"] = "nobody"
    assert "e-mail addresses, separated by commas" in form.submit(status=422)
    form["s0"] = "claire@lefevre.example.com"
    form.submit(status=303)
    assert novantic_app.open_ticket().priority == "urgent"


@pytest.mark.novantic(**PLUGIN, settings={"novantic.vip.addresses": "pdg"})
def test_a_word_that_is_no_address_stops_the_start(request, novantic_settings):
    with pytest.raises(SettingsError, match=r"novantic.vip.addresses = pdg: it takes e-mail addresses"):
        request.getfixturevalue("novantic_app")
