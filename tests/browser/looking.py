"""What a look at any page must find."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def axe_finds_nothing(page: Page, name: str) -> None:
    """A page is accessible as far as axe can tell, and no wider than its window, on a desk and on a telephone."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        found = _look(page)
        assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} pixels wide in a window of {width}"


def axe_finds_nothing_by_day_and_by_night(page: Page, name: str, come_again: Callable[[], object]) -> None:
    """The same in light and in dark colours.

    :param come_again: makes the page anew. The editor's colours are those of the moment in which it was made; all else
        follows the browser
    """
    for scheme in ("light", "dark"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if scheme == "dark" and page.locator("[data-editor]").count():
            come_again()
        # a button's colours fade into one another
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        axe_finds_nothing(page, f"{name}, {scheme}")


def _look(page: Page) -> AxeResults:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe().axe_script)
    return AxeResults(page.evaluate("axe.run(document, {resultTypes: ['violations']})"))


@cache
def _axe() -> Axe:
    return Axe()
