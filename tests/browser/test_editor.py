"""The editor beside what else is on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from visitor import Visitor

pytestmark = pytest.mark.slow


def test_the_editor_follows_the_browsers_colours(visitor: Visitor):
    page = visitor.page
    page.emulate_media(color_scheme="light")
    visitor.open_form()
    visitor.write("Bonjour, elle est branchée.")
    inside = page.frame_locator(".tox-edit-area iframe")
    for scheme, skin, other in (("dark", "oxide-dark", "oxide"), ("light", "oxide", "oxide-dark")):
        page.emulate_media(color_scheme=scheme)
        for place in (page, inside):
            expect(place.locator(f"link[href*='/skins/ui/{skin}/']")).not_to_have_count(0)
            expect(place.locator(f"link[href*='/skins/ui/{other}/']")).to_have_count(0)
        # the same editor, with the words in it
        expect(visitor.text).to_contain_text("elle est branchée")
