"""The clock of the time that work takes: started by a link, filled in by a script, forgotten when it is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_a_session_starts_the_clock_and_the_form_takes_its_minutes(at_work):
    visitor, known, said = at_work
    page = visitor.page
    visitor.go(f"/admin/tickets/{known['critical']}")
    expect(page.locator("[data-clock]")).to_be_hidden()
    # there is no program here to open
    page.evaluate("document.querySelector('.teamviewer a').addEventListener('click', event => event.preventDefault())")
    page.click(".teamviewer a.btn")
    expect(page.locator("[data-clock]")).to_be_visible()
    expect(page.locator("#time-minutes")).to_have_value("1")
    # the mark outlives the page, as long as the tab is there
    page.evaluate(f"sessionStorage.setItem('work-on-{known['critical']}', Date.now() - 25 * 60000)")
    page.reload()
    expect(page.locator("#time-minutes")).to_have_value("25")
    page.click("[data-clock-use]")
    page.click("#time button[type=submit]")
    expect(page.locator(".done")).to_contain_text("25")
    expect(page.locator("[data-clock]")).to_be_hidden()
    assert said == []


def test_what_was_typed_stays_and_a_clock_can_be_forgotten(at_work):
    visitor, known, said = at_work
    page = visitor.page
    visitor.go(f"/admin/tickets/{known['critical']}")
    page.evaluate(f"sessionStorage.setItem('work-on-{known['critical']}', Date.now() - 25 * 60000)")
    page.reload()
    page.click(".time-more summary")
    page.fill("#time-minutes", "10")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#time-minutes")).to_have_value("10")
    page.click("[data-clock-forget]")
    expect(page.locator("[data-clock]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-clock]")).to_be_hidden()
    assert said == []
