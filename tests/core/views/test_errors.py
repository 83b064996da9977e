"""What is logged of a page that failed."""

from __future__ import annotations

import pytest

from novantic_core.views.errors import without_token


@pytest.mark.parametrize(
    "path, shown",
    [
        ("/access/secret", "/access/…"),
        ("/access/secret/renew", "/access/…/renew"),
        ("/admin/setup/secret", "/admin/setup/…"),
        ("/kb/access", "/kb/access"),
    ],
)
def test_a_links_token_is_not_logged(path, shown):
    assert without_token(path) == shown
