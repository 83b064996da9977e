import example_search_sources
import pytest

PLUGINS = {"plugins": ["webform", "website"], "extra_plugins": {"website": example_search_sources}}


@pytest.mark.novantic(**PLUGINS)
def test_the_search_of_the_home_page_finds_the_website_too(portal):
    page = portal.get("/search?q=horaires")
    assert page.html.find("a", string="Nos horaires")["href"] == "https://www.msp.example.com/horaires"
    assert "Nos contrats" not in page


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_a_source_that_fails_leaves_the_page_as_it_is(portal, monkeypatch):
    monkeypatch.setattr(example_search_sources, "PAGES", None)
    assert portal.get("/search?q=horaires").status_int == 200
