"""An article read with a browser: an answer without leaving it, a reading that is counted once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from visitor import Visitor

from novantic_faq.models import Answer, Article, ArticleText

pytestmark = pytest.mark.slow

PRINTER = "/kb/imprimante-hors-connexion"


def figures(visitor: Visitor) -> tuple[int, int, int]:
    """How the article stands: useful, useless, views."""
    with visitor.app.site.database.session(write=False) as session:
        counts = select(Article.useful, Article.useless, Article.views).join(
            ArticleText, ArticleText.article_id == Article.id
        )
        return tuple(session.execute(counts.where(ArticleText.slug == PRINTER.rpartition("/")[2])).one())


def open_counted(visitor: Visitor) -> None:
    with visitor.page.expect_response("**/read") as answer:
        visitor.go(PRINTER)
    assert answer.value.status == 204


def test_a_reading_is_counted_when_somebody_comes_and_not_when_they_reload(visitor: Visitor):
    open_counted(visitor)
    cookies = {cookie["name"] for cookie in visitor.page.context.cookies()}
    assert figures(visitor)[2] == 1
    asked = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.page.reload()
    visitor.go("/kb")
    visitor.page.go_back()
    expect(visitor.page.locator("h1")).to_be_visible()
    assert not [url for url in asked if url.endswith("/read")]
    assert figures(visitor)[2] == 1
    # the token of the forms, which every page has
    assert cookies == {"csrf_token"}
    assert visitor.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_an_answer_leaves_the_reader_where_they_are_and_can_be_changed_by_keyboard(visitor: Visitor):
    open_counted(visitor)
    page = visitor.page
    yes, no = (page.locator(f"#useful button[value={value}]") for value in ("yes", "no"))
    page.evaluate("window.stays = true")
    yes.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#useful [role=status] .done")).to_be_visible()
    expect(yes).to_have_attribute("aria-pressed", "true")
    assert figures(visitor)[:2] == (1, 0)
    page.keyboard.press("Tab")
    expect(no).to_be_focused()
    page.keyboard.press("Space")
    link = page.locator("#useful [role=status] a")
    expect(link).to_be_visible()
    expect(yes).to_have_attribute("aria-pressed", "false")
    assert figures(visitor)[:2] == (0, 1)
    assert page.evaluate("window.stays")
    link.click()
    expect(page.locator("[name=subject]")).to_have_value("Imprimante hors connexion : les premières vérifications")


def test_an_answer_whose_way_is_cut_is_sent_as_a_form_is(visitor: Visitor):
    open_counted(visitor)
    tried = []

    def cut(route):
        tried.append(route.request.resource_type)
        route.abort() if route.request.resource_type == "fetch" else route.continue_()

    visitor.page.route("**/useful", cut)
    visitor.page.locator("#useful button[value=yes]").click()
    visitor.page.wait_for_url("**?useful=yes#useful")
    assert tried == ["fetch", "document"]
    assert figures(visitor)[:2] == (1, 0)
    with visitor.app.transaction() as session:
        assert len(session.scalars(select(Answer)).all()) == 1


def test_a_printed_article_stands_alone_with_its_address(visitor: Visitor):
    open_counted(visitor)
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator(".kb-printed")).to_contain_text(visitor.url + PRINTER)
    for away in (".breadcrumbs", "#useful", ".stuck", ".languages", ".tabs", ".kb-about form"):
        expect(visitor.page.locator(away).first).to_be_hidden()
