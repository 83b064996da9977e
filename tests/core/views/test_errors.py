"""A page that failed: what is logged, and what is shown."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from novantic_core.views.errors import without_token

pytestmark = pytest.mark.usefixtures("portal_theme")


@pytest.mark.parametrize(
    "path, shown",
    [
        ("/access/secret", "/access/…"),
        ("/access/secret/renew", "/access/…/renew"),
        ("/admin/setup/secret", "/admin/setup/…"),
        ("/admin/password/secret", "/admin/password/…"),
        ("/kb/access", "/kb/access"),
    ],
)
def test_a_links_token_is_not_logged(path, shown):
    assert without_token(path) == shown


@pytest.mark.novantic(settings={"novantic.debug": "false"})
def test_the_page_that_says_so_doesn_t_ask_the_database_that_failed(back_office, monkeypatch):
    def fail(_site, session, *_rest, **_options):
        session.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr("novantic_core.views.admin.queue.page.list_tickets", fail)
    page = back_office.get("/admin/tickets", status="5*")
    assert page.content_type == "text/html"
    assert page.html.h1
