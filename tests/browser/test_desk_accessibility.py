"""axe-core finds nothing on any page of the back office, light and dark, wide and narrow; the consoles stay empty.

One desk for all of them: looking changes nothing.
"""

from __future__ import annotations

import pytest
from desk import ADDRESSES, open_page
from looking import axe_finds_nothing_by_day_and_by_night

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_axe_finds_nothing(at_work, name):
    visitor, known, said = at_work
    said.clear()
    visitor.page.set_viewport_size({"width": 1280, "height": 800})
    visitor.page.emulate_media(color_scheme="light")
    open_page(visitor, name, known)
    axe_finds_nothing_by_day_and_by_night(visitor.page, name, lambda: open_page(visitor, name, known))
    assert said == []
