"""Writing articles and putting them into replies, with JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from looking import axe_finds_nothing
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from visitor import PICTURE, Visitor

from novantic_core.models import Message
from novantic_core.plugin import Actor
from novantic_core.services.keep_organisation import create_organisation
from novantic_core.services.open_ticket import open_ticket
from novantic_core.values import TicketDraft
from novantic_faq.models import Article, ArticleFile, ArticleText, Reader

pytestmark = pytest.mark.slow


@pytest.fixture
def ada(visitor: Visitor) -> Page:
    visitor.sign_in()
    return visitor.page


def text(page: Page, form: str) -> Locator:
    return page.frame_locator(f"#{form} .tox-edit-area iframe").locator("body")


def test_an_article_is_written_previewed_and_published(ada: Page, visitor: Visitor):
    visitor.go("/admin/faq/new")
    expect(text(ada, "article")).to_be_editable()
    ada.get_by_label("Titre").fill("Changer l’encre")
    text(ada, "article").click()
    ada.keyboard.type("Ouvrez le capot.")
    ada.get_by_label("Rayon").select_option("Imprimantes")
    ada.set_input_files("#article [type=file]", {"name": "notice.png", "mimeType": "image/png", "buffer": PICTURE})
    ada.get_by_role("button", name="Enregistrer et voir l’aperçu").click()
    expect(ada.locator(".preview-bar")).to_contain_text("Aperçu du brouillon")
    expect(ada.get_by_role("link", name="notice.png")).to_be_visible()
    axe_finds_nothing(ada, "preview")
    ada.get_by_role("link", name="Retour à la rédaction").click()
    expect(text(ada, "text")).to_have_text("Ouvrez le capot.")
    ada.get_by_role("button", name="Publier").click()
    expect(ada.locator(".done")).to_have_text(
        "Publié : les lecteurs le voient dès maintenant.".replace(" :", "\u00a0:")
    )
    with visitor.app.transaction() as session:
        assert session.scalars(select(ArticleText.slug).where(ArticleText.title == "Changer l’encre")).all() == [
            "changer-l-encre"
        ]
        assert session.scalars(select(ArticleFile.filename)).all() == ["notice.png"]


def test_a_title_that_is_missing_loses_no_word(ada: Page, visitor: Visitor):
    visitor.go("/admin/faq/new")
    text(ada, "article").click()
    ada.keyboard.type("Ouvrez le capot.")
    ada.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(ada.locator(".summary")).to_be_focused()
    expect(text(ada, "article")).to_have_text("Ouvrez le capot.")
    axe_finds_nothing(ada, "refused")


def test_organisations_and_articles_are_picked_by_keyboard(ada: Page, visitor: Visitor):
    with visitor.app.transaction() as session:
        for name in ("Boulangerie Lefèvre", "Garage Petit"):
            facts = {"name": name, "contract": False, "notes": ""}
            create_organisation(session, facts, Actor("system"), datetime.now(UTC))
    visitor.go("/admin/faq/1/settings")
    expect(ada.locator("#facts-organisations-field")).to_be_hidden()
    ada.get_by_label("Certaines organisations").check()
    ada.locator("#facts-organisations").press_sequentially("lefev")
    expect(ada.locator("#facts-organisations-field .kb-found label")).to_have_text(["Boulangerie Lefèvre"])
    axe_finds_nothing(ada, "picking")
    # Enter takes the only one, and saves nothing yet
    ada.keyboard.press("Enter")
    expect(ada.locator("#facts-organisations-field .kb-picked label")).to_have_text(["Boulangerie Lefèvre"])
    expect(ada.locator("#facts-organisations")).to_be_focused()
    ada.locator("#facts-organisations").press_sequentially("zzz")
    expect(ada.locator("#facts-organisations-field [data-none]")).to_have_text("Rien ne correspond à ces mots.")
    ada.locator("#facts-related").press_sequentially("imprimante")
    found = ada.locator("#facts-related-field .kb-found label").filter(has_text="hors connexion")
    found.locator("input").press("Space")
    expect(ada.locator("#facts-related-field .kb-picked label").filter(has_text="hors connexion")).to_be_visible()
    ada.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(ada.locator(".done")).to_be_visible()
    with visitor.app.transaction() as session:
        assert session.get_one(Article, 1).audience == "organisations"
        assert len(session.scalars(select(Reader)).all()) == 1


@pytest.fixture
def number(visitor: Visitor) -> str:
    with visitor.app.transaction() as session:
        draft = TicketDraft(
            channel="web", email="claire@lefevre.example.com", name="Claire Lefèvre", subject="Imprimante",
            message="<p>Elle clignote.</p>",
        )  # fmt: skip
        return open_ticket(visitor.app.site, session, draft, datetime.now(UTC)).number


def test_an_article_is_put_into_a_reply_where_the_cursor_stands(ada: Page, visitor: Visitor, number: str):
    visitor.go(f"/admin/tickets/{number}")
    text(ada, "reply").click()
    ada.keyboard.type("Bonjour, voyez ")
    ada.locator("#faq-words").press_sequentially("imprimantes hors")
    expect(ada.locator(".kb-reply-found li").first).to_contain_text("Imprimante hors connexion")
    axe_finds_nothing(ada, "found")
    ada.set_viewport_size({"width": 1280, "height": 800})
    ada.locator("#faq-words").press("Tab")
    ada.keyboard.press("Tab")
    ada.keyboard.press("Enter")
    link = text(ada, "reply").locator("a")
    expect(link).to_have_attribute("href", f"{visitor.url}/kb/imprimante-hors-connexion")
    expect(ada.locator(".kb-reply-found li")).to_have_count(0)
    # it was looked for, nothing was sent
    with visitor.app.transaction() as session:
        assert len(session.scalars(select(Message)).all()) == 1
    ada.locator("#reply [name=wait]").click()
    expect(ada.locator(".ticket-head .tag.waiting")).to_be_visible()
    expect(ada.locator(".msg.us .body a")).to_have_attribute("href", f"{visitor.url}/kb/imprimante-hors-connexion")


def test_words_are_looked_for_by_enter_and_forgotten_by_escape(ada: Page, visitor: Visitor, number: str):
    visitor.go(f"/admin/tickets/{number}")
    expect(text(ada, "reply")).to_be_editable()
    ada.locator("#faq-words").fill("zzz")
    ada.keyboard.press("Enter")
    expect(ada.locator(".kb-reply-found")).to_have_text("Aucun article publié ne contient ces mots.")
    ada.keyboard.press("Escape")
    expect(ada.locator(".kb-reply-found")).to_be_hidden()
    expect(ada.locator("#faq-words")).to_have_value("")
