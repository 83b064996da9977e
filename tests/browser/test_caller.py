"""Who is calling: contacts are offered as one types, by mouse or keyboard, and fill the form in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from visitor import Visitor

pytestmark = pytest.mark.slow


@pytest.fixture
def visitor(at_work: tuple[Visitor, dict[str, Any], list[str]]) -> Iterator[Visitor]:
    """A technician at the form of a new ticket."""
    found, _known, said = at_work
    found.go("/admin/tickets/new")
    yield found
    assert said == []


def test_by_keyboard(visitor):
    page = visitor.page
    page.fill("[name=subject]", "Déjà écrit")
    caller = page.get_by_role("combobox", name="Qui appelle ?")
    caller.press_sequentially("petit")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(caller).to_have_attribute("aria-expanded", "true")
    caller.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    name = page.get_by_role("option").first.locator("strong").inner_text()
    caller.press("Enter")
    expect(page.locator("#on-behalf [name=name]")).to_have_value(name)
    expect(page.locator("#known h2")).to_have_text(name)
    expect(page.locator("[name=subject]")).to_be_focused()
    # what was written besides stays
    expect(page.locator("[name=subject]")).to_have_value("Déjà écrit")


def test_escape_closes_the_list_and_keeps_the_words(visitor):
    caller = visitor.page.get_by_role("combobox", name="Qui appelle ?")
    caller.press_sequentially("petit")
    expect(visitor.page.get_by_role("listbox")).to_be_visible()
    caller.press("Escape")
    expect(visitor.page.get_by_role("listbox")).to_be_hidden()
    expect(caller).to_have_value("petit")


def test_by_mouse(visitor):
    page = visitor.page
    page.get_by_role("combobox", name="Qui appelle ?").press_sequentially("marc petit")
    page.get_by_role("option", name="Marc Petit").click()
    expect(page.locator("#on-behalf [name=email]")).to_have_value("marc@garage-petit.example")
    expect(page.locator("#on-behalf [name=phone]")).to_have_value("06 12 34 56 78")
    expect(page.locator("#on-behalf [name=teamviewer_id]")).to_have_value("123456789")


def test_nobody_is_said(visitor):
    visitor.page.get_by_role("combobox", name="Qui appelle ?").press_sequentially("zzzz")
    expect(visitor.page.locator(".caller [role=status]")).to_have_text(
        "Personne n’a été trouvé : remplissez le formulaire ci-dessous."
    )
