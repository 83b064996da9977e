"""The queue in a browser: news that come by themselves, boxes that tick together, filters that apply at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from desk import HUGO, desk, enter
from playwright.sync_api import Browser, expect
from serving import WAIT
from sqlalchemy import select
from visitor import Visitor

from novantic_core.models import Ticket
from novantic_core.services.discuss import add_note

pytestmark = pytest.mark.slow


@pytest.fixture
def at_work(browser: Browser) -> Iterator[Visitor]:
    """An administrator in front of the queue."""
    with desk() as (site, _known):
        context = browser.new_context()
        context.add_cookies([{"name": "lang", "value": "en", "url": site.url}])
        context.set_default_timeout(WAIT)
        visitor = Visitor(context.new_page(), site.url, site.app, site.mailbox)
        enter(visitor)
        visitor.go("/admin/tickets")
        yield visitor
        context.close()


def write_note(visitor: Visitor, number: str) -> None:
    with visitor.app.transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        add_note(visitor.app.site, session, ticket, HUGO, "<p>Seen.</p>", datetime.now(UTC))


def test_news_are_told_and_no_row_moves(at_work: Visitor) -> None:
    page: Any = at_work.page
    numbers = page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.dataset.number)")
    write_note(at_work, numbers[-1])
    # who comes back to the tab is told at once
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-news-words]")).to_have_text("One ticket has news")
    expect(page.locator(f"tr[data-number='{numbers[-1]}'] .tag.news")).to_be_visible()
    assert page.title().startswith("(1) ")
    assert page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.dataset.number)") == numbers
    page.locator("[data-news-show]").click()
    expect(page.locator("tbody tr").first).to_have_attribute("data-number", numbers[-1])
    expect(page.locator("[data-news-show]")).to_be_hidden()


def test_one_box_ticks_all_and_a_filter_applies_as_it_is_chosen(at_work: Visitor) -> None:
    page: Any = at_work.page
    button = page.locator("[data-bulk-bar] button")
    expect(button).to_be_disabled()
    page.locator("[data-all]").check()
    ticked = page.locator("[data-one]:checked").count()
    assert ticked == page.locator("[data-one]").count() > 1
    expect(page.locator("[data-bulk-count]")).to_have_text(f"({ticked})")
    page.locator("tbody [data-one]").first.uncheck()
    assert page.locator("[data-all]").evaluate("box => box.indeterminate && !box.checked")
    page.select_option("#bulk-priority", "low")
    button.click()
    expect(page.locator(".done")).to_contain_text("changed")
    page.select_option("#filter-priority", "low")
    page.wait_for_url("**/admin/tickets?priority=low")
    expect(page.locator(".chips.set")).to_contain_text("Priority: Low")
