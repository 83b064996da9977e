"""axe-core finds nothing on any page, light and dark, wide and narrow; and the pages' consoles stay empty."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import ALL

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(ALL))
def test_axe_finds_nothing(visitor, name, scheme):
    ALL[name](visitor)
    for width in (1280, 320):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(visitor.page)
        assert found.violations_count == 0, found.generate_report()
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide in a window of {width}"
