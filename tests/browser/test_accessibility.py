"""axe-core finds nothing on any page, light and dark, wide and narrow; and the pages' consoles stay empty."""

from __future__ import annotations

import pytest
from looking import axe_finds_nothing_by_day_and_by_night
from pages import ALL, PORTAL, again
from visitor import Visitor

pytestmark = pytest.mark.slow


def look(visitor: Visitor, name: str) -> None:
    ALL[name](visitor)
    axe_finds_nothing_by_day_and_by_night(visitor.page, name, lambda: again(visitor, name))


@pytest.mark.parametrize("name", list(ALL))
def test_axe_finds_nothing(visitor, name):
    look(visitor, name)


@pytest.mark.parametrize("portal_theme", ["boreal"])
@pytest.mark.parametrize("name", PORTAL)
def test_axe_finds_nothing_under_another_theme(visitor, name, portal_theme):
    look(visitor, name)
