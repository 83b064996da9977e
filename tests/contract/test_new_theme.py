"""What `novantic new theme` writes, beside the wheel alone: its own tests, and a desk that wears it."""

from __future__ import annotations

import pytest
from environments import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(params=["novantic", "plain"])
def theme(environment_for_tests, tmp_path, request):
    """A theme on each of the parents that there are."""
    options = ("--accent", "ffe600", "--label", "Aurore & Fils", "--parent", request.param)
    environment_for_tests.run("novantic", "new", "theme", "aurore", *options, cwd=tmp_path)
    return tmp_path / "aurore"


def test_its_own_tests_pass(environment_for_tests, theme):
    assert " passed" in environment_for_tests.run(
        "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", theme, cwd=theme.parent
    )


def test_a_desk_wears_it_on_pages_and_in_mails(environment_for_tests, theme):
    site = Site(environment_for_tests, theme.parent, more="novantic.themes_path = %(here)s\nnovantic.theme = aurore")
    site.run("init")
    site.run("theme", "check", "aurore")
    with site.served():
        page = site.get("/")
        assert "<title>Accueil · Aurore &amp; Fils</title>" in page
        assert "Votre informatique entre de bonnes mains." in page
        site.open_ticket()
    site.run("worker", "--once")
    (mail,) = site.mails
    assert "noreply@aurore.example" in mail.read_text("utf-8")
