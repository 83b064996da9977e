"""axe-core finds nothing on any page, light and dark, wide and narrow; and the pages' consoles stay empty."""

from __future__ import annotations

import pytest
from looking import axe_finds_nothing
from pages import ALL, PORTAL

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(ALL))
def test_axe_finds_nothing(visitor, name, scheme):
    ALL[name](visitor)
    axe_finds_nothing(visitor.page, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("portal_theme", ["boreal"])
@pytest.mark.parametrize("name", PORTAL)
def test_axe_finds_nothing_under_another_theme(visitor, name, portal_theme, scheme):
    ALL[name](visitor)
    axe_finds_nothing(visitor.page, name)
