"""A browser for the tests. Without Chromium they are skipped and say so; with NOVANTIC_TEST_STRICT=1 they fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import desk, enter
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from serving import WAIT, Server, find_chromium, launch, make, serve, watch
from visitor import Visitor


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_chromium() is None:
        words = "Chromium is not installed (apt-get install chromium): the browser tests can't run"
        if os.environ.get("NOVANTIC_TEST_STRICT") == "1":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        expect.set_options(timeout=WAIT)
        yield browser
        browser.close()


@pytest.fixture
def novantic_database_url(tmp_path: Path) -> str:
    """One engine is enough here: the same walk without a browser runs on both."""
    return f"sqlite:///{tmp_path}/novantic.db"


@pytest.fixture
def server() -> Iterator[Server]:
    server = make()
    yield server
    server.server_close()


@pytest.fixture
def novantic_settings(novantic_settings: dict[str, str], server: Server) -> dict[str, str]:
    return {**novantic_settings, "novantic.site_url": server.url}


@pytest.fixture
def scheme() -> str:
    """The colour scheme that the browser prefers."""
    return "light"


@pytest.fixture
def context(browser: Browser, scheme: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(color_scheme=scheme, locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose console must stay empty: no error of a script, nothing that the content security policy stopped."""
    page = context.new_page()
    said = watch(page)
    yield page
    assert said == []


@pytest.fixture(scope="module")
def at_work(browser: Browser) -> Iterator[tuple[Visitor, dict[str, Any], list[str]]]:
    """An administrator at a furnished desk that a module shares, what its addresses need, and what the console says."""
    with desk() as (site, known):
        context = browser.new_context(locale="fr-FR")
        context.set_default_timeout(WAIT)
        page = context.new_page()
        said = watch(page)
        visitor = Visitor(page, site.url, site.app, site.mailbox)
        enter(visitor)
        yield visitor, known, said
        context.close()


@pytest.fixture
def visitor(novantic_app: Any, mailbox: Any, server: Server, page: Page) -> Iterator[Visitor]:
    """Somebody in front of the site."""
    with serve(server, novantic_app.wsgi):
        yield Visitor(page, server.url, novantic_app, mailbox)
