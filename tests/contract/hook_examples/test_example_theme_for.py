import example_theme_for
import pytest

PLUGINS = {"plugins": ["webform", "text_only"], "extra_plugins": {"text_only": example_theme_for}}


@pytest.mark.novantic(**PLUGINS)
def test_a_text_browser_gets_the_plain_theme(portal):
    assert "/static/plain/" in portal.get("/", headers={"User-Agent": "Lynx/2.9.0"})
    assert "/static/novantic/" in portal.get("/", headers={"User-Agent": "Mozilla/5.0"})


@pytest.mark.novantic(**PLUGINS, settings={"novantic.debug": "false"})
def test_when_it_fails_the_brands_theme_is_used(portal, monkeypatch):
    monkeypatch.setattr(example_theme_for, "TEXT_BROWSERS", 1)
    assert "/static/novantic/" in portal.get("/", headers={"User-Agent": "Lynx/2.9.0"})
