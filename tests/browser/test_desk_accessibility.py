"""axe-core finds nothing on any page of the back office, light and dark, wide and narrow; the consoles stay empty.

One desk for all of them: looking changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import ADDRESSES, desk, enter, open_page
from playwright.sync_api import Browser
from serving import WAIT, watch
from visitor import Visitor

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def at_work(browser: Browser) -> Iterator[tuple[Visitor, dict[str, Any], list[str]]]:
    """An administrator at the desk, and what the console says."""
    with desk() as (site, known):
        context = browser.new_context(locale="fr-FR")
        context.set_default_timeout(WAIT)
        page = context.new_page()
        said = watch(page)
        visitor = Visitor(page, site.url, site.app, site.mailbox)
        enter(visitor)
        yield visitor, known, said
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(ADDRESSES))
def test_axe_finds_nothing(at_work, name, scheme):
    visitor, known, said = at_work
    said.clear()
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    open_page(visitor, name, known)
    for width in (1280, 320):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(visitor.page)
        assert found.violations_count == 0, found.generate_report()
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide in a window of {width}"
    assert said == []
