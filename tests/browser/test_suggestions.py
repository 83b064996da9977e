"""A client who finds the answer beside the form and opens no ticket; and one who writes on and is left in peace."""

from __future__ import annotations

import re

import pytest
from looking import axe_finds_nothing
from playwright.sync_api import Locator, Page, expect
from visitor import Visitor

pytestmark = pytest.mark.slow

PLACES = """() => {
  const frame = document.querySelector(".tox-edit-area iframe");
  window.places = new Set();
  const look = () => {
    window.places.add(frame.getBoundingClientRect().top);
    requestAnimationFrame(look);
  };
  look();
}"""
"""Note, before each picture that the browser draws, where the text is that somebody types."""
NARROW, WIDE = {"width": 320, "height": 700}, {"width": 1280, "height": 800}


def found(page: Page) -> Locator:
    return page.locator(".suggest-list li")


def drafts(page: Page) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))")


def is_answered(page: Page) -> None:
    """Wait until what was typed has been asked for, and answered."""
    page.wait_for_timeout(700)
    page.wait_for_load_state("networkidle")


@pytest.fixture
def form(visitor: Visitor) -> Page:
    """The form, filled in but for what it is about."""
    visitor.open_form()
    visitor.page.select_option("[name=topic]", "printer")
    for name, value in {"company": "Lefèvre", "email": "claire@lefevre.example.com", "name": "Claire"}.items():
        visitor.page.fill(f"[name={name}]", value)
    return visitor.page


def test_a_client_who_finds_the_answer_opens_no_ticket(visitor: Visitor, form: Page, count):
    from novantic_core.models import Ticket

    page = form
    expect(found(page)).to_have_count(0)
    page.locator("[name=subject]").press_sequentially("Mon imprimante n’imprime plus", delay=20)
    expect(found(page).first).to_contain_text("Imprimante hors connexion")
    expect(page.locator("[name=subject]")).to_be_focused()

    found(page).first.locator("summary").click()
    expect(found(page).first.locator(".prose")).to_contain_text("Est-elle allumée et réveillée")
    page.locator(".suggest button.primary").click()
    expect(page.locator("h1:visible")).to_have_text("Tant mieux\u00a0!")
    expect(page.locator("h1:visible")).to_be_focused()
    expect(page.locator("form#ticket")).to_be_hidden()

    page.locator(".suggest-glad a[href='/']").click()
    page.wait_for_url(visitor.url + "/")
    assert drafts(page) == []
    assert count(Ticket) == 0
    assert visitor.mailbox.messages == []

    visitor.sign_in()
    expect(page.locator(".avoided .medians dd")).to_have_text("1")
    page.locator(".avoided summary").click()
    axe_finds_nothing(page, "the dashboard with an avoided ticket")


def test_with_the_keyboard_alone(visitor: Visitor, form: Page):
    page = form
    page.locator("[name=subject]").focus()
    page.keyboard.type("imprimante hors ligne")
    expect(found(page)).to_have_count(1)
    expect(page.locator("[data-count]")).to_have_text("Un article pourrait vous aider.")
    page.keyboard.press("Tab")
    expect(page.locator("[data-toggle]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".suggest .prose")).to_be_visible()
    # through the links of the article to its button
    for _link in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.suggest button.primary')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1:visible")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # undone: all is there as it was
    expect(page.locator("[name=subject]")).to_be_focused()
    expect(page.locator("[name=subject]")).to_have_value("imprimante hors ligne")
    expect(page.locator("[name=company]")).to_have_value("Lefèvre")


def test_after_an_undo_the_ticket_is_opened_and_counts_as_none_avoided(visitor: Visitor, count):
    from novantic_faq.models import Avoided

    page = visitor.page
    visitor.open_form()
    visitor.fill_in()
    found(page).first.locator("summary").click()
    page.locator(".suggest button.primary").click()
    expect(page.locator("h1:visible")).to_be_focused()
    assert count(Avoided) == 1
    page.locator(".suggest-glad form button").click()
    expect(page.locator("form#ticket")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert count(Avoided) == 0
    page.reload()
    # its draft is kept again
    expect(page.locator("[name=company]")).to_have_value("Boulangerie Lefèvre")
    expect(visitor.text).to_be_editable()
    visitor.send()
    page.wait_for_url("**/tickets/opened")


@pytest.mark.parametrize("window", [NARROW, WIDE], ids=["narrow", "wide"])
def test_whoever_writes_on_isnt_moved(visitor: Visitor, form: Page, window):
    page = form
    page.set_viewport_size(window)
    visitor.text.click()
    page.evaluate(PLACES)
    page.keyboard.type("Bonjour, mon imprimante est hors connexion et", delay=15)
    expect(found(page)).to_have_count(1)
    page.keyboard.type(" le mot de passe du ticket est une situation critique", delay=15)
    is_answered(page)
    places = page.evaluate("[...window.places]")
    # a window scrolls by whole pixels
    assert max(places) - min(places) <= 1
    expect(visitor.text).to_be_focused()
    expect(visitor.text).to_contain_text("hors connexion et le mot de passe")


def test_nothing_comes_for_what_says_nothing(form: Page):
    form.locator("[name=subject]").fill("Problème urgent")
    is_answered(form)
    expect(found(form)).to_have_count(0)


def test_an_article_that_is_read_stays_while_one_writes(form: Page):
    form.locator("[name=subject]").fill("imprimante")
    found(form).first.locator("summary").click()
    expect(form.locator(".suggest .prose")).to_be_visible()
    form.locator("[name=subject]").fill("teamviewer")
    is_answered(form)
    expect(form.locator(".suggest .prose")).to_be_visible()
    found(form).first.locator("summary").click()
    form.locator("[name=subject]").focus()
    expect(found(form)).to_contain_text(["TeamViewer"])


def test_they_can_be_put_away_for_this_tab(visitor: Visitor, form: Page):
    form.locator("[name=subject]").fill("imprimante")
    expect(found(form)).to_have_count(1)
    form.locator("[data-toggle]").click()
    expect(found(form).first).to_be_hidden()
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url) if "/kb/suggest?" in request.url else None)
    visitor.open_form()
    form.locator("[name=subject]").fill("imprimante hors connexion")
    is_answered(form)
    assert asked == []
    expect(form.locator("[data-toggle]")).to_have_attribute("aria-expanded", "false")
    form.locator("[data-toggle]").click()
    expect(found(form)).to_have_count(1)


def test_one_request_at_a_time_and_the_last_one_counts(form: Page):
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url) if "/kb/suggest?" in request.url else None)
    form.locator("[name=subject]").press_sequentially("imprimante", delay=30)
    expect(found(form)).to_have_count(1)
    assert len(asked) == 1
    assert "q=imprimante" in asked[0]


def test_the_article_in_another_tab_has_the_button_too(visitor: Visitor, form: Page):
    form.locator("[name=subject]").fill("imprimante")
    found(form).first.locator("summary").click()
    with form.context.expect_page() as opened:
        form.locator(".suggest-acts a").click()
    other = opened.value
    other.locator(".suggest-solved button").click()
    expect(other.locator("h1")).to_have_text("Tant mieux\u00a0!")
    # the form hears of it
    expect(form.locator("h1:visible")).to_have_text("Tant mieux\u00a0!")
    other.locator(".suggest-glad form button").click()
    expect(other.locator("h1")).to_have_text("C’est annulé")
    expect(form.locator("form#ticket")).to_be_visible()


def test_a_form_that_came_back_has_them_again(visitor: Visitor, form: Page):
    form.locator("[name=subject]").fill("imprimante")
    visitor.send()
    expect(form.locator(".summary")).to_be_focused()
    expect(found(form)).to_have_count(1)


def test_without_the_network_the_form_is_as_good(visitor: Visitor, form: Page):
    form.route(re.compile("/kb/suggest"), lambda route: route.abort())
    form.locator("[name=subject]").fill("imprimante")
    is_answered(form)
    expect(found(form)).to_have_count(0)
    form.unroute(re.compile("/kb/suggest"))
    form.locator("[name=subject]").press("End")
    form.keyboard.type(" hors connexion")
    expect(found(form)).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visitor: Visitor, form: Page, scheme):
    form.locator("[name=subject]").fill("imprimante")
    expect(found(form)).to_have_count(1)
    axe_finds_nothing(form, "the form with what may help")
    found(form).first.locator("summary").click()
    expect(form.locator(".suggest .prose")).to_be_visible()
    axe_finds_nothing(form, "the form with an article")
    form.locator(".suggest button.primary").click()
    expect(form.locator("h1:visible")).to_be_focused()
    axe_finds_nothing(form, "the thanks")
