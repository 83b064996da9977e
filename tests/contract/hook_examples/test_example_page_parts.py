import example_page_parts
import pytest

PLUGINS = {"plugins": ["webform", "closed"], "extra_plugins": {"closed": example_page_parts}}


@pytest.mark.novantic(**PLUGINS, settings={"novantic.closed.until": "2999-01-04"})
def test_the_home_page_says_until_when_in_the_readers_language(portal):
    assert "Nos bureaux sont fermés jusqu’au 4 janv. 2999." in portal.get("/").html.find(class_="notice").text
    page = portal.get("/", headers={"Accept-Language": "en"})
    assert "Our office is closed until 4 Jan 2999." in page.html.find(class_="notice").text
    assert "fermés" not in portal.get("/tickets/new")


@pytest.mark.novantic(**PLUGINS)
def test_without_a_date_it_says_nothing(portal):
    assert "fermés" not in portal.get("/")
